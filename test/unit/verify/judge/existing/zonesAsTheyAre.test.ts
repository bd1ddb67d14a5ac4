/**
 * Proves: of zones as people have them, preflight and audit say what is wrong, why, and a way out that there is: locked
 * records of Email Routing, an alias where certificate orders write, a wildcard alias to a name of one's own, an SPF policy
 * for the greeting before any address is known, sets at Hetzner that lead to the same host or hold tags of others, policies
 * in another spelling, and a name that repeats the zone.
 * Cannot prove: that vendors keep records so; the rows are written after their documents and reports of users.
 */
import { describe, expect, test } from "vitest";
import { cloudflareForm } from "../../../../../stack/vendors/cloudflare/dnsForm.ts";
import { digitaloceanForm } from "../../../../../stack/vendors/digitalocean/dnsForm.ts";
import { hetznerForm } from "../../../../../stack/vendors/hetzner/dnsForm.ts";
import type { ProviderRecord, ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import type { Finding } from "../../../../../verify/model/finding.ts";
import { planOf } from "../../../stack/support/planOf.ts";
import { dkimKey, rawWith } from "../../../stack/support/validRaw.ts";
import { auditOf, context, DECLARED, found, read, record } from "../auditedZone.ts";
import { DNS_PROVIDER_NAMES } from "../../../../../stack/vendors/registry.ts";
import { look, record as early } from "./zoneBefore.ts";

const ZONE = { name: "example.com", id: "6001" };

/** All ways of a finding, the first one first. */
function ways({ fix, detail = [] }: Finding): string[] {
  return [fix ?? "", ...detail.map((line) => line.replace(/^or: /, ""))];
}

function subjects(findings: readonly Finding[]): string[] {
  return findings.map(({ subject }) => subject.replace(/^record /, ""));
}

describe("before the first up, with no address known", () => {
  const unknown = { slotValue: () => undefined };

  test.each(DNS_PROVIDER_NAMES)(
    "at %s an SPF policy for the greeting is looked at, and not taken for a fault",
    (provider) => {
      for (const policy of ["v=spf1 ip4:192.0.2.7 -all", "v=spf1 ip6:2001:db8::/32 ip4:192.0.2.0/24 -all"])
        expect(look(provider, [early("mx.example.com", "TXT", policy)], unknown).findings).toEqual([]);
    },
  );

  test("one that lets nobody in is in the way, known or not", () => {
    const { findings } = look("cloudflare", [early("mx.example.com", "TXT", "v=spf1 -all")], unknown);
    expect(findings[0]?.seen).toContain("the server greets as mx.example.com");
  });

  test("one that names other addresses is in the way as soon as ours are known", () => {
    const { findings } = look("cloudflare", [early("mx.example.com", "TXT", "v=spf1 ip4:192.0.2.7 -all")]);
    expect(findings[0]?.seen).toContain("the server greets as mx.example.com");
  });
});

describe("where an order by dns-01 writes its values", () => {
  const orders = { ordersByDns: true } as const;
  const CASES = [
    ["CNAME", "0a1b2c.auth.acme-dns.example.net"],
    ["NS", "ns.acme-dns.example.net"],
  ] as const;

  test.each(DNS_PROVIDER_NAMES.flatMap((provider) => CASES.map((one) => [provider, ...one] as const)))(
    "at %s a %s stands in the way, in preflight and audit, and not of an order by http-01",
    (provider, type, value) => {
      const name = "_acme-challenge.example.com";
      const { findings } = look(provider, [early(name, type, value)], { facts: orders });
      expect(subjects(findings)).toEqual([`${type} ${name}`]);
      expect(findings[0]?.seen).toContain("the certificate order writes its values here");
      const [first, second, ...more] = ways(findings[0] as Finding);
      expect(first).toMatch(new RegExp(`^remove at ${provider}: _acme-challenge\\.example\\.com\\. `));
      expect(second).toBe("pulumi config set --path 'mailstead:certificates.method' 'http-01'");
      expect(more).toEqual([]);
      // An order by http-01 is refused as long as the MX is held.
      const held = [{ name: "imap.example.com" }];
      const meanwhile = look(provider, [early(name, type, value)], { facts: { ...orders, held } }).findings;
      expect(ways(meanwhile[0] as Finding)).toEqual([
        first,
        "bring a certificate of your own: pulumi config set --path 'mailstead:certificates.method' 'provided'",
      ]);
      expect(look(provider, [early(name, type, value)]).findings).toEqual([]);

      const zone = read[provider]([...DECLARED, record(name, type, value)]);
      const audit = auditOf(zone, { context: { ...context, provider, ...orders } });
      expect(found(audit)).toEqual([`conflict ${type} ${name}`]);
      expect(audit.rows[0]).toMatchObject({ severity: "warning", rules: ["challenge-alias"] });
      expect(found(auditOf(zone, { context: { ...context, provider } }))).toEqual([
        `ignored ${type} ${name}`,
      ]);
    },
  );

  test("values of an order come and go, whoever left them", () => {
    const text = record("_acme-challenge.example.com", "TXT", "x".repeat(43));
    const audit = auditOf(read.cloudflare([...DECLARED, text]), { context: { ...context, ...orders } });
    expect(found(audit)).toEqual(["ignored TXT _acme-challenge.example.com"]);
  });
});

describe("records that Cloudflare's Email Routing made", () => {
  const routed = (records: readonly ZoneRecord[]): readonly ProviderRecord[] =>
    cloudflareForm.read(
      cloudflareForm
        .write(records, ZONE)
        .map((row) => ({ ...row, meta: { email_routing: true, read_only: true } })),
      ZONE,
    );
  const MADE = [
    early("example.com", "MX", "12 route1.mx.cloudflare.net", "auto"),
    early("example.com", "MX", "55 route2.mx.cloudflare.net", "auto"),
    early("cf2024-1._domainkey.example.com", "TXT", "v=DKIM1; h=sha256; k=rsa; p=AAAA"),
    early("example.com", "TXT", "v=spf1 include:_spf.mx.cloudflare.net ~all"),
  ];
  const OFF = "switch Email Routing off at Cloudflare, which takes its records away";

  test.each([[MADE], [MADE.slice(0, 1)], [MADE.slice(-1)]])("have one way out: %j", (records) => {
    const { findings, adoptions } = look("cloudflare", [], { zone: routed(records) });
    expect(adoptions).toEqual([]);
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) expect(ways(finding)).toEqual([OFF]);
  });

  test("are adopted by nobody, whoever agrees and whatever the configuration takes in", () => {
    const { records } = planOf(
      rawWith({ "dns.spf.mechanisms": ["include:_spf.mx.cloudflare.net"], "dns.ttlSeconds": 3600 }),
    );
    const agreed = ["MX example.com", "TXT example.com"];
    const seen = look("cloudflare", [], {
      zone: routed([...MADE.slice(0, 1), ...MADE.slice(-1)]),
      records,
      agreed,
    });
    expect(seen.adoptions).toEqual([]);
  });

  test("are told by the audit with the same cure, and beside records of others each has its own", () => {
    const audit = auditOf([...read.cloudflare(DECLARED), ...routed(MADE.slice(0, 1))], {
      context: { ...context, provider: "cloudflare" },
    });
    expect(found(audit)).toEqual(["conflict MX example.com"]);
    expect(audit.rows[0]?.fix).toBe(OFF);
    const both = auditOf(
      [
        ...read.cloudflare([...DECLARED, record("example.com", "MX", "5 mx.example.net")]),
        ...routed(MADE.slice(0, 1)),
      ],
      { context: { ...context, provider: "cloudflare" } },
    );
    expect(both.rows[0]?.fix).toBe(`${OFF}, and remove at cloudflare: example.com. IN MX 5 mx.example.net.`);
  });
});

