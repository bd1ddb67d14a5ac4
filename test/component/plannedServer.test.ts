/**
 * Proves: what the planner makes of a configuration can be declared whole: each row one resource, no slot unfilled,
 * containers after those they wait for.
 * Cannot prove: that any of it works on a server; the sandbox does.
 */
import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { expect, test } from "vitest";
import { givenValues, needDnsToken } from "../../components/given.ts";
import { MailServer } from "../../components/mailServer.ts";
import type { DnsProviderName } from "../../stack/model/vendorNames.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { parseConfig } from "../../stack/config/parseConfig.ts";
import { planMailServer } from "../../stack/planMailServer.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
import { NO_SERVERS, valueOf } from "./support/declareSmall.ts";
import { ofType } from "./support/find.ts";
import { recordProgram } from "./support/recordedProgram.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

const BASE = {
  domain: "example.com",
  email: "postmaster@example.net",
  onboarding: "by-hand",
  server: { location: "nbg1", image: "ubuntu-24.04", adminNetworks: ["198.51.100.0/24"] },
  dns: { zoneId: "0123456789abcdef0123456789abcdef" },
};

const mail = (storage: boolean) => ({
  release: "v1.0.0",
  storage,
  images: Object.fromEntries(
    Object.entries({ app: "v1.0.0", nginx: "1.28", mongo: "8.0", redis: "8.2" }).map(([role, tag]) => [
      role,
      role === "app" ? { digest: DIGEST } : { tag, digest: DIGEST },
    ]),
  ),
});

const TOKENS = {
  "cloudflare:apiToken": "TOKENSECRET",
  "digitalocean:token": "TOKENSECRET",
  "hcloud:token": "TOKENSECRET",
};

const CLOUDFLARE_RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const RECORD_TYPES = [
  CLOUDFLARE_RECORD,
  "digitalocean:index/dnsRecord:DnsRecord",
  "hcloud:index/zoneRrset:ZoneRrset",
];

/** What names the resources: the role of every record, or name and type where sets are kept. */
function resourceRoles({ dnsProvider, records }: Plan): string[] {
  if (dnsProvider !== "hetzner") return records.map(({ role }) => role);
  return [...new Set(records.map(({ name, type }) => `${type.toLowerCase()}-${name}`))];
}

/** A file with text of this stack by itself, and all that come with the program in one. */
function fileNames(files: Plan["files"], shipped: string): string[] {
  const own = files.flatMap(({ role, content }) => ("asset" in content ? [] : [`file-${role}`]));
  return own.length === files.length ? own : [...own, shipped];
}

/** Every switch of further records. */
const FURTHER = {
  tlsReports: "tls@example.net",
  mtaSts: { mode: "enforce" },
  caa: { enabled: true },
  services: true,
  autoconfig: true,
  autodiscover: true,
  heloSpf: true,
  nullMx: true,
};

test.each([
  { name: "the default", raw: { ...BASE, mail: mail(true) }, containers: 15 },
  { name: "without storage", raw: { ...BASE, mail: mail(false) }, containers: 9 },
  {
    name: "http-01",
    raw: { ...BASE, mail: mail(true), certificates: { method: "http-01" } },
    containers: 15,
  },
  {
    name: "a zone at DigitalOcean",
    raw: { ...BASE, dns: { provider: "digitalocean" }, mail: mail(true) },
    containers: 15,
    recordType: "digitalocean:index/dnsRecord:DnsRecord",
  },
  {
    name: "a zone at Hetzner",
    raw: {
      ...BASE,
      dns: { provider: "hetzner" },
      mail: mail(true),
      certificates: { method: "http-01" },
    },
    containers: 15,
    recordType: "hcloud:index/zoneRrset:ZoneRrset",
  },
  {
    name: "every further record",
    raw: { ...BASE, dns: { ...BASE.dns, ...FURTHER }, mail: mail(true) },
    containers: 16,
  },
])("$name is declared row by row", async ({ raw, containers, recordType = CLOUDFLARE_RECORD }) => {
  const { config, issues } = parseConfig(raw);
  expect(issues.filter(({ severity }) => severity === "error")).toEqual([]);
  if (config === undefined) throw new Error("no configuration");
  const { plan } = planMailServer(config);
  const run = await recordProgram(
    () =>
      new MailServer("mail", {
        plan,
        stack: "test",
        sshDirectory: join(temporaryFolder(), "ssh"),
        given: givenValues(config, TOKENS, {}),
        ...(config.dns.zoneId === undefined ? {} : { zoneId: config.dns.zoneId }),
      }),
    { calls: NO_SERVERS },
  );
  expect(run.errors).toEqual([]);
  const names = (type: string) => ofType(run, type).map((it) => it.name);
  expect(names("Container")).toEqual(plan.containers.map((it) => it.name).sort());
  expect(names("Container")).toHaveLength(containers);
  const records = run.registrations.filter(({ type }) => RECORD_TYPES.includes(type));
  expect(new Set(records.map(({ type }) => type))).toEqual(new Set([recordType]));
  expect(records.map(({ name }) => name).sort()).toEqual(resourceRoles(plan).sort());
  expect(names("RemoteImage")).toEqual(plan.images.map((it) => `image-${it.role}`).sort());
  expect(names("Command")).toEqual(
    [
      ...["ready", "directories", ...(plan.release === undefined ? [] : [plan.release.role])],
      ...fileNames(plan.firstFiles, "shipped-data-files"),
      ...plan.firstSteps.map((it) => `step-${it.role}`),
      ...fileNames(plan.files, "shipped-files"),
      ...plan.steps.map((it) => `step-${it.role}`),
      ...plan.lastSteps.map((it) => `step-${it.role}`),
    ].sort(),
  );
  expect([names("Volume"), names("VolumeAttachment")]).toEqual(
    plan.volume === undefined ? [[], []] : [[plan.volume.role], ["data-attachment"]],
  );
  for (const container of plan.containers) {
    const declared = ofType(run, "Container").find((it) => it.name === container.name);
    expect(declared?.dependsOn).toEqual(expect.arrayContaining([...container.startsAfter]));
  }
  for (const { role, after = [] } of plan.records) {
    if (after.length === 0) continue;
    const declared = records.find((it) => it.name === role);
    expect(declared?.dependsOn).toEqual(expect.arrayContaining([...after]));
  }
  // The alias that may have stood there is replaced by the A.
  const byName = Map.groupBy(plan.records, (record) => record.name);
  for (const [name, beside] of byName) {
    const address = beside.find(({ type }) => type === "A")?.role;
    const others = records.filter((it) => it.name !== address && beside.some(({ role }) => role === it.name));
    for (const { replaceWith, dependsOn } of others) {
      const first = address === undefined || name === plan.zone ? [] : [address];
      expect([name, replaceWith]).toEqual([name, first]);
      expect(dependsOn).toEqual(expect.arrayContaining(first));
    }
  }
});

