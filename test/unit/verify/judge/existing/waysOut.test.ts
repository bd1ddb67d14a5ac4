/**
 * Proves: in zones as people have them, with several texts at one name, only what breaks mail is to be removed or
 * changed; each line that is printed for the configuration is taken by it, and leads out; `--adopt` is offered where it
 * works, and never drops what harms nothing.
 * Cannot prove: that engine and vendor do what a line says; runs of the real engine do.
 */
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import { isReplaced } from "../../../../../verify/judge/existing/adoption.ts";
import type { Finding } from "../../../../../verify/model/finding.ts";
import { planOf } from "../../../stack/support/planOf.ts";
import { dkimKey, rawWith, type Raw } from "../../../stack/support/validRaw.ts";
import { DNS_PROVIDER_NAMES } from "../../../../../stack/vendors/registry.ts";
import type { DnsProviderName } from "../../../../../stack/model/vendorNames.ts";
import { look, record } from "./zoneBefore.ts";

const APEX = "example.com";
const texts = (...values: string[]) => values.map((value) => record(APEX, "TXT", value));
const SENDER = "v=spf1 include:_spf.example.net ~all";

/** All ways of a finding. */
function ways({ fix, detail = [] }: Finding): string[] {
  return [fix ?? "", ...detail.map((line) => line.replace(/^or: /, ""))];
}

/** Puts a value at a path such as `dns.spf.mechanisms[0]`. */
function put(raw: Raw, path: string, value: unknown): void {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  const last = keys.pop() ?? "";
  const at = keys.reduce((above: Raw, key, index) => {
    const next = keys[index + 1] ?? last;
    return (above[key] ??= /^\d+$/.test(next) ? [] : {}) as Raw;
  }, raw);
  at[last] = value;
}

/** Does to a configuration what a line says, as `pulumi config` and an editor would. */
function follow(raw: Raw, line: string): void {
  for (const [, path = "", text = ""] of line.matchAll(
    /pulumi config set --path 'mailstead:([^']+)' '([^']*)'/g,
  )) {
    put(raw, path, text === "true" ? true : text === "false" ? false : text);
  }
  for (const [, list = ""] of line.matchAll(/add to mailstead:dns\.records: (\{.*?\})(?=$|, and|, then)/g)) {
    const dns = (raw["dns"] ??= {}) as Raw;
    dns["records"] = [
      ...((dns["records"] as unknown[] | undefined) ?? []),
      ...(parse(`[${list}]`) as unknown[]),
    ];
  }
}

/** A configuration with the zone at this provider. */
function rawAt(provider: DnsProviderName): Raw {
  const method = provider === "hetzner" ? { "certificates.method": "http-01" } : {};
  return rawWith({ "dns.provider": provider, "dns.ttlSeconds": 3600, ...method });
}

/** What is still in the way once the first way of each finding was gone; throws where the configuration takes it not. */
function afterFirstWays(provider: DnsProviderName, zone: readonly ZoneRecord[]) {
  const raw = rawAt(provider);
  const { findings } = look(provider, zone, { records: planOf(raw).records });
  expect(findings.length).toBeGreaterThan(0);
  for (const finding of findings) follow(raw, ways(finding)[0] ?? "");
  return look(provider, zone, { records: planOf(raw).records });
}