describe("a wildcard alias", () => {
  const to = (value: string) => record("*.example.com", "CNAME", value);
  const audited = (...more: readonly ZoneRecord[]) => auditOf(read.cloudflare([...DECLARED, ...more]));

  test("to a name of the zone whose texts are no policy harms nothing, in audit, preflight and plan", () => {
    expect(found(audited(to("example.com")))).toEqual(["unmanaged CNAME *.example.com"]);
    expect(found(audited(to("www.example.com"), record("www.example.com", "A", "192.0.2.8")))).toEqual([
      "unmanaged CNAME *.example.com",
      "unmanaged A www.example.com",
    ]);
    expect(found(audited(to("www.example.com"), record("www.example.com", "CNAME", "example.com")))).toEqual([
      "unmanaged CNAME *.example.com",
      "unmanaged CNAME www.example.com",
    ]);
    expect(look("cloudflare", [early("*.example.com", "CNAME", "example.com")]).findings).toEqual([]);
    const records = [{ role: "any", name: "*", type: "CNAME", target: "example.com", purpose: "all hosts" }];
    expect(planOf(rawWith({ "dns.records": records })).records.some(({ role }) => role === "any")).toBe(true);
  });

  test.each([
    ["elsewhere", to("web.example.net"), []],
    [
      "to a name that is handed to others",
      to("web.lab.example.com"),
      [record("lab.example.com", "NS", "ns.example.net")],
    ],
    ["to a name with a policy", to("p.example.com"), [record("p.example.com", "TXT", "v=DMARC1; p=none")]],
    ["to a name with a key", to("p.example.com"), [record("p.example.com", "TXT", "k=rsa; p=QUJD")]],
    ["in a circle", to("x.example.com"), []],
  ])("%s is told, with where the texts come from", (_, alias, more) => {
    const row = audited(alias, ...more).rows.find(({ name }) => name === "*.example.com");
    expect(row).toMatchObject({ verdict: "conflict", severity: "warning", rules: ["wildcard-catches"] });
    expect(row?.reason).toContain(`with texts of ${alias.value}`);
  });
});