/** What the value is, once it is known. */
async function known(output: pulumi.Output<string> | undefined): Promise<string | undefined> {
  return output === undefined ? undefined : valueOf(output);
}

test("the token is that of the provider of the zone: from the configuration, else as its plugin finds it", async () => {
  const token = (
    provider: DnsProviderName,
    all: Record<string, string>,
    environment: Record<string, string>,
  ) =>
    known(givenValues({ dns: { provider }, certificates: {}, mailboxes: [] }, all, environment).dnsApiToken);
  const environment = {
    CLOUDFLARE_API_TOKEN: "c",
    DIGITALOCEAN_TOKEN: "",
    DIGITALOCEAN_ACCESS_TOKEN: "d",
    HCLOUD_TOKEN: "h",
  };
  expect(await token("cloudflare", TOKENS, environment)).toBe("TOKENSECRET");
  expect(await token("cloudflare", {}, environment)).toBe("c");
  expect(await token("digitalocean", {}, environment)).toBe("d");
  expect(await token("digitalocean", {}, { ...environment, DIGITALOCEAN_TOKEN: "t" })).toBe("t");
  expect(await token("hetzner", {}, environment)).toBe("h");
  expect(await token("digitalocean", { "cloudflare:apiToken": "x" }, {})).toBeUndefined();
});

test("a token that the host wants and nobody gave stops the run, with where to put it", () => {
  const plan = (raw: object) => {
    const { config, issues } = parseConfig({ ...BASE, mail: mail(true), ...raw });
    if (config === undefined) throw new Error(JSON.stringify(issues));
    return planMailServer(config).plan;
  };
  const there = plan({ dns: { provider: "digitalocean" } });
  expect(() => {
    needDnsToken(there, {});
  }).toThrow(
    /^There is no DIGITALOCEAN_TOKEN and no digitalocean:token: .*\nNext step: export DIGITALOCEAN_TOKEN, or: pulumi config set --secret digitalocean:token$/,
  );
  needDnsToken(there, { dnsApiToken: pulumi.output("token") });
  needDnsToken(plan({ certificates: { method: "http-01" } }), {});
});

test("values from the configuration are secret where they must be", async () => {
  const pem = { certificate: "CERT", privateKey: "KEY" };
  const dns = { provider: "cloudflare" } as const;
  const given = givenValues(
    { dns, certificates: pem, mailboxes: [] },
    {},
    { CLOUDFLARE_API_TOKEN: "fromEnvironment" },
  );
  expect(await pulumi.isSecret(given.dnsApiToken ?? pulumi.output(""))).toBe(true);
  expect(await pulumi.isSecret(given.providedPrivateKey ?? pulumi.output(""))).toBe(true);
  expect(await pulumi.isSecret(given.providedCertificate ?? pulumi.secret(""))).toBe(false);
  expect(givenValues({ dns, certificates: {}, mailboxes: [] }, {}, {})).toEqual({});
});
