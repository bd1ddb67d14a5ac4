/**
 * Proves: a domain that gets mail elsewhere is told so before its MX moves, in red where no server knows the domain, and
 * as held with `dns.mx: hold`; a new domain, a null MX and an MX that is ours are told nothing; the audit tells what is
 * held, and with `point` the same records are conflicts; no way out takes the last MX away.
 * Cannot prove: what the server knows; the sandbox asks one.
 */
import { describe, expect, test } from "vitest";
import { heldPlaces } from "../../../../../stack/dns/held.ts";
import { audit } from "../../../../../verify/judge/sets/audit.ts";
import { listDesiredSets } from "../../../../../verify/judge/sets/desiredSets.ts";
import { judgeMailElsewhere, type ServerKnows } from "../../../../../verify/judge/existing/mailElsewhere.ts";
import { planOf } from "../../../stack/support/planOf.ts";
import { rawWith } from "../../../stack/support/validRaw.ts";
import { known, look, PLAN, read, record } from "./zoneBefore.ts";

const OLD = record("example.com", "MX", "10 mx.old.example");

function told(mx: "hold" | "point", zone = [OLD], server?: ServerKnows) {
  const [finding, ...more] = judgeMailElsewhere({ domain: "example.com", mx, zone }, server);
  expect(more).toEqual([]);
  return finding;
}

describe("a domain that gets mail elsewhere", () => {
  test("with point and no server: red, with hold as the next step", () => {
    const finding = told("point");
    expect(finding).toMatchObject({ subject: "mail of example.com", state: "bad" });
    expect(finding?.seen).toContain("10 mx.old.example");
    expect(finding?.fix).toContain("pulumi config set --path 'mailstead:dns.mx' hold");
  });

  test("with point and a server that does not know the domain: red", () => {
    expect(told("point", [OLD], { knows: false })).toMatchObject({
      state: "bad",
      seen: expect.stringContaining("does not know the domain yet") as string,
    });
  });

  test("with point and a server that knows it: a warning that counts the aliases", () => {
    expect(told("point", [OLD], { knows: true, aliases: 2 })).toMatchObject({
      state: "warn",
      seen: expect.stringContaining("with 2 aliases: are they all?") as string,
    });
  });

  test("with hold: in order, and told where it goes", () => {
    expect(told("hold")).toMatchObject({ state: "ok", seen: expect.stringContaining("is held") as string });
  });

  test.each([
    ["no MX", []],
    ["a null MX", [record("example.com", "MX", "0 .")]],
    ["ours", [record("example.com", "MX", "10 mx.example.com")]],
    ["one of a sub-domain", [record("shop.example.com", "MX", "10 mx.old.example")]],
  ])("nothing is told of %s", (_, zone) => {
    expect(judgeMailElsewhere({ domain: "example.com", mx: "point", zone }, undefined)).toEqual([]);
  });
});

describe("the audit", () => {
  const zone = [
    OLD,
    record("imap.example.com", "A", "192.0.2.7"),
    record("_mta-sts.example.com", "TXT", "v=STSv1; id=1;"),
    record("mta-sts.example.com", "CNAME", "mta-sts.old.example"),
  ];
  const held = planOf(
    rawWith({
      "dns.ttlSeconds": 3600,
      "dns.mx": "hold",
      "dns.spf": { mechanisms: ["mx"] },
      "dns.dmarc": { policy: "none" },
    }),
  );

  function verdicts(records: typeof PLAN.records, places: ReturnType<typeof heldPlaces>) {
    const ours = read("cloudflare", []);
    const context = { domain: "example.com", zone: "example.com", held: places } as const;
    const provider = { state: "listed", records: [...ours, ...read("cloudflare", zone)] } as const;
    const { rows } = audit({ desired: listDesiredSets(records, known), provider, ignore: [], context });
    return new Map(
      zone.map(({ name, type }) => {
        const row = rows.find((one) => one.name === name && one.type === type);
        return [`${type} ${name}`, `${row?.verdict ?? "none"} ${row?.reason.split(":")[0] ?? ""}`];
      }),
    );
  }

  test("tells what is held, and no conflict", () => {
    const seen = verdicts(held.records, heldPlaces(PLAN.records, "example.com"));
    expect([...seen.values()]).toEqual(zone.map(() => "ignored held"));
  });

  test("with point the same records are in the way", () => {
    const seen = verdicts(PLAN.records, []);
    expect(seen.get("MX example.com")).toMatch(/^(changed|conflict)/);
    expect(seen.get("TXT _mta-sts.example.com")).toMatch(/^conflict/);
  });
});

describe.each(["cloudflare", "digitalocean", "hetzner"] as const)("ways out at %s", (provider) => {
  test("one old MX is held or taken over, never just removed", () => {
    const [finding] = look(provider, [OLD]).findings;
    const ways = [finding?.fix, ...(finding?.detail ?? [])];
    expect(ways[0]).toContain("mailstead:dns.mx' hold");
    expect(ways[1]).toContain("import --adopt 'MX example.com'");
    expect(ways.join("\n")).not.toContain("remove at");
  });

  test("of two, one stays until it is taken over", () => {
    const second = record("example.com", "MX", "20 mx2.old.example");
    const ways = look(provider, [OLD, second]).findings.flatMap(({ fix, detail }) => [
      fix,
      ...(detail ?? []),
    ]);
    const removals = ways.filter((way) => way?.includes("remove at"));
    // Hetzner's set is taken over as a whole.
    expect(removals).toHaveLength(provider === "hetzner" ? 0 : 1);
    for (const way of removals) {
      expect(way).toMatch(/remove at \S+ [^;]* MX 20 mx2\.old\.example\., which leaves one; then /);
      expect(way).not.toMatch(/ MX 10 mx\.old/);
    }
  });
});