describe("a set at Hetzner", () => {
  test("that leads to the same host at another preference is adopted, kept by an entry, or removed", () => {
    const zone = [early("example.com", "MX", "10 mx.example.com")];
    const { findings, obstacles } = look("hetzner", zone);
    expect(subjects(findings)).toEqual(["MX example.com"]);
    expect(obstacles[0]?.canBeAdopted).toBe(true);
    const [adopt, keep, remove, ...more] = ways(findings[0] as Finding);
    expect(adopt).toMatch(/^\.\/mailstead import --adopt 'MX example\.com' /);
    expect(keep).toBe(
      "add to mailstead:dns.records: { role: kept-mx, name: 'example.com', type: MX, priority: 10, exchange: mx.example.com }, then ./mailstead import",
    );
    expect(remove).toBe("remove at hetzner: example.com. 3600 IN MX 10 mx.example.com.");
    expect(more).toEqual([]);
    expect(look("hetzner", zone, { agreed: ["MX example.com"] })).toMatchObject({
      obstacles: [],
      adoptions: [{ why: "agreed", changes: ["value"] }],
    });
    const entry = {
      role: "kept-mx",
      name: "example.com",
      type: "MX",
      priority: 10,
      exchange: "mx.example.com",
    };
    const { records } = planOf(rawWith({ "dns.ttlSeconds": 3600, "dns.records": [entry] }));
    expect(look("hetzner", zone, { records })).toMatchObject({ obstacles: [], adoptions: [{ why: "same" }] });
  });

  test("with CAA tags of others is kept by entries that the configuration takes", () => {
    const texts = ["0 issue letsencrypt.org", "0 contactemail Sec@Example.net", "0 issuemail ;"];
    const zone = texts.map((value) => early("example.com", "CAA", value));
    const raw = {
      "dns.provider": "hetzner",
      "dns.ttlSeconds": 3600,
      "dns.caa.enabled": true,
      "certificates.method": "http-01",
    };
    const { findings } = look("hetzner", zone, { records: planOf(rawWith(raw)).records });
    expect(subjects(findings)).toEqual(["CAA example.com"]);
    const [keep] = ways(findings[0] as Finding);
    expect(keep).toContain(`type: CAA, flags: 0, tag: contactemail, value: "Sec@Example.net" }`);
    expect(keep).toContain(`type: CAA, flags: 0, tag: issuemail, value: ";" }`);
    const entries = texts.slice(1).map((text, index) => {
      const [flags, tag, value] = text.split(" ");
      return {
        role: `kept-caa-${index}`,
        name: "example.com",
        type: "CAA",
        flags: Number(flags),
        tag,
        value,
      };
    });
    const { records } = planOf(rawWith({ ...raw, "dns.records": entries }));
    expect(look("hetzner", zone, { records })).toMatchObject({ obstacles: [], adoptions: [{ why: "same" }] });
  });
});

