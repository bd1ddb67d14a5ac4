/** What to do about records that are there already: findings for people, with the exact lines. Pure. */
import { readSpf } from "../../stack/dns/checks/spfTerms.ts";
import { splitCaa } from "../../stack/dns/providers/rowData.ts";
import { isSpf } from "../../stack/dns/spf.ts";
import { isVerification } from "../../stack/dns/verification.ts";
import type { ProviderRecord } from "../../stack/dns/zoneRecord.ts";
import type { Finding } from "../finding.ts";
import { sendersOf, type Adoption } from "./adoption.ts";
import { removal, type AlreadyThere, type Obstacle } from "./alreadyThere.ts";
import type { AuditContext } from "./auditInput.ts";
import { short } from "./words.ts";
import { shellQuote } from "../../stack/shellQuote.ts";

/** Writes the file for `pulumi import --file`. */
export const IMPORT = "npx mailstead import";

/** Terms of another policy that ours can take in: a modifier such as `redirect` is none. */
function mergeable(policy: string): readonly string[] | undefined {
  const terms = (readSpf(policy) ?? []).filter(({ name }) => name !== "all");
  const fit = terms.every(({ sign, fault, name }) => sign === "+" && fault === undefined && name !== "ptr");
  return fit && terms.length > 0 ? terms.map(({ text }) => text.replace(/^\+/, "")) : undefined;
}

/** Lines that put the senders of another policy into ours. */
function mergeLine({ records, planned }: Obstacle): string | undefined {
  const ours = planned.find(({ value }) => isSpf(value));
  const others = records.filter(({ value }) => isSpf(value));
  const [other] = others;
  if (ours === undefined || other === undefined || others.length > 1) return undefined;
  const senders = sendersOf(ours.value);
  const wanted = mergeable(other.value)?.filter((term) => !senders.includes(term.toLowerCase()));
  if (wanted === undefined || wanted.length === 0) return undefined;
  // The policy's own `a` is no entry of the list.
  const first = senders.length - 1;
  const lines = wanted.map(
    (term, index) =>
      `pulumi config set --path 'mailstead:dns.spf.mechanisms[${first + index}]' ${shellQuote(term)}`,
  );
  return `${lines.join(" && ")}, then ${IMPORT}`;
}

/** A record as an entry of `mailstead:dns.records`; undefined of a type that goes another way. */
function asEntry({ name, type, value }: ProviderRecord): string | undefined {
  const head = `role: ${shellQuote(`kept-${type.toLowerCase()}`)}, name: ${shellQuote(name)}, type: ${type}`;
  if (type === "TXT") return `{ ${head}, text: ${JSON.stringify(value)} }`;
  if (type !== "CAA") return undefined;
  const caa = splitCaa(value);
  return `{ ${head}, flags: ${caa.flags}, tag: ${caa.tag}, value: ${JSON.stringify(caa.value)} }`;
}

/** Where the configuration can say what is there, or go out of its way. */
function configurationLine(obstacle: Obstacle, context: AuditContext): string {
  const { records, planned, type, name } = obstacle;
  const merged = mergeLine(obstacle);
  if (merged !== undefined) return merged;
  const [record] = records;
  const role = planned[0]?.role ?? "";
  if (role === "dmarc") return "set mailstead:dns.dmarc to what the other policy says";
  if (role.startsWith("dkim-"))
    return `use another selector than ${name.split(".")[0] ?? ""} in mailstead:dns.dkim`;
  if (record !== undefined && isVerification(record.value)) {
    const token = record.value.slice(record.value.indexOf("=") + 1);
    return `pulumi config set mailstead:dns.verification ${shellQuote(token)}`;
  }
  const entries = records.flatMap((one) => asEntry(one) ?? []);
  if (planned.length > 0 && ["TXT", "CAA"].includes(type) && entries.length > 0) {
    return `add to mailstead:dns.records: ${entries.join(", ")}`;
  }
  return `give the mail server a domain of its own: pulumi config set mailstead:domain ${shellQuote(`mail.${context.domain}`)}`;
}

function adoptLine({ type, name }: Obstacle): string {
  return `${IMPORT} --adopt ${shellQuote(`${type} ${name}`)} (the next \`pulumi up\` changes it to what is declared)`;
}

function waysOut(obstacle: Obstacle, context: AuditContext): string[] {
  const { canBeAdopted, records } = obstacle;
  return [
    configurationLine(obstacle, context),
    ...(canBeAdopted ? [adoptLine(obstacle)] : []),
    ...(records.length > 0 ? [removal(obstacle, context)] : []),
  ];
}

function obstacleFinding(obstacle: Obstacle, context: AuditContext): Finding {
  const { type, name, reason } = obstacle;
  const [fix = "", ...others] = waysOut(obstacle, context);
  return {
    subject: `record ${type} ${name}`,
    state: "bad",
    seen: `is in the way: ${reason}`,
    fix,
    detail: others.map((way) => `or: ${way}`),
  };
}

const WHY_WORDS: Readonly<Record<Adoption["why"], string>> = {
  same: "is there already as declared",
  ours: "is there already with this stack's comment",
  merged: "is there already, and the configuration takes in its senders",
  agreed: "is there already, and you agreed to its change",
};

function adoptionFinding({ type, name, why, changes, records }: Adoption): Finding {
  const value = records.map((record) => short(record.value)).join(", ");
  const next =
    changes.length === 0
      ? "`pulumi up` then changes nothing"
      : `\`pulumi up\` then changes its ${changes.join(", ")}`;
  return {
    subject: `record ${type} ${name}`,
    state: "bad",
    seen: `${WHY_WORDS[why]} (${value}), and the state does not know it: \`pulumi up\` would make it a second time`,
    fix: `${IMPORT} adopts it (${next})`,
  };
}

/** Findings of what is in the way. */
export function obstacleFindings(obstacles: readonly Obstacle[], context: AuditContext): Finding[] {
  return obstacles.map((one) => obstacleFinding(one, context));
}

/** Findings, in the order of the plan, what is in the way last. */
export function alreadyThereFindings(
  { adoptions, obstacles }: AlreadyThere,
  context: AuditContext,
): Finding[] {
  return [...adoptions.map(adoptionFinding), ...obstacleFindings(obstacles, context)];
}
