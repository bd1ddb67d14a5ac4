/**
 * Proves: every fault of a configuration is told at once with its path, rule and message, secrets are never told,
 * and what is good comes out normalised with every default.
 * Cannot prove: that the vendors know the names given; `mailstead preflight` asks them.
 */
import { describe, expect, test } from "vitest";
import { COMMON_FIELDS, RECORD_FIELDS } from "../../../../stack/config/extraRecord.ts";
import { UNREAD_SECRET, type Fields } from "../../../../stack/values/field.ts";
import { nearest } from "../../../../stack/values/nearest.ts";
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import { readRawConfig } from "../../../../stack/config/readRawConfig.ts";
import { planDns } from "../../../../stack/dns/planDns.ts";
import { defaultsByPath, pathOfKey, TABLES } from "../../../../stack/config/tables.ts";
import type { Issue } from "../../../../stack/model/issue.ts";
import { fill } from "../../../../stack/values/slots.ts";
import { BAD_CONFIGURATIONS } from "../support/badConfigurations.ts";
import type { Raw } from "../support/validRaw.ts";
import { ADMIN_KEY, certificateFor, DIGEST, dkimKey, rawWith, validRaw } from "../support/validRaw.ts";

function configOf(raw: Raw) {
  const { config, issues } = parseConfig(raw);
  expect(issues.filter(({ severity }) => severity === "error")).toEqual([]);
  if (config === undefined) throw new Error("no configuration");
  return config;
}

function spfOf(config: ReturnType<typeof configOf>): string {
  const record = planDns(config).find(({ role }) => role === "apex-spf");
  return record?.type === "TXT" ? fill(record.text, String) : "";
}

function fixOf(raw: Raw, path: string): string | undefined {
  return parseConfig(raw).issues.find((issue) => issue.path === path)?.fix;
}

function paths(raw: Raw): string[] {
  return parseConfig(raw).issues.map(({ path }) => path);
}

function warnings(raw: Raw): [string, string][] {
  const { config, issues } = parseConfig(raw);
  expect(config).toBeDefined();
  return issues.map(({ path, rule }) => [path, rule]);
}

describe("a record's name that reads like a whole name of another zone", () => {
  const told = (name: string) => {
    const records = [{ role: "site", type: "TXT", name, text: "x" }];
    const { config, issues } = parseConfig(rawWith({ "dns.records": records }));
    return { name: config?.dns.records[0]?.name, issues };
  };

  test.each(["www.example.org", "*.example.co.uk", "_dmarc.example.net", "api.dev"])("%s is told", (name) => {
    const found = told(name);
    expect(found.name).toBe(`${name}.example.com`);
    expect(found.issues).toMatchObject([
      { path: "mailstead:dns.records[0].name", severity: "warning", rule: "name-of-another-zone" },
    ]);
    expect(found.issues[0]?.fix).toBe(`write ${name}.example.com if that is meant, else remove the record`);
    expect(told(`${name}.example.com`)).toEqual({ name: found.name, issues: [] });
  });

  test.each(["www", "a.b", "_dmarc.news", "s._domainkey", "example.org._report._dmarc", "com", "@", "*"])(
    "%s is not",
    (name) => {
      expect(told(name).issues).toEqual([]);
    },
  );
});