describe("a policy that says the same in another spelling", () => {
  const key = dkimKey(2048);
  const CASES = [
    ["DMARC", { "dns.dmarc.policy": "none" }, "_dmarc.example.com", "v=DMARC1; p=none"],
    [
      "DMARC without blanks",
      { "dns.dmarc": { policy: "quarantine", rua: "d@example.com" } },
      "_dmarc.example.com",
      "v=DMARC1;p=quarantine;rua=mailto:d@example.com",
    ],
    [
      "DKIM",
      { "dns.dkim": [{ selector: "fe-1", publicKey: key }] },
      "fe-1._domainkey.example.com",
      `v=DKIM1;k=rsa;p=${key}`,
    ],
  ] as const;

  test.each(CASES)("%s is there already, and adopted", (_, more, name, text) => {
    for (const provider of DNS_PROVIDER_NAMES) {
      const { records } = planOf(rawWith({ "dns.ttlSeconds": 3600, ...more }));
      const seen = look(provider, [early(name, "TXT", text)], { records });
      expect(seen, provider).toMatchObject({ obstacles: [], adoptions: [{ why: "respelt" }] });
      expect(seen.adoptions[0]?.changes).toContain("value");
      expect(seen.findings[0]?.seen).toMatch(/^is there already, in another spelling/);
    }
  });

  test("in the place of ours is a change that harms nothing; one that says something else is critical", () => {
    const zone = (text: string) =>
      auditOf(
        read.cloudflare(
          DECLARED.map((one) => (one.name === "_dmarc.example.com" ? { ...one, value: text } : one)),
        ),
      );
    expect(zone("v=DMARC1;p=reject").rows[0]).toMatchObject({ verdict: "changed", severity: "info" });
    expect(zone("v=DMARC1; p=none;").rows[0]).toMatchObject({ verdict: "changed", severity: "critical" });
  });

  test("beside ours is a second one", () => {
    const zone = [...DECLARED, record("_dmarc.example.com", "TXT", "v=DMARC1;p=reject")];
    expect(found(auditOf(read.cloudflare(zone)))).toEqual(["conflict TXT _dmarc.example.com"]);
  });

  test("at Hetzner beside a text of others: keep that, then it is adopted", () => {
    const { records } = planOf(rawWith({ "dns.ttlSeconds": 3600, "dns.dmarc.policy": "none" }));
    const zone = [
      early("_dmarc.example.com", "TXT", "v=DMARC1; p=none"),
      early("_dmarc.example.com", "TXT", "note=1"),
    ];
    const { findings } = look("hetzner", zone, { records });
    expect(JSON.stringify(findings)).not.toContain("to what the other policy says");
  });
});

describe("what is told of a changed set", () => {
  const apex = (...texts: readonly string[]) => [
    ...DECLARED.filter(({ name, type }) => name !== "example.com" || type !== "TXT"),
    ...texts.map((text) => record("example.com", "TXT", text)),
  ];
  const VERIFIED = "forward-email-site-verification=Ab12";

  test("is the value that changed, and no bystander", () => {
    const [row] = auditOf(read.cloudflare(apex("google=1", "v=spf1 ~all", "MS=ms1", VERIFIED))).rows;
    expect(row?.reason).toBe("v=spf1 ~all stands where v=spf1 a -all is declared");
  });

  test("is not critical where the same host stands at another preference", () => {
    const zone = DECLARED.map((one) => (one.type === "MX" ? { ...one, value: "10 mx.example.com" } : one));
    expect(auditOf(read.cloudflare(zone)).rows[0]).toMatchObject({ verdict: "changed", severity: "info" });
    const other = DECLARED.map((one) => (one.type === "MX" ? { ...one, value: "10 mx.example.net" } : one));
    expect(auditOf(read.cloudflare(other)).rows[0]).toMatchObject({
      verdict: "changed",
      severity: "critical",
    });
  });
});

