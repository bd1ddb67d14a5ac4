/**
 * Proves: TLSA records of the configuration are read with digits in any case and grouping, compared and written in one
 * (RFC 6698 2.2), and others refused, also digests of a wrong length.
 * Cannot: prove that the certificate matches, or that the zone is signed.
 */
import { expect, test } from "vitest";
import { canonicalData } from "../../../../../stack/dns/types/recordData.ts";
import { planned } from "../../support/planOf.ts";
import { rawWith } from "../../support/validRaw.ts";
import { testRecords } from "./recordCases.ts";

const SHA256 = "0123456789abcdef".repeat(4);
const own = { usage: 3, selector: 1, matchingType: 1, data: SHA256 };

testRecords("TLSA", {
  name: "_443._tcp.www",
  good: [
    [own, `3 1 1 ${SHA256}`, `3 1 1 ${SHA256}`],
    [{ ...own, data: SHA256.toUpperCase().replace(/(.{8})/g, "$1 ") }, `3 1 1 ${SHA256}`, `3 1 1 ${SHA256}`],
    [{ usage: 2, selector: 0, matchingType: 0, data: "3082" }, "2 0 0 3082", "2 0 0 3082"],
  ],
  bad: [
    [{ ...own, usage: 4 }, "usage", "out-of-range"],
    [{ ...own, selector: 2 }, "selector", "out-of-range"],
    [{ ...own, matchingType: 3 }, "matchingType", "out-of-range"],
    [{ ...own, data: "abc" }, "data", "not-hex"],
    [{ ...own, data: "zz" }, "data", "not-hex"],
    [{ ...own, data: "" }, "data", "not-hex"],
    [{ usage: 3, selector: 1, matchingType: 1 }, "data", "missing"],
  ],
});

test.each([
  [`03 01 1 ${SHA256.toUpperCase()}`, `3 1 1 ${SHA256}`],
  [`3 1 1 ${SHA256.slice(0, 40)} ${SHA256.slice(40)}`, `3 1 1 ${SHA256}`],
])("%s is %s", (text, value) => {
  expect(canonicalData("TLSA", text)).toBe(value);
});

function told(name: string, changes: object, more: Readonly<Record<string, unknown>> = {}): string[] {
  const record = { role: "own", name, type: "TLSA", ...own, ...changes };
  const { issues } = planned(rawWith({ "dns.records": [record], ...more }));
  return issues.map(({ path, rule, severity }) => `${severity} ${rule} ${path.split(".").at(-1) ?? ""}`);
}

test("what only all fields together tell is told by rules", () => {
  expect(told("_443._tcp.www", {})).toEqual([]);
  expect(told("_443._tcp.www", { matchingType: 2 })).toEqual(["error tlsa-digest-length data"]);
  expect(told("www", {})).toEqual(["warning tlsa-name name"]);
  expect(told("_25._tcp.relay", { usage: 1 })).toEqual(["warning tlsa-usage-for-mail usage"]);
});

test("at the mail host it is warned of, as the certificate changes without it", () => {
  expect(told("_25._tcp.mx", {})).toEqual(["warning dane-at-mail-host records[0]"]);
  expect(told("_25._tcp", {}, { "dns.mxHost": "alias" })).toContain("warning dane-at-mail-host records[0]");
  expect(told("_25._tcp", {})).toEqual([]);
});

test("a provider that has no such records is named", () => {
  const at = (provider: string, method: string) =>
    told("_443._tcp.www", {}, { "dns.provider": provider, "certificates.method": method });
  expect(at("digitalocean", "http-01")).toEqual(["error type-not-offered type"]);
  expect(at("hetzner", "http-01")).toEqual([]);
});
