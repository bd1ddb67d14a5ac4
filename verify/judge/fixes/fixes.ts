/** The one line that fixes what was found, ready to paste. */
import { relativeName } from "../../../stack/dns/canonical.ts";
import type { ProviderRecord, ZoneRecord } from "../../../stack/model/zoneRecord.ts";
import type { ZoneFacts } from "../../../stack/dns/rules/zoneView.ts";
import { writeZoneLine } from "./zoneLine.ts";
import { DNS_PROVIDERS } from "../../../stack/vendors/registry.ts";
import { COMMAND } from "../../../stack/values/command.ts";

/** Puts every declared record right. */
export const REPAIR = "pulumi up --refresh --run-program";

/**
 * The repair writes every set of ours: what others have in any of them is declared first, or taken away where it harms.
 *
 * @param keeps lines that do so.
 */
export function keepFirst<Told extends { readonly fix?: string; readonly keep?: string }>(
  told: Told,
  keeps: readonly string[],
): Told {
  const { fix, keep } = told;
  const others = keeps.filter((line) => line !== keep);
  if (fix?.includes(REPAIR) !== true || others.length === 0) return told;
  return { ...told, fix: `${others.join(", and ")}, then ${fix}` };
}

/** Shows whether the token and the zone are good. */
export const LOOK_AT_PROVIDER = `${COMMAND} preflight`;

/** A record that may have to go. */
type Removable = ZoneRecord & Pick<ProviderRecord, "madeBy">;

/** Lines to remove by hand, as Mailstead never touches what is not its own. */
export function writeRemoveLine(
  records: readonly ZoneRecord[],
  { provider }: Pick<ZoneFacts, "provider">,
): string {
  const place = provider === undefined ? "the DNS provider" : provider;
  return `remove at ${place}: ${records.map(writeZoneLine).join(" and ")}`;
}

/** What takes records away: by hand, or with the provider's own product that made them and keeps them locked. */
export function writeTakeAway(records: readonly Removable[], context: Pick<ZoneFacts, "provider">): string {
  const products = new Set(records.flatMap(({ madeBy }) => madeBy ?? []));
  const title = context.provider === undefined ? "the DNS provider" : DNS_PROVIDERS[context.provider].title;
  const others = records.filter(({ madeBy }) => madeBy === undefined);
  return [
    ...Array.from(products, (product) => `switch ${product} off at ${title}, which takes its records away`),
    ...(others.length === 0 ? [] : [writeRemoveLine(others, context)]),
  ].join(", and ");
}

/** Text as a glob that matches itself alone. */
function escapeGlob(text: string): string {
  return text.replace(/[\\*?]/g, "\\$&");
}

/** Longest value that a rule quotes whole. */
const TARGET_LENGTH = 40;

/** A rule for the configuration; with a target where the set holds values of ours too. */
function writeIgnoreRule(record: ZoneRecord, { zone }: ZoneFacts, withTarget: boolean): string {
  const { value } = record;
  const target =
    value.length <= TARGET_LENGTH ? escapeGlob(value) : `${escapeGlob(value.slice(0, TARGET_LENGTH))}*`;
  const rule = [
    `name: ${JSON.stringify(escapeGlob(relativeName(record.name, zone)))}`,
    `types: [${record.type}]`,
    ...(withTarget ? [`target: ${JSON.stringify(target)}`] : []),
    'reason: "not part of the mail server"',
  ];
  return `{ ${rule.join(", ")} }`;
}

/** Rules that hide a set, or these values in a set of ours. */
export function writeIgnoreLine(
  records: readonly ZoneRecord[],
  context: ZoneFacts,
  withTarget: boolean,
): string {
  const rules = records.map((record) => writeIgnoreRule(record, context, withTarget));
  return `add to mailstead:dns.ignore: ${[...new Set(rules)].join(", ")}`;
}

/**
 * Asks a server again.
 *
 * @param server its address, or words that end with it: `ns1.example.net (192.0.2.53)`; the system's resolver where absent.
 */
export function writeDig(server: string | undefined, name: string, type: string, recurse: boolean): string {
  const address = server && (/\(([0-9a-f.:]+)\)/i.exec(server)?.[1] ?? server.split(" ")[0] ?? server);
  return `dig ${address === undefined ? "" : `@${address} `}${name}. ${type}${recurse ? "" : " +norecurse"}`;
}

/** Follows the delegations from the root down, which shows where they end. */
export function writeDigTrace(name: string, type: string): string {
  return `dig ${name}. ${type} +trace`;
}