describe("values of others in a set that Hetzner writes whole", () => {
  const hetzner = { ...context, provider: "hetzner" } as const;
  const audited = (...texts: readonly string[]) =>
    auditOf(read.hetzner([...DECLARED, ...texts.map((text) => record("example.com", "TXT", text))]), {
      context: hetzner,
    });

  test("are a warning, and the cure declares them", () => {
    const [row] = audited("google=1").rows;
    expect(row).toMatchObject({ verdict: "unmanaged", severity: "warning", rules: ["set-written-whole"] });
    expect(row?.reason).toMatch(
      /^google=1 is not declared, and Hetzner keeps one set .*writes the set without$/,
    );
    expect(row?.fix).toBe(
      `add to mailstead:dns.records: { role: kept-txt, name: 'example.com', type: TXT, text: "google=1" }`,
    );
    expect(
      found(
        auditOf(read.hetzner([...DECLARED, record("other.example.com", "TXT", "x")]), { context: hetzner }),
      ),
    ).toEqual(["unmanaged TXT other.example.com"]);
  });

  test("are declared before anything is repaired or removed in their set", () => {
    const changed = DECLARED.map((one) =>
      one.value === "v=spf1 a -all" ? { ...one, value: "v=spf1 ~all" } : one,
    );
    const google = record("example.com", "TXT", "google=1");
    const [repair] = auditOf(read.hetzner([...changed, google]), { context: hetzner }).rows;
    expect(repair?.verdict).toBe("changed");
    expect(repair?.fix).toMatch(
      /^add to mailstead:dns\.records: .*google=1.*, then pulumi up --refresh --run-program$/,
    );
    const [second] = audited("google=1", "v=spf1 ~all").rows;
    expect(second?.verdict).toBe("conflict");
    expect(second?.fix).toMatch(
      /^add to mailstead:dns\.records: .*google=1.*, then remove at hetzner: .*"v=spf1 ~all"$/,
    );
  });

  test("cannot be ignored, as that would lose them", () => {
    const ignore = [{ name: "@", target: "google=*", reason: "not ours" }];
    const zone = read.hetzner([...DECLARED, record("example.com", "TXT", "google=1")]);
    const { rows } = auditOf(zone, { context: hetzner, ignore });
    const row = rows.find(({ verdict }) => verdict !== "ok");
    expect(row).toMatchObject({ verdict: "unmanaged", severity: "warning", rules: ["set-written-whole"] });
    const others = auditOf(read.cloudflare([...DECLARED, record("example.com", "TXT", "google=1")]), {
      ignore,
    });
    expect(found(others)).toEqual([]);
  });

  test("may go where they lead to the host that ours lead to", () => {
    const zone = read.hetzner([...DECLARED, record("example.com", "MX", "10 mx.example.com")]);
    expect(auditOf(zone, { context: hetzner }).rows[0]).toMatchObject({
      verdict: "unmanaged",
      severity: "info",
    });
  });
});

describe("a relative name that repeats the zone", () => {
  const name = "mx.example.com.example.com";
  test("is a name below it at DigitalOcean and Hetzner, and not the one that was meant", () => {
    const row = {
      ...digitaloceanForm.write([early("mx.example.com", "A", "203.0.113.10")], ZONE)[0],
      name: "mx.example.com",
    };
    expect(digitaloceanForm.read([row as never], ZONE)[0]?.name).toBe(name);
    const set = {
      ...hetznerForm.write([early("mx.example.com", "A", "203.0.113.10")], ZONE)[0],
      name: "mx.example.com",
    };
    expect(hetznerForm.read([set as never], ZONE)[0]?.name).toBe(name);
    const whole = { ...row, name: "mx.example.com." };
    expect(digitaloceanForm.read([whole as never], ZONE)[0]?.name).toBe("mx.example.com");
  });
});
