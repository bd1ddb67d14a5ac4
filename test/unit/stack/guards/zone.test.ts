/**
 * Proves: records in another zone than the one that is found stop with both ids and both ways on; nothing is said where they are
 * the same, nor where one is not known. The zone is known from the outputs, and without them from a record in the state.
 * Cannot prove: what a provider answers of a zone that a token may not see.
 */
import { expect, test } from "vitest";
import { deployedText, readDeployed, withDeployed } from "../../../../stack/guards/deployed.ts";
import { keepsZone } from "../../../../stack/guards/zone.ts";

const CONFIG = { dns: { provider: "cloudflare", zone: "example.com" } } as Parameters<typeof keepsZone>[0];
const [OLD, NEW] = ["a".repeat(32), "b".repeat(32)];

test("another zone is refused, with both ids and both ways on", () => {
  const [issue, ...more] = keepsZone(CONFIG, OLD, NEW);
  expect(more).toEqual([]);
  expect(issue).toMatchObject({ path: "mailstead:dns", severity: "error", rule: "other-zone" });
  expect(issue?.message).toContain(`in the zone ${OLD} at Cloudflare, and example.com is ${NEW} now`);
  expect(issue?.fix).toMatch(/^give the token that opens the old one.*preflight --fix.*pulumi up/);
});

test.each([
  ["the same", OLD, OLD],
  ["before the first up", undefined, NEW],
  ["none that the token sees", OLD, undefined],
])("%s: nothing to say", (_, known, found) => {
  expect(keepsZone(CONFIG, known, found)).toEqual([]);
});

test("the zone is remembered in the outputs, found in the state where these are gone, and forgotten alone", () => {
  const record = {
    urn: "urn:pulumi:prod::mailstead::cloudflare:index/dnsRecord:DnsRecord::mx",
    type: "cloudflare:index/dnsRecord:DnsRecord",
    outputs: { zoneId: OLD },
  };
  expect(readDeployed({}, [record]).zoneId).toBe(OLD);
  const outputs = {
    deployed: deployedText({ zoneId: NEW, generation: 3 }),
    webAddress: "https://example.com",
  };
  expect(readDeployed(outputs, [record]).zoneId).toBe(NEW);
  const left = withDeployed(outputs, { zoneId: undefined });
  expect(readDeployed(left)).toMatchObject({ generation: 3, domain: "example.com" });
  expect(readDeployed(left).zoneId).toBeUndefined();
});
