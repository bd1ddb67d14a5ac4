/** Cases of one type of record: an entry of `dns.records`, and what becomes of it. */
import { expect, test } from "vitest";
import { parseConfig } from "../../../../../stack/config/parseConfig.ts";
import { extraRecord } from "../../../../../stack/dns/extraRecords.ts";
import { canonicalValue } from "../../../../../stack/dns/types/recordData.ts";
import { renderZoneFile } from "../../../../../stack/dns/zoneFile.ts";
import { rawWith } from "../../support/validRaw.ts";

type Entry = Readonly<Record<string, unknown>>;

/** What one type reads and writes. */
export interface RecordCases {
  /** The keys of its own, the canonical value, and the data of its line in the zone file. */
  readonly good: readonly (readonly [entry: Entry, value: string, zoneFile: string])[];
  /** The keys of its own, the one that is wrong, and the rule by which. */
  readonly bad: readonly (readonly [entry: Entry, key: string, rule: string])[];
  /** Name of the record, for types that are asked for at names of their own. */
  readonly name?: string;
}

/** Tests the cases. */
export function testRecords(type: string, { good, bad, name = "own" }: RecordCases): void {
  const read = (entry: Entry) =>
    parseConfig(rawWith({ "dns.records": [{ role: "own", name, type, ...entry }] }));

  test.each(good)("%j says %s", (entry, value, zoneFile) => {
    const { config, issues } = read(entry);
    expect(issues).toEqual([]);
    const [record] = config?.dns.records ?? [];
    if (record === undefined) throw new Error("no record was read");
    expect(canonicalValue(record)).toBe(value);
    const line = renderZoneFile([extraRecord(record, 300)], String).split("\n")[2];
    expect(line).toBe(`${name}.example.com. 300 IN ${type} ${zoneFile}`);
  });

  test.each(bad)("%j is refused: %s %s", (entry, key, rule) => {
    const { issues } = read(entry);
    expect(issues.map((issue) => [issue.path, issue.rule])).toEqual([
      [`mailstead:dns.records[0].${key}`, rule],
    ]);
  });
}