describe.each(DNS_PROVIDER_NAMES)("at %s", (provider) => {
  const isSet = provider === "hetzner";

  test("a second SPF beside a harmless text: the policy alone is removed, merged or changed", () => {
    const zone = texts(SENDER, "google-site-verification=1");
    const { findings, obstacles } = look(provider, zone);
    const [spf] = findings;
    expect(obstacles[0]?.records.map(({ value }) => value)).toEqual([SENDER]);
    expect(obstacles[0]).toMatchObject({ canBeAdopted: true, hasHarmlessBeside: isSet });
    const [merge, adopt, remove, ...more] = ways(spf as Finding);
    expect(more).toEqual([]);
    expect(merge).toMatch(/^pulumi config set --path 'mailstead:dns\.spf\.mechanisms\[0\]'/);
    expect(adopt).toContain(`./mailstead import --adopt 'TXT example.com'`);
    expect(adopt).toContain(`in the place of ${SENDER})`);
    expect(adopt?.startsWith("declare what else the set holds, then ")).toBe(isSet);
    expect(remove).toBe(`remove at ${provider}: example.com. 3600 IN TXT "${SENDER}"`);
    expect(findings).toHaveLength(isSet ? 2 : 1);
    expect(afterFirstWays(provider, zone)).toMatchObject({ obstacles: [], adoptions: [{ why: "merged" }] });
  });

  test("agreeing takes the policy, and leaves the text beside it", () => {
    const zone = texts("google-site-verification=1", SENDER);
    const agreed = ["TXT example.com"];
    if (!isSet) {
      const { adoptions, obstacles } = look(provider, zone, { agreed });
      expect(obstacles).toEqual([]);
      expect(adoptions).toMatchObject([{ role: "apex-spf", why: "agreed", records: [{ value: SENDER }] }]);
      return;
    }
    expect(look(provider, zone, { agreed }).adoptions).toEqual([]);
    const raw = rawAt(provider);
    for (const finding of look(provider, zone).findings.slice(1)) follow(raw, ways(finding)[0] ?? "");
    const { adoptions, obstacles } = look(provider, zone, { agreed, records: planOf(raw).records });
    expect(obstacles).toEqual([]);
    expect(adoptions).toMatchObject([{ role: "txt-example.com", why: "agreed" }]);
  });

  test("several foreign texts harm nothing, or are kept by entries that the configuration takes", () => {
    const zone = texts("google=1", "MS=ms1", `a "quoted" \\ text: #, {é}`);
    const { findings, adoptions } = look(provider, zone);
    expect(adoptions).toEqual([]);
    if (!isSet) {
      expect(findings).toEqual([]);
      return;
    }
    expect(findings).toHaveLength(1);
    expect(ways(findings[0] as Finding)).toHaveLength(3);
    expect(JSON.stringify(findings)).not.toContain("--adopt");
    expect(look(provider, zone, { agreed: ["TXT example.com"] }).adoptions).toEqual([]);
    expect(afterFirstWays(provider, zone)).toMatchObject({ obstacles: [], adoptions: [{ why: "same" }] });
  });

  test("a zone from Forward Email's own service: each fault by itself, and mail of the old aliases last", () => {
    const old = "forward-email=info:me@example.org";
    const zone = texts(
      "v=spf1 a include:spf.example.org -all",
      "forward-email-site-verification=0ldT0ken",
      old,
    );
    const raw = rawAt(provider);
    put(raw, "dns.verification", "n3wT0ken");
    const { obstacles, findings } = look(provider, zone, { records: planOf(raw).records });
    const inTheWay = obstacles.map(({ records }) => records.map(({ value }) => value));
    expect(inTheWay).toEqual(zone.map(({ value }) => [value]));
    expect(findings.map(({ seen }) => seen)).toEqual([
      expect.stringContaining("is a second SPF policy"),
      expect.stringContaining("is a second site verification"),
      expect.stringContaining("is a list of aliases in the open"),
    ]);
    for (const finding of findings.slice(0, 2)) follow(raw, ways(finding)[0] ?? "");
    const after = look(provider, zone, { records: planOf(raw).records });
    expect(after.obstacles.map(({ records }) => records.map(({ value }) => value))).toEqual([[old]]);
  });

  test("two other SPF policies are merged at once, and the one left over can only go", () => {
    const zone = texts(SENDER, "v=spf1 ip4:192.0.2.0/24 -all");
    const { findings } = look(provider, zone);
    expect(findings).toHaveLength(1);
    const after = afterFirstWays(provider, zone);
    expect(after.adoptions).toMatchObject([{ why: "merged" }]);
    expect(after.obstacles).toMatchObject(isSet ? [] : [{ records: [{ value: zone[1]?.value }] }]);
    expect(JSON.stringify(after.findings)).not.toContain("--adopt");
  });

  test("another key at the server's own selector: it has no other one", () => {
    const zone = [record(`default._domainkey.${APEX}`, "TXT", "v=DKIM1; k=rsa; p=QUJD")];
    const { findings } = look(provider, zone);
    const [domain, adopt, remove] = ways(findings[0] as Finding);
    expect(domain).toContain("pulumi config set mailstead:domain 'mail.example.com'");
    expect(adopt).toContain("--adopt 'TXT default._domainkey.example.com'");
    expect(remove).toContain("remove at");
    expect(JSON.stringify(findings)).not.toContain("selector than");
  });

  test("another key at the selector of a user's key: that one may be another", () => {
    const raw = rawAt(provider);
    put(raw, "dns.dkim", [{ selector: "fe-1", publicKey: dkimKey(2048) }]);
    const zone = [record(`fe-1._domainkey.${APEX}`, "TXT", "v=DKIM1; k=rsa; p=QUJD")];
    const [finding] = look(provider, zone, { records: planOf(raw).records }).findings;
    expect(ways(finding as Finding)[0]).toBe("use another selector than fe-1 in mailstead:dns.dkim");
  });

  test.each([
    [APEX, "pulumi config set --path 'mailstead:dns.caa.enabled' 'true'"],
    [`mx.${APEX}`, "add to mailstead:dns.records: { role: own-caa, name: 'mx.example.com'"],
  ])("CAA of another authority at %s: ours beside it, that authority, or none", (name, first) => {
    const zone = [record(name, "CAA", "0 issue ca.example.net")];
    const found = look(provider, zone).findings;
    expect(found).toHaveLength(1);
    const [beside, other, remove, ...more] = ways(found[0] as Finding);
    expect(beside?.startsWith(first)).toBe(true);
    expect(other).toContain("mailstead:certificates.directory");
    expect(remove).toContain(`${name}. 3600 IN CAA 0 issue "ca.example.net"`);
    expect(more).toEqual([]);
    const after = afterFirstWays(provider, zone);
    expect(after.obstacles).toEqual([]);
    // One set: the other authority's value is declared too.
    expect(beside?.includes("role: kept-caa")).toBe(isSet);
  });

  test.each([
    ["an address where an alias is declared", `imap.${APEX}`, "A", "192.0.2.7", "CNAME"],
    ["an alias where addresses are declared", `mx.${APEX}`, "CNAME", "mx.example.net", "A"],
    ["an alias where a policy is declared", `_dmarc.${APEX}`, "CNAME", "dmarc.example.net", "TXT"],
  ])("%s: three ways, and agreeing replaces it", (_, name, type, value, declared) => {
    const zone = [record(name, type, value)];
    const { findings } = look(provider, zone);
    expect(findings).toHaveLength(1);
    expect(ways(findings[0] as Finding)).toHaveLength(3);
    const { adoptions, obstacles } = look(provider, zone, { agreed: [`${type} ${name}`] });
    expect(obstacles).toEqual([]);
    expect(adoptions).toMatchObject([{ name, type: declared, why: "agreed", changes: ["type", "value"] }]);
    expect(adoptions.map(isReplaced)).toEqual([true]);
  });

  test("two things where an alias is declared: neither can be changed into it", () => {
    const zone = [record(`imap.${APEX}`, "A", "192.0.2.7"), record(`imap.${APEX}`, "TXT", "x")];
    const { findings, adoptions } = look(provider, zone, { agreed: ["A imap.example.com"] });
    expect(adoptions).toEqual([]);
    expect(findings).toHaveLength(2);
    expect(JSON.stringify(findings)).not.toContain("--adopt");
  });

  test.each([
    ["dns.autodiscover", record(`autodiscover.${APEX}`, "CNAME", "autodiscover.example.net")],
    ["dns.heloSpf", record(`mx.${APEX}`, "TXT", SENDER)],
  ])("what is declared by a switch alone can be left out: %s", (key, other) => {
    const raw = rawAt(provider);
    put(raw, key, true);
    const zone = [other];
    const { findings } = look(provider, zone, { records: planOf(raw).records });
    follow(raw, ways(findings[0] as Finding)[0] ?? "");
    expect(look(provider, zone, { records: planOf(raw).records }).findings).toEqual([]);
  });
});