describe("bad configurations", () => {
  test("there are sixty at least, each with another name", () => {
    expect(BAD_CONFIGURATIONS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(BAD_CONFIGURATIONS.map(({ name }) => name)).size).toBe(BAD_CONFIGURATIONS.length);
  });

  test.each(BAD_CONFIGURATIONS.map((bad) => [bad.name, bad] as const))("%s", (_, { raw, faults }) => {
    const { config, issues } = parseConfig(raw);
    const errors = issues.filter(({ severity }) => severity === "error");
    expect(errors.map(({ path, rule, message }) => [path, rule, message])).toEqual(faults);
    expect(faults.length).toBeGreaterThan(0);
    expect(config).toBeUndefined();
  });

  test("every fault says what to set, and none repeats a secret", () => {
    const all: Issue[] = BAD_CONFIGURATIONS.flatMap(({ raw }) => parseConfig(raw).issues);
    expect(all.filter(({ fix }) => fix.trim() === "")).toEqual([]);
    const told = JSON.stringify(all);
    for (const secret of ["very-secret", "PRIVATE KEY-----", "MII"]) expect(told).not.toContain(secret);
  });

  test("the fix names the right form", () => {
    const networks = "mailstead:server.adminNetworks[0]";
    const one = (network: string) => fixOf(rawWith({ "server.adminNetworks": [network] }), networks);
    expect(one("203.0.113.7/24")).toBe("write 203.0.113.0/24");
    expect(one("203.0.113.130/25")).toBe("write 203.0.113.128/25");
    expect(one("2001:db8:203::1/64")).toBe("write 2001:db8:203::/64");
    expect(one("203.0.113.7")).toBe("write 203.0.113.7/32");
    expect(one("2001:DB8::1")).toBe("write 2001:db8::1/128");
    expect(fixOf(rawWith({ protct: true }), "mailstead:protct")).toBe("write protect");
    expect(fixOf(rawWith({ "dns.mxhost": "alias" }), "mailstead:dns.mxhost")).toBe("write mxHost");
    expect(fixOf(rawWith({ "dns.mxHost": "adress" }), "mailstead:dns.mxHost")).toBe("set address");
    expect(fixOf(rawWith({ "server.location": "fsn1-dc14" }), "mailstead:server.location")).toBe("set fsn1");
    expect(fixOf(rawWith({ apiToken: "x" }), "mailstead:apiToken")).toBe(
      "remove it; known keys are domain, email, generation, protect, drift, onboarding, server, dns, mail, mailboxes, certificates, data, backups, upgrades",
    );
  });

  test("faults between records are told together with others", () => {
    const records = [{ role: "spf", type: "TXT", name: "@", text: "v=spf1 -all" }];
    const { issues } = parseConfig(rawWith({ generation: 0, "dns.records": records }));
    expect(issues.map(({ path, rule }) => [path, rule])).toEqual([
      ["mailstead:generation", "out-of-range"],
      ["mailstead:dns.records[0]", "second-spf"],
    ]);
  });
});

