/** What a plain `pulumi preview` cannot see: the engine compares with its own state and asks no provider. */
import { canonicalData } from "../stack/dns/types/recordData.ts";
import { WRITTEN_WHOLE } from "../stack/dns/rules/wholeSets.ts";
import { COMMAND } from "../stack/values/command.ts";
import { describeIssue } from "../stack/model/describeIssue.ts";
import type { Config } from "../stack/model/config.ts";
import type { ProviderRecord, ZoneRecord } from "../stack/model/zoneRecord.ts";
import type { Plan } from "../stack/model/plan.ts";
import { zoneReader } from "./vendors/zones.ts";
import { audit } from "./judge/sets/audit.ts";
import { zoneFacts } from "../stack/dns/zoneFacts.ts";
import { listDesiredSets } from "./judge/sets/desiredSets.ts";
import { findEarlyKeys } from "./judge/earlyKeys.ts";
import { readProvider } from "./observe/readProvider.ts";
import { HOLD, describeMove, findOtherMailHosts } from "./judge/existing/mailElsewhere.ts";
import type { Audit, AuditRow } from "./model/observation.ts";
import { printable } from "../stack/values/printable.ts";

/** What is known before the provider is asked. */
export interface KnownZone {
  readonly config: Config;
  readonly plan: Plan;
  readonly token: string;
  /** Text of each slot, without those that are not known yet. They may come after the provider has answered. */
  readonly slots: Promise<Readonly<Record<string, string>>>;
  /** Outputs of the last `up`; their `records` tell what the engine believes to be there. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A record of the last `up`, its value in canonical form. */
type LastRecord = Pick<ZoneRecord, "name" | "type" | "value">;

/** Records of the last `up`: `NAME TYPE VALUE`. */
type Believed = ReadonlySet<string>;

function writeKey(name: string, type: string, value: string): string {
  return `${name} ${type} ${value}`;
}

function readLastRecords({ outputs }: KnownZone): LastRecord[] {
  const rows = Array.isArray(outputs["records"]) ? (outputs["records"] as readonly unknown[]) : [];
  return rows.flatMap((row) => {
    if (typeof row !== "object" || row === null) return [];
    const { name, type, value } = row as Readonly<Record<string, unknown>>;
    if (typeof name !== "string" || typeof type !== "string" || typeof value !== "string") return [];
    // A text stands there as it is, and would be taken for strings in quotes.
    return [{ name, type, value: type === "TXT" ? value : canonicalData(type, value) }];
  });
}

/** What the engine is about to change or delete by itself is no finding: it shows in the preview. */
function leaveOutLeaving(
  records: readonly ProviderRecord[],
  last: Believed,
  wanted: Believed,
): readonly ProviderRecord[] {
  const isLeaving = (key: string): boolean => last.has(key) && !wanted.has(key);
  return records.filter(({ name, type, value }) => !isLeaving(writeKey(name, type, value)));
}

/** Sets that the engine has, and that hold values of others which its next write takes away. */
function listStops({ rows }: Audit, last: readonly LastRecord[]): string[] {
  const ours = new Set(last.map(({ name, type }) => `${type} ${name}`));
  return rows
    .filter(({ type, name, rules }) => ours.has(`${type} ${name}`) && rules?.includes(WRITTEN_WHOLE) === true)
    .map(({ type, name, reason, fix }) => writeLine(`${type} ${name}`, reason, fix));
}

/** A declared set that is missing or changed is a finding where the engine believes that it is there, and keeps still. */
function isUnseen({ verdict, desired, name, type }: AuditRow, last: Believed): boolean {
  if (verdict === "conflict" || verdict === "unmanaged") return true;
  if (verdict !== "missing" && verdict !== "changed") return false;
  if (desired === undefined || desired.valuesUnknown === true) return false;
  return desired.values.every((value) => last.has(writeKey(name, type, value)));
}

function writeLine(what: string, why: string, fix: string | undefined): string {
  return printable(describeIssue({ path: `DNS: ${what}`, message: why, ...(fix !== undefined && { fix }) }));
}

function writeLines({ rows, checks }: Audit, last: Believed): { lines: string[]; advice: string[] } {
  const bad = (advice: boolean): string[] =>
    checks
      .filter((one) => one.state === "bad" && (one.advice === true) === advice)
      .map(({ check, subject, seen, fix }) => writeLine(`${check} ${subject}`, seen, fix));
  const drifted = rows
    .filter((row) => isUnseen(row, last))
    .map(({ verdict, type, name, reason, fix }) => writeLine(`${verdict} ${type} ${name}`, reason, fix));
  return { lines: [...drifted, ...bad(false)], advice: bad(true) };
}

function isMailSet({ name, type }: Pick<AuditRow, "name" | "type">, { domain }: Config): boolean {
  return name === domain && type === "MX";
}

/** Said instead of a conflict, as long as no `up` has made the MX: others' mail hosts are then where the mail is. */
function describeMovedMail(config: Config, zone: readonly ProviderRecord[], last: Believed): string[] {
  const { domain, dns } = config;
  const hosts = findOtherMailHosts({ domain, zone });
  const isOurs = [...last].some((key) => key.startsWith(`${domain} MX `));
  if (dns.mx === "hold" || isOurs || hosts.length === 0) return [];
  return [
    writeLine(
      `elsewhere MX ${domain}`,
      describeMove(hosts, domain),
      `${COMMAND} preflight says whether the server knows the domain; to wait: ${HOLD}`,
    ),
  ];
}

const EARLY = [
  "this key signs and was not published before: where resolvers remember that there is none, mail fails until they ask again",
  "set use: next on it and signing on the one before, pulumi up, and change over a day later",
] as const;

/** What a look at the zone gives. */
export interface ZoneDrift {
  /** Findings that the preview itself does not show, worst first. */
  readonly lines: readonly string[];
  /** Records of others that the run is to take away with its own write of a set: it must not go on unasked. */
  readonly stops: readonly string[];
  /** What the configuration could do without. */
  readonly advice: readonly string[];
  /** Why the zone could not be read, where it could not. */
  readonly unread?: string;
}

/** Asks the provider for the zone, one call a page, and judges it as the audit does. */
export async function findDrift(known: KnownZone): Promise<ZoneDrift> {
  const { config, plan, token } = known;
  const { provider, zone, zoneId, ignore } = config.dns;
  const [slots, column] = await Promise.all([
    known.slots,
    readProvider(zoneReader(provider, zone, token, zoneId)),
  ]);
  if (column.state === "unreachable")
    return { lines: [], stops: [], advice: [], unread: printable(column.reason) };
  const desired = listDesiredSets(plan.records, (name) => slots[name]);
  const wanted = new Set(
    desired.flatMap(({ name, type, values }) => values.map((value) => writeKey(name, type, value))),
  );
  const records = readLastRecords(known);
  const last = new Set(records.map(({ name, type, value }) => writeKey(name, type, value)));
  const found = audit({
    desired,
    provider: { state: "listed", records: leaveOutLeaving(column.records, last, wanted) },
    ignore,
    context: zoneFacts(config),
  });
  const early = findEarlyKeys(config, records, column.records).map((name) =>
    writeLine(`early TXT ${name}`, ...EARLY),
  );
  const moved = describeMovedMail(config, column.records, last);
  const rows = moved.length === 0 ? found.rows : found.rows.filter((row) => !isMailSet(row, config));
  const { lines, advice } = writeLines({ ...found, rows }, last);
  return { lines: [...moved, ...lines, ...early], stops: listStops(found, records), advice };
}
