/** What to do about records that are there already: findings for people, with the exact lines. Pure. */
import { leadsToAddress } from "../../../stack/dns/types/recordData.ts";
import { isWithin } from "../../../stack/values/domainName.ts";
import { forbiddenByCaa } from "../../../stack/dns/rules/caaSets.ts";
import { readSpf, type SpfTerm } from "../../../stack/dns/policies/spfTerms.ts";
import { isHeld } from "../../../stack/dns/held.ts";
import { listed, short } from "../../../stack/values/sentence.ts";
import { isSpf } from "../../../stack/dns/policies/kinds.ts";
import { isVerification } from "../../../stack/services/siteVerification.ts";
import { shellQuote } from "../../../stack/values/shellQuote.ts";
import type { Finding } from "../../model/finding.ts";
import { isRespelt, readSenders, type Adoption } from "./adoption.ts";
import { keepsSets } from "../../../stack/vendors/recordResources.ts";
import type { AlreadyThere, Obstacle } from "./alreadyThere.ts";
import type { ZoneFacts } from "../../../stack/dns/rules/zoneView.ts";
import { HOLD } from "./mailElsewhere.ts";
import { COMMAND } from "../../../stack/values/command.ts";
import {
  writeEntry,
  nameRoles,
  writeKeepLine,
  writeSetLine,
  writeVerificationLine,
  type RoleFor,
} from "../fixes/entries.ts";
import { writeRemoveLine, writeTakeAway } from "../fixes/fixes.ts";

/** Writes the file for `pulumi import --file`. */
export const IMPORT = `${COMMAND} import`;

/** Terms of another policy that ours can take in: a modifier such as `redirect` is none. */
function readMergeable(policy: string): readonly string[] | undefined {
  const terms = (readSpf(policy) ?? []).filter(({ name }) => name !== "all");
  const isWhole = ({ fault, doubt }: SpfTerm) => fault === undefined && doubt === undefined;
  const fit = terms.every((term) => term.sign === "+" && isWhole(term) && term.name !== "ptr");
  return fit && terms.length > 0 ? terms.map(({ text }) => text.replace(/^\+/, "")) : undefined;
}

/** A set is taken over as a whole. */
const DECLARE_REST = "declare what else the set holds";

/** Lines that put the senders of other policies into ours. */
function writeMergeLines({ records, planned, hasHarmlessBeside }: Obstacle): string[] {
  const ours = planned.find(({ value }) => isSpf(value));
  const senders = readSenders(ours?.value ?? "");
  const others = records.map(({ value }) => readMergeable(value));
  if (others.includes(undefined))
    return ["write into mailstead:dns.spf.mechanisms by hand who else sends; then adopt or remove it"];
  const terms = others.flatMap((one) => one ?? []);
  const wanted = new Set(terms.filter((term) => !senders.includes(term.toLowerCase())));
  if (wanted.size === 0) return [];
  // The policy's own `a` is no entry of the list.
  const first = senders.length - 1;
  const lines = Array.from(wanted, (term, index) =>
    writeSetLine(`dns.spf.mechanisms[${first + index}]`, term),
  );
  const also = hasHarmlessBeside ? `${DECLARE_REST}, ` : "";
  return [`${lines.join(" && ")}, ${also}then ${IMPORT}`];
}

/** Goes with every zone. */
const OWN_CERTIFICATE = `bring a certificate of your own: ${writeSetLine("certificates.method", "provided")}`;

/** Where naming our CA beside the others lets it give the certificate, the lines that do; or another gives it. */
function writeCaaLines({ name, records }: Obstacle, context: ZoneFacts, role: RoleFor): string[] {
  const other = `use a CA that it allows (mailstead:certificates.directory), or ${OWN_CERTIFICATE}`;
  const { domain, issuer: known } = context;
  if (known === undefined) return [other];
  const { domain: issuer, accountUri } = known;
  const value = `0 issue ${issuer}${accountUri === undefined ? "" : `; accounturi=${accountUri}`}`;
  if (forbiddenByCaa([...records.map((one) => one.value), value], context) !== undefined) return [other];
  // One set: what the other CAs have there is declared too.
  const kept = keepsSets(context.provider) ? writeKeepLine(records, role) : undefined;
  const also = kept === undefined ? "" : `, and ${kept}, then ${IMPORT}`;
  if (isWithin(domain, name)) return [`${writeSetLine("dns.caa.enabled", "true")}${also}`, other];
  const entry = writeEntry({ name, type: "CAA", value }, role, "own-caa");
  return entry === undefined ? [other] : [`add to mailstead:dns.records: ${entry}${also}`, other];
}

/** Records that one's own switch leaves out, by role. */
const SWITCHES: readonly (readonly [RegExp, string])[] = [
  [/^(srv-)?autodiscover$/, writeSetLine("dns.autodiscover", "false")],
  [/^autoconfig$/, writeSetLine("dns.autoconfig", "false")],
  [/^srv-/, writeSetLine("dns.services", "false")],
  [/^mta-sts(-id)?$/, writeSetLine("dns.mtaSts.mode", "off")],
  [/^mx-host-spf$/, writeSetLine("dns.heloSpf", "false")],
  [/^tls-reports$/, "pulumi config rm --path 'mailstead:dns.tlsReports'"],
];

function writeOwnDomain({ domain }: ZoneFacts): string {
  return `give the mail server a domain of its own: pulumi config set mailstead:domain ${shellQuote(`mail.${domain}`)}`;
}

