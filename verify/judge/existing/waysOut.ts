/** What to do about records that are there already: findings for people, with the exact lines. Pure. */
import { isWithin } from "../../../stack/values/domainName.ts";
import { forbiddenByCaa } from "../../../stack/dns/rules/caaSets.ts";
import { readSpf, type SpfTerm } from "../../../stack/dns/policies/spfTerms.ts";
import { isHeld } from "../../../stack/dns/held.ts";
import { listed, short } from "../../../stack/values/inWords.ts";
import { isSpf } from "../../../stack/dns/spf.ts";
import { isVerification } from "../../../stack/services/siteVerification.ts";
import { shellQuote } from "../../../stack/values/shellQuote.ts";
import type { Finding } from "../../model/finding.ts";
import { isRespelt, sendersOf, type Adoption } from "./adoption.ts";
import type { AlreadyThere, Obstacle } from "./alreadyThere.ts";
import type { AuditContext } from "../../model/auditInput.ts";
import { HOLD } from "./mailElsewhere.ts";
import { COMMAND } from "../../../stack/values/command.ts";
import { asEntry, freeRoles, keepLine, setLine, verificationLine, type RoleFor } from "../fixes/entries.ts";
import { removeLines, takeAway } from "../fixes/fixes.ts";

/** Writes the file for `pulumi import --file`. */
export const IMPORT = `${COMMAND} import`;

/** Terms of another policy that ours can take in: a modifier such as `redirect` is none. */
function mergeable(policy: string): readonly string[] | undefined {
  const terms = (readSpf(policy) ?? []).filter(({ name }) => name !== "all");
  const isWhole = ({ fault, doubt }: SpfTerm) => fault === undefined && doubt === undefined;
  const fit = terms.every((term) => term.sign === "+" && isWhole(term) && term.name !== "ptr");
  return fit && terms.length > 0 ? terms.map(({ text }) => text.replace(/^\+/, "")) : undefined;
}

/** A set is taken over as a whole. */
const DECLARE_REST = "declare what else the set holds";

/** Lines that put the senders of other policies into ours. */
function mergeLines({ records, planned, hasHarmlessBeside }: Obstacle): string[] {
  const ours = planned.find(({ value }) => isSpf(value));
  const senders = sendersOf(ours?.value ?? "");
  const others = records.map(({ value }) => mergeable(value));
  if (others.includes(undefined))
    return ["write into mailstead:dns.spf.mechanisms by hand who else sends; then adopt or remove it"];
  const terms = others.flatMap((one) => one ?? []);
  const wanted = new Set(terms.filter((term) => !senders.includes(term.toLowerCase())));
  if (wanted.size === 0) return [];
  // The policy's own `a` is no entry of the list.
  const first = senders.length - 1;
  const lines = Array.from(wanted, (term, index) => setLine(`dns.spf.mechanisms[${first + index}]`, term));
  const also = hasHarmlessBeside ? `${DECLARE_REST}, ` : "";
  return [`${lines.join(" && ")}, ${also}then ${IMPORT}`];
}

/** Goes with every zone. */
const OWN_CERTIFICATE = `bring a certificate of your own: ${setLine("certificates.method", "provided")}`;

/** Where naming our authority beside the others lets it give the certificate, the lines that do; or another gives it. */
function authorityLines({ name, records }: Obstacle, context: AuditContext, role: RoleFor): string[] {
  const other = `use an authority that it allows (mailstead:certificates.directory), or ${OWN_CERTIFICATE}`;
  const { domain, issuer: known } = context;
  if (known === undefined) return [other];
  const { domain: issuer, accountUri } = known;
  const value = `0 issue ${issuer}${accountUri === undefined ? "" : `; accounturi=${accountUri}`}`;
  if (forbiddenByCaa([...records.map((one) => one.value), value], context) !== undefined) return [other];
  // One set: what the other authorities have there is declared too.
  const kept = context.provider === "hetzner" ? keepLine(records, role) : undefined;
  const also = kept === undefined ? "" : `, and ${kept}, then ${IMPORT}`;
  if (isWithin(domain, name)) return [`${setLine("dns.caa.enabled", "true")}${also}`, other];
  const entry = asEntry({ name, type: "CAA", value }, role, "own-caa");
  return entry === undefined ? [other] : [`add to mailstead:dns.records: ${entry}${also}`, other];
}

/** Records that one's own switch leaves out, by role. */
const SWITCHES: readonly (readonly [RegExp, string])[] = [
  [/^(srv-)?autodiscover$/, setLine("dns.autodiscover", "false")],
  [/^autoconfig$/, setLine("dns.autoconfig", "false")],
  [/^srv-/, setLine("dns.services", "false")],
  [/^mta-sts(-id)?$/, setLine("dns.mtaSts.mode", "off")],
  [/^mx-host-spf$/, setLine("dns.heloSpf", "false")],
  [/^tls-reports$/, "pulumi config rm --path 'mailstead:dns.tlsReports'"],
];

function ownDomain({ domain }: AuditContext): string {
  return `give the mail server a domain of its own: pulumi config set mailstead:domain ${shellQuote(`mail.${domain}`)}`;
}

/** Where the domain's mail goes today. */
function isMail({ type, planned }: Obstacle): boolean {
  return type === "MX" && planned.some(({ role }) => role === "apex-mx");
}