describe("good configurations", () => {
  test("the least gives every default", () => {
    const image = (repository: string, tag: string) => ({ repository, tag, digest: DIGEST });
    expect(configOf(rawWith({ onboarding: undefined }))).toEqual({
      onboarding: "automatic",
      mailboxes: [],
      data: { kind: "volume", sizeGb: 20 },
      upgrades: { system: "security", hour: 4, reboot: true, releases: "propose" },
      domain: "example.com",
      contact: "ops@example.org",
      server: {
        provider: "hetzner",
        location: "nbg1",
        type: "cx23",
        image: "ubuntu-24.04",
        adminNetworks: ["203.0.113.0/24"],
        adminKeys: [],
        deployKeys: [1],
        disposable: false,
        swapMib: 2048,
      },
      dns: {
        provider: "cloudflare",
        zone: "example.com",
        ttlSeconds: "auto",
        mx: "point",
        mxHost: "address",
        spf: { mechanisms: [] },
        dmarc: { policy: "quarantine" },
        dkim: [],
        mtaSts: { mode: "off", maxAgeSeconds: 604_800 },
        services: false,
        autoconfig: false,
        autodiscover: false,
        heloSpf: false,
        nullMx: false,
        nullMxHosts: [],
        records: [],
        ignore: [],
      },
      mail: {
        release: "v1.0.0",
        images: {
          app: image("ghcr.io/forwardemail/forwardemail.net-selfhosted", "v1.0.0"),
          nginx: image("nginx", "1.28"),
          mongo: image("mongo", "8.0"),
          redis: image("redis", "8.2"),
        },
        storage: true,
        authUser: "admin",
        gate: "always",
        mongoCacheMib: 512,
      },
      certificates: {
        method: "dns-01",
        directoryUrl: "https://acme-v02.api.letsencrypt.org/directory",
        propagationSeconds: 10,
        acmeChallenges: [],
      },
      drift: "warn",
      generation: 1,
      protect: true,
    });
    expect(parseConfig(validRaw()).issues).toEqual([]);
  });

  test("every default has a reason: of whatever table of keys, fixed or following from another value", () => {
    const reasons = defaultsByPath();
    for (const { reason } of Object.values(reasons)) expect(reason.length).toBeGreaterThan(10);
    const keys = Object.entries<Fields>(TABLES).flatMap(([table, fields]) =>
      Object.entries(fields).map(([key, field]) => [pathOfKey(table, key), field] as const),
    );
    const fixed = keys.filter(([, field]) => field.default !== undefined);
    expect(fixed.map(([path, field]) => [path, field.default?.value])).toEqual(
      fixed.map(([path]) => [path, reasons[path.replace("ROLE", "app")]?.value]),
    );
    const types = Object.entries(RECORD_FIELDS).flatMap(([type, fields]) =>
      Object.entries(fields)
        .filter(([key, field]) => field.default !== undefined && !Object.hasOwn(COMMON_FIELDS, key))
        .map(([key]) => `${type} ${key}`),
    );
    expect(types).toEqual([]);
    const known = new Set(keys.map(([path]) => path));
    const reasoned = Object.keys(reasons).map((path) => path.replace(/^(mail\.images)\.\w+/, "$1.ROLE"));
    expect(reasoned.filter((path) => !known.has(path))).toEqual([]);
  });

  test.each([
    ["Example.COM", "example.com", "example.com"],
    ["example.com.", "example.com", "example.com"],
    ["mail.example.co.uk", "mail.example.co.uk", "example.co.uk"],
    ["Bücher.example.de", "xn--bcher-kva.example.de", "example.de"],
    ["müller.de", "xn--mller-kva.de", "xn--mller-kva.de"],
    ["例え.jp", "xn--r8jz45g.jp", "xn--r8jz45g.jp"],
    ["xn--mller-kva.de", "xn--mller-kva.de", "xn--mller-kva.de"],
    ["me.github.io", "me.github.io", "me.github.io"],
  ])("domain %s", (given, domain, zone) => {
    const config = configOf(rawWith({ domain: given }));
    expect([config.domain, config.dns.zone]).toEqual([domain, zone]);
  });

  test("a sub-domain in the zone given", () => {
    const config = configOf(rawWith({ domain: "Mail.Example.co.uk.", "dns.zone": "EXAMPLE.co.uk" }));
    expect([config.domain, config.dns.zone]).toEqual(["mail.example.co.uk", "example.co.uk"]);
  });

  test("numbers and switches as text at the top", () => {
    const config = configOf(rawWith({ generation: "3", protect: "false" }));
    expect([config.generation, config.protect]).toEqual([3, false]);
  });

  test("networks and keys in canonical form", () => {
    const config = configOf(
      rawWith({
        "server.adminNetworks": ["2001:DB8:0203:0::/64", "203.0.113.7/32"],
        "server.adminKeys": [`  ${ADMIN_KEY.replace(" ", "   ")}\n`],
      }),
    );
    expect(config.server.adminNetworks).toEqual(["2001:db8:203::/64", "203.0.113.7/32"]);
    expect(config.server.adminKeys).toEqual([ADMIN_KEY]);
  });

  test("DKIM keys and the token as people paste them", () => {
    const key = dkimKey(2048);
    const pasted = [
      key,
      `v=DKIM1; k=rsa; p=${key};`,
      `"v=DKIM1; k=rsa; p=${key.slice(0, 200)}" "${key.slice(200)}"`,
      `-----BEGIN PUBLIC KEY-----\n${key.replace(/(.{64})/g, "$1\n")}\n-----END PUBLIC KEY-----\n`,
    ];
    const dkim = pasted.map((publicKey, index) => ({
      selector: `FE-${index}._domainkey.example.com`,
      publicKey,
    }));
    const config = configOf(
      rawWith({ "dns.dkim": dkim, "dns.verification": '"forward-email-site-verification=Ab12Cd34"' }),
    );
    expect(config.dns.dkim).toEqual(pasted.map((_, index) => ({ selector: `fe-${index}`, publicKey: key })));
    expect(config.dns.verification).toBe("Ab12Cd34");
  });

  test("names of records: at the domain, below it, whole", () => {
    const names = ["@", "www", "*.apps", "api2.Example.co.uk", "other.example.co.uk.", "*"];
    const records = names.map((name, index) => ({ role: `r${index}`, type: "TXT", name, text: `t${index}` }));
    const config = configOf(rawWith({ domain: "mail.example.co.uk", "dns.records": records }));
    expect(config.dns.records.map(({ name }) => name)).toEqual([
      "mail.example.co.uk",
      "www.mail.example.co.uk",
      "*.apps.mail.example.co.uk",
      "api2.example.co.uk",
      "other.example.co.uk",
      "*.mail.example.co.uk",
    ]);
  });

  test("a selector, with or without what follows it in the name of its record", () => {
    const pasted = [
      "a",
      "B._domainkey",
      "c._domainkey.",
      "d._domainkey.EXAMPLE.com",
      "e.f._domainkey.example.com.",
    ];
    const dkim = pasted.map((selector) => ({ selector, publicKey: dkimKey(2048) }));
    const { dns } = configOf(rawWith({ "dns.dkim": dkim }));
    expect(dns.dkim.map(({ selector }) => selector)).toEqual(["a", "b", "c", "d", "e.f"]);
  });

  test.each(["digitalocean", "hetzner"] as const)("a zone at %s", (provider) => {
    const method = provider === "hetzner" ? "http-01" : "dns-01";
    const { dns, certificates } = configOf(
      rawWith({ "dns.provider": provider, "certificates.method": method }),
    );
    expect([dns.provider, certificates.method]).toEqual([provider, method]);
  });

  test("a zone below the registrable domain, where the provider takes it", () => {
    const raw = { domain: "a.b.example.com", "dns.zone": "b.example.com", "dns.provider": "digitalocean" };
    expect(parseConfig(rawWith(raw)).issues).toEqual([]);
  });

  test("other senders stand in the one SPF policy, between ours and the end", () => {
    const mechanisms = ["include:_spf.example.net", "ip4:192.0.2.0/24", "?exists:%{i}.spf.example.org"];
    const config = configOf(rawWith({ "dns.spf.mechanisms": mechanisms }));
    expect(config.dns.spf.mechanisms).toEqual(mechanisms);
    expect(spfOf(config)).toBe(`v=spf1 a ${mechanisms.join(" ")} -all`);
    expect(spfOf(configOf(validRaw()))).toBe("v=spf1 a -all");
  });

  test("rules that leave records to others, with types as the DNS writes them", () => {
    const ignore = [
      { name: "*.shop", types: ["a", "AAAA"], target: "192.0.2.*" },
      { name: "old\\*.example.com.", reason: "  gone soon " },
    ];
    expect(configOf(rawWith({ "dns.ignore": ignore })).dns.ignore).toEqual([
      { name: "*.shop", types: ["A", "AAAA"], target: "192.0.2.*", reason: "ignored by the configuration" },
      { name: "old\\*.example.com", reason: "gone soon" },
    ]);
  });

  test("a certificate of one's own", () => {
    const pair = certificateFor(["example.com", "*.example.com"]);
    const { certificates } = configOf(rawWith({ certificates: { method: "provided", ...pair } }));
    expect(certificates).toMatchObject({ certificate: pair.certificate, privateKey: pair.privateKey });
  });

  test("a key that is not at hand stands as a mark; a mark for any other value is a fault", () => {
    const { certificate } = certificateFor(["example.com", "*.example.com"]);
    const method = { method: "provided", certificate, privateKey: UNREAD_SECRET };
    expect(configOf(rawWith({ certificates: method })).certificates.privateKey).toBe(UNREAD_SECRET);
    expect(paths(rawWith({ domain: UNREAD_SECRET }))).toContain("mailstead:domain");
  });

  test("without mailboxes a certificate needs fewer names", () => {
    const pair = certificateFor(["example.com", "mx.example.com", "smtp.example.com", "api.example.com"]);
    configOf(rawWith({ "mail.storage": false, certificates: { method: "provided", ...pair } }));
  });
});