/** Where the domain's mail goes today. */
function isMail({ type, planned }: Obstacle): boolean {
  return type === "MX" && planned.some(({ role }) => role === "apex-mx");
}

/** Whether mail, or people's programs, go there today: that can stay until the mailboxes are here. */
function canBeHeld(obstacle: Obstacle, { issuer }: ZoneFacts): boolean {
  const { type, planned } = obstacle;
  // An order by http-01 asks at the very names that would stay elsewhere, so the configuration refuses it.
  if (issuer?.method === "http-01") return false;
  const isHost = leadsToAddress(type) && planned.length > 0 && planned.every(isHeld);
  return isMail(obstacle) || isHost;
}

/** How the configuration says what is there, or goes out of its way; the nearest first. */
function writeConfigurationLines(obstacle: Obstacle, context: ZoneFacts, role: RoleFor): readonly string[] {
  const { records, planned, type, name, isHarmless, isEcho } = obstacle;
  const [record] = records;
  if (isHarmless || isEcho) {
    const line = writeKeepLine(records, role);
    return line === undefined ? [] : [`${line}, then ${IMPORT}`];
  }
  if (type === "CAA") return writeCaaLines(obstacle, context, role);
  const roles = planned.map((one) => one.role);
  const value = type === "TXT" && name === context.domain ? (record?.value ?? "") : "";
  if (record !== undefined && isVerification(value)) return [writeVerificationLine(record)];
  if (isSpf(value)) return writeMergeLines(obstacle);
  if (roles.includes("dmarc")) return ["set mailstead:dns.dmarc to what the other policy says"];
  // The server signs its own mail by the selector `default`, which is no entry of the list.
  if (roles.some((one) => one.startsWith("dkim-") && one !== "dkim-default"))
    return [`use another selector than ${name.split(".")[0] ?? ""} in mailstead:dns.dkim`];
  const switched = SWITCHES.flatMap(([is, line]) => (roles.some((one) => is.test(one)) ? [line] : []));
  return [...switched, ...(canBeHeld(obstacle, context) ? [HOLD] : [])].slice(0, 1);
}

function writeAdoptLine({ type, name, records, hasHarmlessBeside }: Obstacle): string {
  const values = listed(records.map(({ value }) => value));
  const first = hasHarmlessBeside ? `${DECLARE_REST}, then ` : "";
  const next = `the next \`pulumi up\` puts what is declared in the place of ${values}`;
  return `${first}${IMPORT} --adopt ${shellQuote(`${type} ${name}`)} (${next})`;
}

/**
 * Removes what is in the way. Not the last mail host of a domain that gets its mail elsewhere: without an MX its mail
 * would be refused, or go to the domain's own address (RFC 5321 5.1).
 */
function writeRemoval(obstacle: Obstacle, context: ZoneFacts): string[] {
  const { records, canBeAdopted } = obstacle;
  if (records.length === 0) return [];
  if (!isMail(obstacle)) return [writeRemoveLine(records, context)];
  const [kept, ...others] = records;
  if (canBeAdopted || kept === undefined || others.length === 0) return [];
  return [
    `${writeRemoveLine(others, context)}, which leaves one; then ${writeAdoptLine({ ...obstacle, records: [kept] })}`,
  ];
}

/** A certificate without records: `http-01` asks at names that are somebody else's as long as the MX is held. */
function writeOtherOrder({ held }: ZoneFacts): string {
  return held === undefined ? writeSetLine("certificates.method", "http-01") : OWN_CERTIFICATE;
}

/** Three where there are as many: the configuration, agreeing, and removing by hand. */
function listWaysOut(obstacle: Obstacle, context: ZoneFacts, role: RoleFor): string[] {
  const { canBeAdopted, isHarmless, isEcho, records, planned, rules, type } = obstacle;
  // Locked: neither changed nor removed, and gone with the product that made them.
  if (records.some(({ providerOwned }) => providerOwned === true)) return [writeTakeAway(records, context)];
  const configured = writeConfigurationLines(obstacle, context, role);
  const adopt = canBeAdopted && !isHarmless ? [writeAdoptLine(obstacle)] : [];
  // A domain below is judged by the CAA records above it too.
  const isShort = configured.length + adopt.length < 2 && type !== "CAA";
  const remove = writeRemoveLine(records, context);
  // What leads to the same host is best put right, and so is what says the same in another spelling.
  if (isEcho) return [...adopt, ...configured, remove];
  if (records.length > 0 && records.every((one) => planned.some((ours) => isRespelt(ours, one))))
    return [...adopt, remove];
  if (rules.includes("challenge-alias")) return [remove, writeOtherOrder(context)];
  return [
    ...configured,
    ...(isShort ? [writeOwnDomain(context)] : []),
    ...adopt,
    ...writeRemoval(obstacle, context),
  ];
}

function describeObstacle(obstacle: Obstacle, context: ZoneFacts, role: RoleFor): Finding {
  const { type, name, reason } = obstacle;
  const [fix = "", ...others] = listWaysOut(obstacle, context, role);
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

function describeAdoption({ type, name, why, changes, records }: Adoption): Finding {
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
export function describeObstacles(
  { obstacles, roles }: Pick<AlreadyThere, "obstacles" | "roles">,
  context: ZoneFacts,
): Finding[] {
  const role = nameRoles(roles);
  return obstacles.map((one) => describeObstacle(one, context, role));
}

/** Findings, in the order of the plan, what is in the way last. */
export function describeExisting(found: AlreadyThere, context: ZoneFacts): Finding[] {
  return [...found.adoptions.map(describeAdoption), ...describeObstacles(found, context)];
}
