/** Random data of any type of record, by the kinds of its fields: what a new type is made of is tried without a line for it. */
import fc from "fast-check";
import type { DataField, KindName } from "../../../../../stack/dns/types/field.ts";
import { CAA, CAA_TAGS } from "../../../../../stack/dns/types/caa.ts";
import type { RecordType } from "../../../../../stack/dns/types/recordType.ts";
import type { RecordData } from "../../../../../stack/dns/types/registry.ts";

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const name = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join("."));

/** Texts with all that a zone file has to escape, and some longer than one string of the wire. */
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }).filter((value) => !/\p{Cc}/u.test(value)),
  fc.constantFrom('say "no" \\ or; yes', '"quoted"', "\\065", "é".repeat(200), "A".repeat(600), " x  y "),
);

/** Not those that begin in zeros: some are written with an IPv4 address at the end, which readers take for another block. */
const ipv6 = fc.ipV6().filter((address) => !/^(0*:)+/.test(address));

const BY_KIND: Readonly<Record<KindName, (field: DataField, type: string) => fc.Arbitrary<unknown>>> = {
  address: (_, type) => (type === "A" ? fc.ipV4() : ipv6),
  name: () => name,
  host: () => fc.oneof(name, fc.constant(".")),
  number: ({ most = 0 }) => fc.nat(most),
  word: () => fc.constantFrom(...CAA_TAGS),
  text: () => text,
  wholeText: () => text,
  hex: () => fc.stringMatching(/^([0-9a-f]{2}){1,70}$/),
};

/** Data of one type as the configuration gives it. */
export function arbitraryData({ type, fields }: RecordType): fc.Arbitrary<RecordData<string>> {
  const each = Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, BY_KIND[field.kind](field, type)]),
  );
  return fc.record({ type: fc.constant(type), ...each }) as unknown as fc.Arbitrary<RecordData<string>>;
}

/** The one kind of word that there is, so that a second one is given words of its own above. */
export const WORDED: readonly string[] = [CAA.type];
