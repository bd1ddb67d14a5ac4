/** Declared policies that send others on: what SPF makes receivers look up, and who must take reports about the domain. */
import { pluralize } from "../../../stack/values/sentence.ts";
import { remembering, type Asked } from "../../../stack/dns/rules/askRules.ts";
import { checkForeignReports } from "../../../stack/dns/rules/dmarc.ts";
import type { LookUp } from "../../../stack/dns/rules/rule.ts";
import { checkSpfLookUps, MOST_LOOK_UPS, spfCost } from "../../../stack/dns/rules/spfLookUps.ts";
import { isDmarc, isSpf } from "../../../stack/dns/policies/kinds.ts";
import { followAliases, type AnswerSource, type CachedAndFresh } from "../../model/answerSource.ts";
import type { AuditCheck, DesiredSet, Severity } from "../../model/observation.ts";
import { worst } from "../../../stack/dns/rules/severity.ts";
import { writeDig } from "../fixes/fixes.ts";
import { judgeTwice } from "./judgeTwice.ts";

/** A declared set. Nothing is said of one whose values are not given. */
export type DeclaredSet = Pick<DesiredSet, "name" | "type"> & Partial<Pick<DesiredSet, "values" | "level">>;

/** One policy, and how it is judged. */
interface Policy {
  readonly check: "spf" | "dmarc-reports";
  /** Domain that it is for. */
  readonly domain: string;
  /** What it does to mail when others cannot work through it. */
  readonly harm: Severity;
  readonly ask: (lookUp: LookUp) => Promise<Asked>;
  /** Of one that is in order. */
  readonly praise: (lookUp: LookUp) => Promise<string>;
}

const DMARC_LABEL = "_dmarc.";

function readPolicy({ name, level }: DeclaredSet, text: string): Policy | undefined {
  if (isSpf(text)) {
    return {
      check: "spf",
      domain: name,
      harm: level === "required" ? "critical" : "warning",
      ask: (lookUp) => checkSpfLookUps(text, name, lookUp),
      praise: async (lookUp) => {
        const { lookUps } = await spfCost(text, name, lookUp);
        return `takes ${lookUps} of the ${pluralize(MOST_LOOK_UPS, "look-up")} that receivers make`;
      },
    };
  }
  if (!isDmarc(text) || !name.startsWith(DMARC_LABEL)) return undefined;
  const domain = name.slice(DMARC_LABEL.length);
  return {
    check: "dmarc-reports",
    domain,
    harm: "warning",
    ask: (lookUp) => checkForeignReports(text, domain, lookUp),
    praise: () => Promise.resolve("those who get the reports say that they take them"),
  };
}

/** RFC 1035 2.3.4: what stands in the policies of strangers may be no name at all, and then no such name exists. */
function isName(name: string): boolean {
  return name.length <= 253 && name.split(".").every((label) => label.length > 0 && label.length <= 63);
}

/** The source as rules ask it; `asked` counts what they wanted to know. */
function makeLookUp(source: AnswerSource): { readonly lookUp: LookUp; readonly asked: () => number } {
  let asked = 0;
  const lookUp = remembering(async (name, type) => {
    asked += 1;
    return isName(name) ? followAliases(source, name, type) : { state: "nxdomain" };
  });
  return { lookUp, asked: () => asked };
}

/** Absent for a policy that sends nobody on. */
async function judge(policy: Policy, source: AnswerSource): Promise<AuditCheck | undefined> {
  const base = { check: policy.check, subject: policy.domain };
  const { lookUp, asked } = makeLookUp(source);
  const { findings, unanswered } = await policy.ask(lookUp);
  if (asked() === 0) return undefined;
  if (findings.length > 0) {
    const severity = worst(findings.map(({ rule }) => (rule.severity === "error" ? policy.harm : "warning")));
    const seen = findings.map(({ message }) => message).join("; ");
    const fix = [...new Set(findings.map((finding) => finding.fix))].join("; ");
    return { ...base, state: "bad", severity, seen, fix };
  }
  const [first] = unanswered;
  if (first === undefined)
    return { ...base, state: "ok", severity: "info", seen: await policy.praise(lookUp) };
  const [name = "", type = ""] = first.split(" ");
  const seen = `nobody answered for ${unanswered.join(", ")}`;
  return {
    ...base,
    state: "unknown",
    severity: "warning",
    seen,
    fix: writeDig(source.byHand, name, type, true),
  };
}

/** Runs the rules that ask the DNS (stack/dns/rules) on every declared policy. */
export async function judgePolicies(
  sources: CachedAndFresh,
  sets: readonly DeclaredSet[],
): Promise<AuditCheck[]> {
  const texts = sets.filter(({ type }) => type === "TXT");
  const policies = texts.flatMap((set) => (set.values ?? []).flatMap((text) => readPolicy(set, text) ?? []));
  const checks = await Promise.all(
    policies.map((policy) => judgeTwice(sources, (source) => judge(policy, source))),
  );
  return checks.filter((check) => check !== undefined);
}