const HOSTS: readonly string[] = ["A", "AAAA", "CNAME"];

/** Whether mail, or people's programs, go there today: that can stay until the mailboxes are here. */
function canBeHeld(obstacle: Obstacle, { issuer }: AuditContext): boolean {
  const { type, planned } = obstacle;
  // An order by http-01 asks at the very names that would stay elsewhere, so the configuration refuses it.
  if (issuer?.method === "http-01") return false;
  const isHost = HOSTS.includes(type) && planned.length > 0 && planned.every(isHeld);
  return isMail(obstacle) || isHost;
}

/** How the configuration says what is there, or goes out of its way; the nearest first. */
function configurationLines(obstacle: Obstacle, context: AuditContext, role: RoleFor): readonly string[] {
  const { records, planned, type, name, isHarmless, isEcho } = obstacle;
  const [record] = records;
  if (isHarmless || isEcho) {
    const line = keepLine(records, role);
    return line === undefined ? [] : [`${line}, then ${IMPORT}`];
  }
  if (type === "CAA") return authorityLines(obstacle, context, role);
  const roles = planned.map((one) => one.role);
  const value = type === "TXT" && name === context.domain ? (record?.value ?? "") : "";
  if (record !== undefined && isVerification(value)) return [verificationLine(record)];
  if (isSpf(value)) return mergeLines(obstacle);
  if (roles.includes("dmarc")) return ["set mailstead:dns.dmarc to what the other policy says"];
  // The server signs its own mail by the selector `default`, which is no entry of the list.
  if (roles.some((one) => one.startsWith("dkim-") && one !== "dkim-default"))
    return [`use another selector than ${name.split(".")[0] ?? ""} in mailstead:dns.dkim`];
  const switched = SWITCHES.flatMap(([is, line]) => (roles.some((one) => is.test(one)) ? [line] : []));
  return [...switched, ...(canBeHeld(obstacle, context) ? [HOLD] : [])].slice(0, 1);
}

function adoptLine({ type, name, records, hasHarmlessBeside }: Obstacle): string {
  const values = listed(records.map(({ value }) => value));
  const first = hasHarmlessBeside ? `${DECLARE_REST}, then ` : "";
  const next = `the next \`pulumi up\` puts what is declared in the place of ${values}`;
  return `${first}${IMPORT} --adopt ${shellQuote(`${type} ${name}`)} (${next})`;
}

/**
 * Removes what is in the way. Not the last mail host of a domain that gets its mail elsewhere: without an MX its mail
 * would be refused, or go to the domain's own address (RFC 5321 5.1).
 */
function removal(obstacle: Obstacle, context: AuditContext): string[] {
  const { records, canBeAdopted } = obstacle;
  if (records.length === 0) return [];
  if (!isMail(obstacle)) return [removeLines(records, context)];
  const [kept, ...others] = records;
  if (canBeAdopted || kept === undefined || others.length === 0) return [];
  return [
    `${removeLines(others, context)}, which leaves one; then ${adoptLine({ ...obstacle, records: [kept] })}`,
  ];
}

/** A certificate without records: `http-01` asks at names that are somebody else's as long as the MX is held. */
function otherOrder({ held }: AuditContext): string {
  return held === undefined ? setLine("certificates.method", "http-01") : OWN_CERTIFICATE;
}

/** Three where there are as many: the configuration, agreeing, and removing by hand. */
function waysOut(obstacle: Obstacle, context: AuditContext, role: RoleFor): string[] {
  const { canBeAdopted, isHarmless, isEcho, records, planned, rules, type } = obstacle;
  // Locked: neither changed nor removed, and gone with the product that made them.
  if (records.some(({ providerOwned }) => providerOwned === true)) return [takeAway(records, context)];
  const configured = configurationLines(obstacle, context, role);
  const adopt = canBeAdopted && !isHarmless ? [adoptLine(obstacle)] : [];
  // A domain below is judged by the CAA records above it too.
  const isShort = configured.length + adopt.length < 2 && type !== "CAA";
  const remove = removeLines(records, context);
  // What leads to the same host is best put right, and so is what says the same in another spelling.
  if (isEcho) return [...adopt, ...configured, remove];
  if (records.length > 0 && records.every((one) => planned.some((ours) => isRespelt(ours, one))))
    return [...adopt, remove];
  if (rules.includes("challenge-alias")) return [remove, otherOrder(context)];
  return [...configured, ...(isShort ? [ownDomain(context)] : []), ...adopt, ...removal(obstacle, context)];
}

function obstacleFinding(obstacle: Obstacle, context: AuditContext, role: RoleFor): Finding {
  const { type, name, reason } = obstacle;
  const [fix = "", ...others] = waysOut(obstacle, context, role);
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
  respelt: "is there already, in another spelling",
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
export function obstacleFindings(
  { obstacles, roles }: Pick<AlreadyThere, "obstacles" | "roles">,
  context: AuditContext,
): Finding[] {
  const role = freeRoles(roles);
  return obstacles.map((one) => obstacleFinding(one, context, role));
}

/** Findings, in the order of the plan, what is in the way last. */
export function alreadyThereFindings(found: AlreadyThere, context: AuditContext): Finding[] {
  return [...found.adoptions.map(adoptionFinding), ...obstacleFindings(found, context)];
}