describe("warnings", () => {
  test.each<[string, Raw, [string, string][]]>([
    [
      "contact on the server itself",
      rawWith({ email: "ops@example.com" }),
      [["mailstead:email", "contact-in-domain"]],
    ],
    [
      "a top level that no CA knows",
      rawWith({ domain: "mail.test" }),
      [["mailstead:domain", "unknown-top-level"]],
    ],
    [
      "SSH open to all",
      rawWith({ "server.adminNetworks": ["0.0.0.0/0"] }),
      [["mailstead:server.adminNetworks[0]", "ssh-open-to-all"]],
    ],
    [
      "an unknown location",
      rawWith({ "server.location": "nbg2" }),
      [["mailstead:server.location", "unknown-location"]],
    ],
    [
      "a type of Europe elsewhere",
      rawWith({ "server.location": "ash" }),
      [["mailstead:server.type", "type-not-in-location"]],
    ],
    [
      "a zone below the registrable domain",
      rawWith({ domain: "a.b.example.com", "dns.zone": "b.example.com" }),
      [["mailstead:dns.zone", "zone-below-domain"]],
    ],
    [
      "an SPF mechanism that is slow",
      rawWith({ "dns.spf.mechanisms": ["ptr"] }),
      [["mailstead:dns.spf.mechanisms", "spf-ptr"]],
    ],
    [
      "a DKIM key of 1024 bits",
      rawWith({ "dns.dkim": [{ selector: "fe-1", publicKey: dkimKey(1024) }] }),
      [["mailstead:dns.dkim[0].publicKey", "short-dkim-key"]],
    ],
    [
      "another tag than the release",
      rawWith({ "mail.images.app.tag": "v0.9.0" }),
      [["mailstead:mail.images.app.tag", "release-differs"]],
    ],
    [
      "the staging directory",
      rawWith({ "certificates.directory": "letsencrypt-staging" }),
      [["mailstead:certificates.directory", "staging-directory"]],
    ],
    [
      "no challenge yet",
      rawWith({ "certificates.method": "manual" }),
      [["mailstead:certificates.acmeChallenges", "no-challenge-yet"]],
    ],
  ])("%s", (_, raw, expected) => {
    expect(warnings(raw)).toEqual(expected);
  });
});

