/**
 * Proves: which records beside or in the place of declared CAA records keep the certificate from being given, how bad that
 * is and what is to go; and what the audit takes from the configuration for it.
 * Cannot prove: that an authority reads the records so; RFC 8659 and RFC 8657 say it.
 */
import { describe, expect, test } from "vitest";
import { recordSets } from "../../../../../stack/dns/canonical.ts";
import { zoneFacts } from "../../../../../stack/dns/zoneFacts.ts";
import type { DesiredSet } from "../../../../../verify/model/observation.ts";
import { configOf } from "../../../stack/support/planOf.ts";
import { rawWith, type Raw } from "../../../stack/support/validRaw.ts";
import { auditOf, read, record } from "../auditedZone.ts";

describe("declared CAA records", () => {
  const ours = record("example.com", "CAA", "0 issue letsencrypt.org");
  const desired: DesiredSet[] = recordSets([ours]).map((set) => ({ ...set, roles: [], level: "optional" }));
  const judged = (...values: readonly string[]) =>
    auditOf(read.cloudflare(values.map((value) => record("example.com", "CAA", value))), { desired }).rows[0];

  test.each([
    ["0 issue ca.example.net", "unmanaged", "info"],
    ["0 issuewild letsencrypt.org", "unmanaged", "info"],
    ["0 issuewild ;", "conflict", "warning"],
    ["128 future x", "conflict", "warning"],
  ])("beside %s: %s", (value, verdict, severity) => {
    const row = judged(ours.value, value);
    expect(row).toMatchObject({ verdict, severity });
    expect(row?.fix?.startsWith("remove at")).toBe(verdict === "conflict");
  });

  test("of two that forbid a wildcard both are to go, and what harms nothing may stay", () => {
    const row = judged(
      ours.value,
      "0 issuewild ;",
      "0 issuewild other.example.net",
      "0 issue ca.example.net",
    );
    expect(row?.reason).toBe(
      "0 issuewild ;, 0 issuewild other.example.net stands in the way: letsencrypt.org may not give the certificate for *.example.com by dns-01",
    );
    expect(row?.fix).not.toContain("ca.example.net");
  });

  test.each([
    ["0 issue ca.example.net", "changed", "warning"],
    // It says nothing of who may give certificates, so it stands in nobody's place.
    ["0 iodef mailto:x@example.net", "missing", "info"],
  ])("replaced by %s: %s, %s", (value, verdict, severity) => {
    expect(judged(value)).toMatchObject({ verdict, severity });
  });
});

test("the context of an audit has the authority with way of proof and account, and every name of the certificate", () => {
  const accountUri = "https://acme-v02.api.letsencrypt.org/acme/acct/1";
  const caa = (more: Raw) => {
    const { issuer, certificateNames: names } = zoneFacts(configOf(rawWith(more)));
    return issuer && { issuer, names };
  };
  expect(caa({ "dns.caa": { enabled: true, accountUri } })).toEqual({
    issuer: { domain: "letsencrypt.org", method: "dns-01", accountUri },
    names: ["example.com", "*.example.com"],
  });
  const directory = "https://acme.example.net/directory";
  const certificates = { method: "http-01", directory };
  expect(caa({ certificates })).toBeUndefined();
  const said = caa({ certificates, "dns.caa": { enabled: true, issuer: "pki.example.net" } });
  expect(said?.issuer).toEqual({ domain: "pki.example.net", method: "http-01" });
});
