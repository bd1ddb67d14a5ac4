/** The one line that cures a finding, ready to paste. */
import { relativeName } from "../../stack/dns/canonical.ts";
import type { ZoneRecord } from "../../stack/dns/zoneRecord.ts";
import type { AuditContext } from "./auditInput.ts";
import { zoneLine } from "./zoneLine.ts";
import { COMMAND } from "../../stack/command.ts";

/** Puts every declared record right. */
export const REPAIR = "pulumi up --refresh --run-program";

/** Shows whether the token and the zone are good. */
export const LOOK_AT_PROVIDER = `${COMMAND} preflight`;

/** Lines to remove by hand, as Mailstead never touches what is not its own. */
export function removeLines(records: readonly ZoneRecord[], { provider }: AuditContext): string {
  const place = provider === undefined ? "the DNS provider" : provider;
  return `remove at ${place}: ${records.map(zoneLine).join(" and ")}`;
}

/** Text as a glob that matches itself alone. */
function literally(text: string): string {
  return text.replace(/[\\*?]/g, "\\$&");
}

/** Longest value that a rule quotes whole. */
const TARGET_LENGTH = 40;

/** A rule for the configuration; with a target where the set holds values of ours too. */
export function ignoreLine(record: ZoneRecord, { zone }: AuditContext, withTarget: boolean): string {
  const { value } = record;
  const target =
    value.length <= TARGET_LENGTH ? literally(value) : `${literally(value.slice(0, TARGET_LENGTH))}*`;
  const rule = [
    `name: ${JSON.stringify(literally(relativeName(record.name, zone)))}`,
    `types: [${record.type}]`,
    ...(withTarget ? [`target: ${JSON.stringify(target)}`] : []),
    'reason: "not part of the mail server"',
  ];
  return `add to mailstead:dns.ignore: { ${rule.join(", ")} }`;
}

/**
 * Asks a server again.
 *
 * @param server its address, or words that end with it: `ns1.example.net (192.0.2.53)`; the system's resolver where absent.
 */
export function askAgain(server: string | undefined, name: string, type: string, recurse: boolean): string {
  const address = server && (/\(([0-9a-f.:]+)\)/i.exec(server)?.[1] ?? server.split(" ")[0] ?? server);
  return `dig ${address === undefined ? "" : `@${address} `}${name}. ${type}${recurse ? "" : " +norecurse"}`;
}

/** Follows the delegations from the root down, which shows where they end. */
export function followDown(name: string, type: string): string {
  return `dig ${name}. ${type} +trace`;
}