describe("the engine's flat map", () => {
  test("objects are parsed, text stays text, other namespaces are left alone", () => {
    const all = {
      "mailstead:domain": "example.com",
      "mailstead:generation": "2",
      "mailstead:server": '{"location":"nbg1"}',
      "mailstead:dns": "{broken",
      "cloudflare:apiToken": "secret",
    };
    expect(readRawConfig(all)).toEqual({
      domain: "example.com",
      generation: "2",
      server: { location: "nbg1" },
      dns: "{broken",
    });
  });
});

test("a namespace that is nearly ours is a fault with the right one, and those of others are left alone", () => {
  const others = ["pulumi:tags", "hcloud:token", "cloudflare:apiToken", "digitalocean:token", "docker:host"];
  const read = (keys: readonly string[]) =>
    parseConfig({ ...validRaw(), ...readRawConfig(Object.fromEntries(keys.map((key) => [key, "SECRET"]))) });
  expect(read([...others, "small:serverSeconds", "mailstead-small:x"]).issues).toEqual([]);
  for (const near of ["maistead", "mailsted", "Mailstead", "mail-stead", "mailstaed"]) {
    const { issues } = read([...others, `${near}:protcet`]);
    expect(issues.map(({ path, severity, fix }) => [path, severity, fix])).toEqual([
      [`${near}:protcet`, "error", "write it as mailstead:protect"],
    ]);
    expect(JSON.stringify(issues)).not.toContain("SECRET");
  }
});