test("at Hetzner each kept record has a role of its own, over all sets and beside those given", () => {
  const raw = rawAt("hetzner");
  put(raw, "dns.records", [{ role: "kept-txt", name: "own", type: "TXT", text: "x" }]);
  put(raw, "dns.heloSpf", true);
  const zone = [...texts("google=1", "MS=ms1"), record(`mx.${APEX}`, "TXT", "note")];
  const { findings } = look("hetzner", zone, { records: planOf(raw).records });
  for (const finding of findings) follow(raw, ways(finding)[0] ?? "");
  const { records } = planOf(raw);
  const kept = records.filter(({ role }) => role.startsWith("kept-txt"));
  expect(kept.map(({ role }) => role)).toEqual(["kept-txt", "kept-txt-2", "kept-txt-3", "kept-txt-4"]);
  expect(look("hetzner", zone, { records }).obstacles).toEqual([]);
});

test("at Hetzner a text that the plan would refuse, as it stands where a policy is looked for, is kept by no line", () => {
  const zone = [record(`_dmarc.${APEX}`, "TXT", "note")];
  const { findings } = look("hetzner", zone);
  expect(findings).toHaveLength(1);
  expect(JSON.stringify(findings)).not.toContain("dns.records");
});

test("at Hetzner a site verification is kept by its own key, and what the configuration takes not by none", () => {
  const verified = texts("forward-email-site-verification=abcDEF123", "google=1");
  expect(afterFirstWays("hetzner", verified).obstacles).toEqual([]);
  const [finding] = look("hetzner", texts("x".repeat(2100))).findings;
  expect(JSON.stringify(finding)).not.toContain("dns.records");
  expect(ways(finding as Finding)).toHaveLength(2);
});

test("a policy where an alias is declared is none of the domain's", () => {
  const [finding] = look("cloudflare", [record(`imap.${APEX}`, "TXT", SENDER)]).findings;
  expect(ways(finding as Finding)[0]).toContain("mailstead:domain");
});

test("a policy that refers elsewhere is not merged, but may be changed or removed", () => {
  const [finding] = look("cloudflare", texts("v=spf1 redirect=_spf.example.net")).findings;
  const [byHand, adopt, remove] = ways(finding as Finding);
  expect(byHand).toContain("mailstead:dns.spf.mechanisms by hand");
  expect(adopt).toContain("--adopt");
  expect(remove).toContain("redirect");
});
