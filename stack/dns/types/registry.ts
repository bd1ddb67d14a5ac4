/** Every type of record that can be declared: one line for each, from which all else follows. */
import { A } from "./a.ts";
import { AAAA } from "./aaaa.ts";
import { CAA } from "./caa.ts";
import { CNAME } from "./cname.ts";
import { MX } from "./mx.ts";
import { NS } from "./ns.ts";
import type { DataOf, RecordType } from "./recordType.ts";
import { SRV } from "./srv.ts";
import { TLSA } from "./tlsa.ts";
import { TXT } from "./txt.ts";

/** The types, in the order of the reference. */
export const RECORD_TYPES = [A, AAAA, CNAME, NS, MX, TXT, SRV, CAA, TLSA] as const;

/**
 * What a DNS record says, by type. Targets are lower-case FQDNs without a final dot, or `.` where there is no host (null
 * MX, service not offered); a TXT is one string.
 *
 * @typeParam Text `string`, or a template where a part may be known only later.
 */
export type RecordData<Text> = DataOf<(typeof RECORD_TYPES)[number], Text>;

const BY_NAME: ReadonlyMap<string, RecordType> = new Map(RECORD_TYPES.map((one) => [one.type, one]));

/** A type by its upper-case name; undefined where it cannot be declared. */
export function findRecordType(type: string): RecordType | undefined {
  return BY_NAME.get(type);
}