test("nearest word", () => {
  const known = ["server", "dns", "mail"];
  expect(nearest("sever", known)).toBe("server");
  expect(nearest("evrser", known)).toBeUndefined();
  expect(nearest("Dns", known)).toBe("dns");
  expect(nearest("mial", known)).toBe("mail");
  expect(nearest("certificates", known)).toBeUndefined();
  // Of short words most are near to another.
  const types = ["A", "AAAA", "CNAME", "NS", "MX", "TXT", "SRV", "CAA"];
  expect(["SPF", "PTR", "DS", "MF", "rua"].map((word) => nearest(word, types))).toEqual(
    Array(5).fill(undefined),
  );
  expect(["TX", "txt", "CNME", "SVR"].map((word) => nearest(word, types))).toEqual([
    undefined,
    "TXT",
    "CNAME",
    "SRV",
  ]);
});

test.each([
  ["dns.rua", "d@example.com", "write it as mailstead:dns.dmarc.rua"],
  ["dns.mechanisms", [], "write it as mailstead:dns.spf.mechanisms"],
  ["dns.domain", "example.com", "write it as mailstead:domain"],
  ["server.digest", "x", "write it as mailstead:mail.images.ROLE.digest"],
  ["dns.address", "192.0.2.1", "write it as mailstead:dns.records.address"],
  ["mail.swapmib", 1, "write it as mailstead:server.swapMib"],
  ["dns.ttl", 60, "write ttlSeconds"],
  ["dns.mxHots", "alias", "write mxHost"],
  ["dns.spf.mech", [], "write mechanisms"],
  ["dns.xyz", 1, "remove it; known keys are provider, "],
] as const)("the key %s: %j is said to belong elsewhere, or what is near", (path, value, fix) => {
  const fault = parseConfig(rawWith({ [path]: value })).issues.find(({ rule }) => rule === "unknown-key");
  expect(fault?.path).toBe(`mailstead:${path}`);
  expect(fault?.fix).toContain(fix);
});

test("a path that was set as one key names --path", () => {
  for (const key of ["dns.provider", "server.adminNetworks[0]", "mail.images.app.digest"]) {
    const { issues } = parseConfig({ ...validRaw(), [key]: "hetzner" });
    expect(issues.map(({ rule, fix }) => [rule, fix])).toEqual([
      [
        "flat-path",
        `pulumi config rm 'mailstead:${key}', then pulumi config set --path 'mailstead:${key}' VALUE`,
      ],
    ]);
  }
});

test("what YAML took for a number wants quotes", () => {
  const record = { role: "t", type: "TXT", name: "t", text: 12_345 };
  const { issues } = parseConfig(rawWith({ "dns.records": [record], "mail.images.nginx.tag": 1.28 }));
  expect(issues.map(({ path, fix }) => `${path}: ${fix}`)).toEqual([
    'mailstead:dns.records[0].text: write it in quotes, such as "12345"',
    'mailstead:mail.images.nginx.tag: write it in quotes, such as "1.28"',
  ]);
});

test("a text of digits alone is taken as the engine writes it down", () => {
  const numbers = {
    ...{ "dns.verification": 2_939_311_770, "mail.images.mongo.tag": 8 },
    "dns.dkim": [{ selector: 2026, publicKey: dkimKey(2048) }],
    "data.lostVolume": 7001,
  };
  const texts = JSON.parse(JSON.stringify(numbers), (_, value: unknown) =>
    typeof value === "number" ? String(value) : value,
  ) as Raw;
  const read = parseConfig(rawWith(numbers));
  expect(read).toEqual(parseConfig(rawWith(texts)));
  expect(read.issues).toEqual([]);
  // Of these the digits are not all there any more.
  const { issues } = parseConfig(rawWith({ "dns.verification": 1e30, "mail.images.mongo.tag": 8.2 }));
  expect(issues.map(({ path, rule }) => [path, rule])).toEqual([
    ["mailstead:dns.verification", "wrong-kind"],
    ["mailstead:mail.images.mongo.tag", "wrong-kind"],
  ]);
});

test("a policy that is a text is of type TXT", () => {
  for (const type of ["SPF", "spf", "DKIM", "DMARC"]) {
    const { issues } = parseConfig(
      rawWith({ "dns.records": [{ role: "s", type, name: "a", text: "v=spf1 -all" }] }),
    );
    expect(issues.map(({ path, fix }) => `${path}: ${fix}`)).toEqual([
      "mailstead:dns.records[0].type: set TXT",
    ]);
  }
});
