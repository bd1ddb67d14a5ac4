/**
 * Proves: `dns.mx: hold` leaves out what moves mail or people's programs and nothing else, whatever is switched on; people
 * are led to the domain's own name meanwhile; what does not go with it is told.
 * Cannot prove: that mail stays where it is; the sandbox moves a living domain.
 */
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import { DNS_PROVIDER_NAMES } from "../../../../stack/vendors/registry.ts";
import { planOf } from "../support/planOf.ts";
import { rawWith } from "../support/validRaw.ts";

const ALL = {
  "dns.mtaSts": { mode: "enforce" },
  "dns.tlsReports": "tls@example.org",
  "dns.services": true,
  "dns.autoconfig": true,
  "dns.autodiscover": true,
  "dns.nullMx": true,
  "dns.heloSpf": true,
  "dns.records": [{ role: "srv-game", type: "A", name: "game", address: "192.0.2.9" }],
};
const HELD = {
  ...ALL,
  "dns.mx": "hold",
  "dns.spf": { mechanisms: ["ip4:192.0.2.25"] },
  "dns.dmarc": { policy: "none" },
};

const namesOf = (raw: ReturnType<typeof rawWith>): string[] =>
  planOf(raw).records.map(({ name, type }) => `${type} ${name}`);

describe("hold", () => {
  test("leaves out the MX, MTA-STS, and all by which programs find a server", () => {
    const left = namesOf(rawWith(HELD));
    const out = [...new Set(namesOf(rawWith(ALL)))].filter((one) => !left.includes(one)).toSorted();
    const host = (...labels: string[]) => labels.map((label) => `${label}.example.com`);
    expect(out).toEqual(
      [
        "MX example.com",
        "TXT _mta-sts.example.com",
        ...host("mta-sts", "imap", "pop3", "smtp", "autoconfig", "autodiscover").map(
          (name) => `CNAME ${name}`,
        ),
        ...host("caldav", "carddav").flatMap((name) =>
          ["A", "AAAA", "MX", "TXT"].map((type) => `${type} ${name}`),
        ),
        ...host(
          ...["imaps", "imap", "pop3s", "pop3", "submissions", "submission", "caldavs", "caldav"],
          ...["carddavs", "carddav", "autodiscover"],
        ).map((name) => `SRV _${name.replace(".", "._tcp.")}`),
      ].toSorted(),
    );
  });

  test("keeps the owner's own records, whatever their role is", () => {
    expect(namesOf(rawWith(HELD))).toContain("A game.example.com");
  });

  test("the server and its containers are the same, and people are led to the domain's own name", () => {
    const [held, pointed] = [planOf(rawWith(HELD)), planOf(rawWith({ ...HELD, "dns.mx": "point" }))];
    expect(held.containers).toEqual(pointed.containers);
    expect(held.server).toEqual(pointed.server);
    expect(held.firewall).toEqual(pointed.firewall);
    expect(new Set(held.clients.map(({ host }) => host))).toEqual(new Set(["example.com"]));
  });

  test("point is the default", () => {
    expect(planOf(rawWith({ "dns.mx": "point" }))).toEqual(planOf(rawWith({})));
  });
});

describe("what does not go with hold", () => {
  const issuesOf = (changes: object) =>
    parseConfig(rawWith({ "dns.mx": "hold", ...changes })).issues.map(
      ({ severity, path }) => `${severity} ${path}`,
    );

  test("policies that the old server's mail would fail are warnings", () => {
    expect(issuesOf({})).toEqual([
      "warning mailstead:dns.spf.mechanisms",
      "warning mailstead:dns.dmarc.policy",
    ]);
    expect(issuesOf({ "dns.spf": { mechanisms: ["mx"] }, "dns.dmarc": { policy: "none" } })).toEqual([]);
  });

  /** What to set, as each way of a fix says it. */
  const settingsIn = (fix: string): [string, string][][] =>
    fix
      .split(", or ")
      .map((way) =>
        Array.from(way.matchAll(/--path mailstead:(\S+) (\S+)/g), ([, path = "", to = ""]) => [path, to]),
      );

  test.each(
    DNS_PROVIDER_NAMES.flatMap((provider) =>
      (["ubuntu-24.04", "debian-13"] as const).flatMap((image) =>
        (["dns-01", "http-01"] as const).flatMap((method) =>
          (["hold", "point"] as const).map((mx) => ({ provider, image, method, mx })),
        ),
      ),
    ),
  )("each way out of a method that does not fit leads out: $provider, $image, $method, $mx", (given) => {
    const raw = (changes: Readonly<Record<string, string>>) =>
      rawWith({
        "dns.mx": given.mx,
        "dns.provider": given.provider,
        "server.image": given.image,
        "certificates.method": given.method,
        ...changes,
      });
    const faultsAt = (changes: Readonly<Record<string, string>>) =>
      parseConfig(raw(changes)).issues.filter(
        ({ path, severity }) => path === "mailstead:certificates.method" && severity === "error",
      );
    const faults = faultsAt({});
    expect(faults.length).toBeLessThan(2);
    for (const { fix } of faults) {
      const ways = settingsIn(fix);
      expect(ways.length).toBeGreaterThan(0);
      for (const way of ways) {
        expect(way.length).toBeGreaterThan(0);
        expect(faultsAt(Object.fromEntries(way)), fix).toEqual([]);
      }
    }
  });

  test("http-01, which asks at names that are held, is a fault", () => {
    const set = { "dns.spf": { mechanisms: ["mx"] }, "dns.dmarc": { policy: "none" } };
    expect(issuesOf({ ...set, "certificates.method": "http-01" })).toEqual([
      "error mailstead:certificates.method",
    ]);
  });
});
