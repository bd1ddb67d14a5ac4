/**
 * Proves: `mailstead report` tells versions, the plan's hash, configuration and findings, as text and as JSON; and neither a
 * secret in any of its forms, nor the domain, an address or a name of anybody is in it: for every golden configuration, for
 * a faulty one, and with vendors whose zone and project are full of such things.
 * Cannot prove: that what strangers put into a zone is never told in a shape that nobody thought of.
 */
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { configurationLines, hiddenValues } from "../../../cli/report/configuration.ts";
import { redactor } from "../../../cli/report/redact.ts";
import { secretsIn, type Secret } from "../../support/secretSearch.ts";
import { CLOUDFLARE_TOKEN, HETZNER_TOKEN, started } from "../sandbox/cloud/startedCloud.ts";
import { ADMIN_KEY, rawWith, set, validRaw, type Raw } from "../stack/support/validRaw.ts";
import { makeProject, type Project } from "./project.ts";

const root = join(import.meta.dirname, "../../..");
let project: Project;

beforeEach(() => {
  project = makeProject();
  project.pulumi(
    `case "$*" in version*) echo v3.0.0;; plugin*) echo '[{"name":"hcloud","kind":"resource","version":"1.2.3"}]';; *) echo '{"deployment": {}}';; esac`,
  );
});

afterEach(() => {
  project.remove();
});

const PRIVATE: readonly Secret[] = [
  { name: "domain", value: "example.com" },
  { name: "mail address", value: "ops@example.org" },
  { name: "network", value: "203.0.113" },
  { name: "SSH key", value: "AAAAC3NzaC1lZDI1NTE5" },
  { name: "comment of the key", value: "ops@" },
  { name: "token of Hetzner", value: HETZNER_TOKEN },
  { name: "token of Cloudflare", value: CLOUDFLARE_TOKEN },
  { name: "token in the stack's file", value: "plainTokenInTheFile9876543210" },
  { name: "passphrase", value: "correct horse battery" },
  { name: "password", value: "hunter2secret" },
  { name: "webhook", value: "hooks.example.net" },
  { name: "stack", value: "example-com" },
  { name: "verification", value: "verify-me-4711" },
];

function privateRaw(): Raw {
  return rawWith({
    "server.adminKeys": [ADMIN_KEY],
    "dns.verification": "verify-me-4711",
    "dns.records": [
      { role: "site", name: "www.example.com", type: "A", address: "203.0.113.77", purpose: "our site" },
      { role: "chat", name: "chat.example.com", type: "CNAME", target: "hooks.example.net", purpose: "chat" },
    ],
  });
}

const ENVIRONMENT = {
  HCLOUD_TOKEN: HETZNER_TOKEN,
  CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
  PULUMI_CONFIG_PASSPHRASE: "correct horse battery",
  MAILSTEAD_ADMIN_PASSWORD: "hunter2secret",
  MAILSTEAD_NOTIFY: "webhook:https://hooks.example.net/T123/B456",
  // Nobody is asked there.
  HCLOUD_ENDPOINT: "http://127.0.0.1:9",
  CLOUDFLARE_BASE_URL: "http://127.0.0.1:9",
};

