/**
 * Proves: where a value could not be read, no fault is told that follows from a value in its place, and the faults that
 * follow from what could be read are told all the same.
 * Cannot prove: this for every pair of a key and a rule.
 */
import { expect, test } from "vitest";
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import { rawWith } from "../support/validRaw.ts";

const ELSEWHERE = { role: "old-imap", type: "A", name: "imap", address: "192.0.2.1" };

function faults(
  values: Readonly<Record<string, unknown>>,
): readonly (readonly [path: string, rule: string])[] {
  return parseConfig(rawWith(values))
    .issues.filter(({ severity }) => severity === "error")
    .map(({ path, rule }) => [path, rule]);
}

const CLASH = ["mailstead:dns.records[0].name", "alias-not-alone"] as const;

test("a record at one of our names, by a key that it depends on and that could not be read", () => {
  expect(faults({ "dns.records": [ELSEWHERE], "dns.mx": "holt" })).toEqual([
    ["mailstead:dns.mx", "not-allowed"],
  ]);
});

test("the same record with a fault in a section that it has nothing to do with", () => {
  expect(faults({ "dns.records": [ELSEWHERE], "server.location": "nowhere-at-all" })).toEqual([
    ["mailstead:server.location", "not-a-location"],
    CLASH,
  ]);
});

test("the owner's records are wrong by themselves whatever could not be read beside them", () => {
  const alias = { role: "blog", type: "CNAME", name: "www", target: "blog.example.net" };
  const address = { role: "site", type: "A", name: "www", address: "192.0.2.1" };
  const told = faults({ "dns.records": [alias, address], "dns.mx": "holt" });
  expect(told).toContainEqual(["mailstead:dns.mx", "not-allowed"]);
  expect(told.filter(([path]) => path.startsWith("mailstead:dns.records"))).not.toEqual([]);
});
