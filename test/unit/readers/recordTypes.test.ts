/**
 * Proves: BIND reads the zone-file text of every type of record that can be declared as the data that it was made from, also of
 * a type that is new: data are random, by the kinds of a type's fields.
 * Cannot: prove that other name servers read it so. Skips without Debian's bind9-utils.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalData, canonicalValue, zoneFileData } from "../../../stack/dns/types/recordData.ts";
import type { RecordType } from "../../../stack/dns/types/recordType.ts";
import { RECORD_TYPES } from "../../../stack/dns/types/registry.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { arbitraryData } from "../stack/dns/types/arbitraryData.ts";
import { HAS, readByBind } from "./realReaders.ts";

const folder = temporaryFolder();
const ZONE = "example.com";
const TYPES: readonly RecordType[] = RECORD_TYPES;

/** Records at names of their own, so that none is in the way of another. */
const RECORDS = TYPES.flatMap((type) =>
  fc.sample(arbitraryData(type), { numRuns: 60, seed: 20_261_129 }).map((data, index) => ({
    name: `${type.type.toLowerCase()}${index}.${ZONE}`,
    type: type.type,
    value: canonicalValue(data),
  })),
);

const HEAD = [`${ZONE}. 300 IN SOA a.invalid. b.invalid. 1 2 3 4 5`, `${ZONE}. 300 IN NS a.invalid.`];

test.skipIf(!HAS.checkZone)("BIND reads every type as it was meant", () => {
  const lines = RECORDS.map(
    ({ name, type, value }) => `${name}. 300 IN ${type} ${zoneFileData(type, value)}`,
  );
  const read = readByBind(ZONE, folder, `${[...HEAD, ...lines].join("\n")}\n`)
    .split("\n")
    .flatMap((line) => {
      const [, name = "", type = "", data = ""] = /^(\S+)\.\s+\d+\s+IN\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      return name === "" || name === ZONE ? [] : [{ name, type, value: canonicalData(type, data) }];
    });
  const byName = (one: { readonly name: string }, other: { readonly name: string }) =>
    one.name < other.name ? -1 : 1;
  expect(read.toSorted(byName)).toEqual(RECORDS.toSorted(byName));
  expect(new Set(read.map(({ type }) => type))).toEqual(new Set(TYPES.map(({ type }) => type)));
});
