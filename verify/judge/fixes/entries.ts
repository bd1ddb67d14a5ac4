/** Records of others as entries of the configuration, which keep them. Pure. */
import { findRecordType } from "../../../stack/dns/types/registry.ts";
import type { ExtraRecord } from "../../../stack/model/config.ts";
import { RECORD_FIELDS } from "../../../stack/config/extraRecord.ts";
import { whyNoPolicy } from "../../../stack/dns/policies/whyNoPolicy.ts";
import { isVerification } from "../../../stack/services/siteVerification.ts";
import type { ZoneRecord } from "../../../stack/model/zoneRecord.ts";
import { shellQuote } from "../../../stack/values/shellQuote.ts";

/** What an entry is made from. */
export type Kept = Pick<ZoneRecord, "name" | "type" | "value">;

/** A role for the entry of a record: the same one however often it is asked for. */
export type RoleFor = (record: Kept, hint: string) => string;

/** Gives each role once: `kept-txt`, `kept-txt-2`. */
export function nameRoles(given: Iterable<string>): RoleFor {
  const taken = new Set(given);
  const roles = new Map<string, string>();
  return ({ name, type, value }, hint) => {
    const key = `${type} ${name} ${value}`;
    const known = roles.get(key);
    if (known !== undefined) return known;
    let role = hint;
    for (let number = 2; taken.has(role); number++) role = `${hint}-${number}`;
    taken.add(role);
    roles.set(key, role);
    return role;
  };
}

/** A line that sets one key of the configuration. */
export function writeSetLine(path: string, value: string): string {
  return `pulumi config set --path 'mailstead:${path}' ${shellQuote(value)}`;
}

/** Words that YAML takes for text as they are. */
const PLAIN = /^[a-z][a-z0-9.-]*$/;

function writeKey(key: string, value: string | number): string {
  const plain = typeof value === "number" || (key !== "text" && key !== "value" && PLAIN.test(value));
  return `${key}: ${plain ? String(value) : JSON.stringify(value)}`;
}

/** A record as an entry of `mailstead:dns.records`; undefined where that would not take it. */
export function writeEntry(
  record: Kept,
  role: RoleFor,
  hint = `kept-${record.type.toLowerCase()}`,
): string | undefined {
  const { name, type, value } = record;
  const data = findRecordType(type)?.parse(value);
  if (data === undefined) return undefined;
  const fields = RECORD_FIELDS[type as ExtraRecord["type"]];
  // The configuration takes no text that was meant as a policy and is none.
  if (type === "TXT" && whyNoPolicy(name, value) !== undefined) return undefined;
  const isTaken = Object.entries(data).every(
    ([key, one]) => fields[key]?.schema.safeParse(one).success === true,
  );
  if (!isTaken) return undefined;
  const keys = Object.entries(data).map(([key, one]) => writeKey(key, one));
  return `{ ${[`role: ${role(record, hint)}`, `name: ${shellQuote(name)}`, `type: ${type}`, ...keys].join(", ")} }`;
}

/** The key that keeps a site verification. */
export function writeVerificationLine({ value }: Pick<Kept, "value">): string {
  return writeSetLine("dns.verification", value.slice(value.indexOf("=") + 1));
}

/** Lines that declare records of others too, so that they are kept; undefined where one cannot be said. */
export function writeKeepLine(records: readonly Kept[], role: RoleFor): string | undefined {
  const verification = records.find(({ value }) => isVerification(value));
  const entries = records.filter((one) => one !== verification).map((one) => writeEntry(one, role));
  if (entries.includes(undefined)) return undefined;
  const lines = [
    ...(verification === undefined ? [] : [writeVerificationLine(verification)]),
    ...(entries.length === 0 ? [] : [`add to mailstead:dns.records: ${entries.join(", ")}`]),
  ];
  return lines.join(", and ");
}
