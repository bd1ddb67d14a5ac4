/** The reference of the rules about DNS records as Markdown, from the table that the program itself judges with. */
import type { Grade } from "../stack/model/issue.ts";
import type { Rule } from "../stack/dns/rules/rule.ts";
import { RULES } from "../stack/dns/rules/rules.ts";
import { COMMAND } from "../stack/values/command.ts";

const GRADES: readonly { grade: Grade; about: string }[] = [
  {
    grade: "syntax",
    about: "How names, texts and numbers are written. What breaks these means nothing to anybody.",
  },
  { grade: "rfc", about: "What the standards ask." },
  {
    grade: "best-practice",
    about: "What large receivers ask, what Forward Email needs, and what keeps working.",
  },
  {
    grade: "provider-limit",
    about: "What the DNS provider takes, with the day on which its page was last read.",
  },
];

/** A cell: a pipe would end it, and a star or underscore would be taken for emphasis. */
function cell(text: string): string {
  return text.replaceAll(/[|*_<]/g, "\\$&");
}

/** What the audit calls what a rule finds. */
function toldAs({ audit, inSet, unmanaged, drops }: Rule): string | undefined {
  if (inSet !== undefined || unmanaged !== undefined) return "verdict conflict";
  return drops === undefined ? audit : "verdict unmanaged";
}

/** How bad it is in the plan; a rule about records of others alone leaves that to what they do to mail. */
function describeSeverity(rule: Rule): string {
  const told = toldAs(rule);
  const own = rule.judge !== undefined || rule.ask !== undefined ? [rule.severity] : [];
  return [...own, ...(told === undefined ? [] : [`audit: \`${told}\``])].join("; ");
}

function row(rule: Rule): string {
  const { name, title, source, verified } = rule;
  const read = verified === undefined ? "" : ` (read ${verified})`;
  const how = describeSeverity(rule);
  return `| \`${name}\` | ${how} | ${cell(title)} | ${cell(source)}${read} |`;
}

function section({ grade, about }: (typeof GRADES)[number]): string[] {
  const rules = RULES.filter((rule) => rule.grade === grade);
  return [
    `## ${grade}`,
    "",
    about,
    "",
    "| rule | severity | what it asks | source |",
    "| --- | --- | --- | --- |",
    ...rules.map(row),
    "",
  ];
}

/** The whole page; the formatter has still to align its tables. */
export function dnsRulesReference(): string {
  const lines = [
    "# Rules about DNS records",
    "",
    `The ${RULES.length} rules that records are judged by, in four grades: one book, which the plan, \`${COMMAND} preflight\`,`,
    `\`pulumi preview\` and [\`${COMMAND} audit\`](audit.md) judge by.`,
    "",
    "The plan judges the records that you add under [`dns.records`](configuration.md); its own keep the rules by",
    "construction, and a test holds them to it. A record that clashes with another is told of that alone, as it has to go or",
    "to move anyway. An error stops the deployment, a warning does not. Each message ends with what to do.",
    "",
    "What others have in the zone is judged by what it does to what is declared. Preflight, preview and audit tell of it, and",
    "of what a plan cannot know, as it stands in the DNS or at the vendor: the check or verdict is named after the severity.",
    "",
    "This page is made from `stack/dns/rules/`: change it there, then `npm run docs`.",
    "",
    ...GRADES.flatMap(section),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}