async function report(args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await project.run(["report", "--stack", "example-com", ...args], {
    ...ENVIRONMENT,
    ...environment,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

test("it tells what runs, the plan's hash and what is configured", async () => {
  project.stack("example-com", privateRaw());
  const text = await report(["--offline"]);
  expect(text).toMatch(/^mailstead +0\.1\.0/);
  expect(text).toMatch(/^engine +v3\.0\.0$/m);
  expect(text).toMatch(/^@pulumi\/hcloud +1\.41\.0$/m);
  expect(text).toMatch(/^plugin hcloud +1\.2\.3$/m);
  expect(text).toMatch(/^plan: sha256:[0-9a-f]{64}, \d\d records$/m);
  expect(text).toMatch(/^ {2}server\.location +nbg1$/m);
  expect(text).toMatch(/^ {2}domain +<text>$/m);
  expect(secretsIn(text, PRIVATE)).toEqual([]);
  const other = privateRaw();
  set(other, "mail.release", "v1.0.1");
  project.stack("example-com", other);
  const hash = (of: string) => /sha256:\w+/.exec(of)?.[0];
  expect(hash(await report(["--offline"]))).not.toBe(hash(text));
});

test("what vendors and their things say is told without names and addresses", async () => {
  project.stack("example-com", privateRaw());
  const cloud = await started();
  try {
    const zone = "c7915704a794c5f99111b674c1985c3a";
    for (const [type, name, content] of [
      ["MX", "example.com", "mx1.provider-of-mail.example"],
      ["TXT", "example.com", '"v=spf1 include:spf.provider-of-mail.example -all"'],
      ["A", "mx.example.com", "198.51.100.7"],
    ] as const)
      await cloud.cloudflare("POST", `/zones/${zone}/dns_records`, {
        type,
        name,
        content,
        ttl: 300,
        priority: 5,
      });
    await cloud.hetzner("POST", "/firewalls", {
      name: "example-com-old",
      labels: { mailstead: "example-com" },
    });
    const vendors = {
      HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
      CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
    };
    const foreign = [
      { name: "provider of mail", value: "provider-of-mail" },
      { name: "address", value: "198.51.100" },
    ];
    const text = await report(["--columns", "api"], vendors);
    expect(text).toMatch(/^preflight:$/m);
    expect(text).toMatch(/orphan firewall <stack>-old/);
    expect(text).toMatch(/^audit:$/m);
    expect(secretsIn(text, [...PRIVATE, ...foreign])).toEqual([]);
    const json = await report(["--json", "--columns", "api"], vendors);
    const { preflight, audit } = JSON.parse(json) as Record<string, { findings: object[] }>;
    expect(preflight?.findings.length).toBeGreaterThan(3);
    expect(audit?.findings).toContainEqual({ subject: "apex-mx MX", state: "bad", seen: "changed" });
    expect(secretsIn(json, [...PRIVATE, ...foreign])).toEqual([]);
  } finally {
    await cloud.close();
  }
});

test("a faulty configuration is told by its keys, and a look that was not had by its reason", async () => {
  const raw = privateRaw();
  set(raw, "server.location", HETZNER_TOKEN);
  set(raw, "certificates.method", "hunter2secret");
  set(raw, "server.adminNetworks", ["203.0.113.7/33"]);
  set(raw, "hunter2secret", "x");
  project.stack("example-com", raw);
  const text = await report(["--columns", "api"]);
  expect(text).toMatch(/^no plan: .*Pulumi\.<stack>\.yaml has 4 faults;/m);
  expect(text).toMatch(/^ {2}mailstead:server\.adminNetworks\[0\]: /m);
  expect(text).toMatch(/^preflight: not looked: /m);
  expect(secretsIn(text, PRIVATE)).toEqual([]);
});

describe("every golden configuration", () => {
  test.each(globSync("test/golden/stack/*/config.yaml", { cwd: root }))("%s", (file) => {
    const raw = parse(readFileSync(join(root, file), "utf8")) as Raw;
    const text = JSON.stringify(configurationLines(raw));
    const hidden = hiddenValues(raw).filter(({ text: value }) => value.length > 6);
    expect(hidden.length, basename(dirname(file))).toBeGreaterThan(2);
    expect(hidden.filter(({ text: value }) => text.includes(value))).toEqual([]);
    // Told in a sentence, they are taken out too.
    const redact = redactor(hiddenValues(raw));
    const told = hidden.map(({ text: value }) => redact(`there is ${value}, and more`)).join("\n");
    expect(hidden.filter(({ text: value }) => told.includes(value))).toEqual([]);
  });
});

test.each([
  [
    "the host mx1.other.example at 198.51.100.7:25 and [2001:db8::1]",
    "the host <name> at <address>:25 and [<address>]",
  ],
  ["ask postmaster@other.example", "ask <mail address>"],
  ["mailstead:dns.zone: see docs/guides/import.md", "mailstead:dns.zone: see docs/guides/import.md"],
  [
    '"v=spf1 include:spf.other.example ip4:198.51.100.0/24 -all"',
    '"v=spf1 include:<name> ip4:<address>/24 -all"',
  ],
  ["key dop_v1_0123456789abcdef0123", "key <text>"],
  ["at 10:20:30 of 3.270.0", "at 10:20:30 of 3.270.0"],
])("%j is redacted by its shapes", (text, redacted) => {
  expect(redactor([])(text)).toBe(redacted);
});

test("the smallest configuration has nothing to hide but what has to be set", () => {
  expect(hiddenValues(validRaw()).map(({ as }) => as)).toEqual([
    "<domain>",
    "<email>",
    "<server.adminNetworks[0]>",
  ]);
});
