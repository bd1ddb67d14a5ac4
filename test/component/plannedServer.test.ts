/**
 * Proves: what the planner makes of a configuration can be declared whole: each row one resource, no slot unfilled,
 * containers after those they wait for.
 * Cannot prove: that any of it works on a server; the sandbox does.
 */
import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { expect, test } from "vitest";
import { givenValues } from "../../components/given.ts";
import { MailServer } from "../../components/mailServer.ts";
import { parseConfig } from "../../stack/config/parseConfig.ts";
import { planMailServer } from "../../stack/planMailServer.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
import { NO_SERVERS } from "./support/declareSmall.ts";
import { ofType } from "./support/find.ts";
import { recordProgram } from "./support/recordedProgram.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

const BASE = {
  domain: "example.com",
  email: "postmaster@example.net",
  server: { location: "nbg1", image: "debian-13", adminNetworks: ["198.51.100.0/24"] },
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
    name: "every further record",
    raw: { ...BASE, dns: { ...BASE.dns, ...FURTHER }, mail: mail(true) },
    containers: 16,
  },
])("$name is declared row by row", async ({ raw, containers }) => {
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
        given: givenValues(config.certificates, { "cloudflare:apiToken": "TOKENSECRET" }, {}),
        zoneId: BASE.dns.zoneId,
      }),
    { calls: NO_SERVERS },
  );
  expect(run.errors).toEqual([]);
  const names = (type: string) => ofType(run, type).map((it) => it.name);
  expect(names("Container")).toEqual(plan.containers.map((it) => it.name).sort());
  expect(names("Container")).toHaveLength(containers);
  expect(names("DnsRecord")).toEqual(plan.records.map((it) => it.role).sort());
  expect(names("RemoteImage")).toEqual(plan.images.map((it) => `image-${it.role}`).sort());
  expect(names("Command")).toEqual(
    [
      ...["ready", "directories"],
      ...plan.files.map((it) => `file-${it.role}`),
      ...plan.steps.map((it) => `step-${it.role}`),
    ].sort(),
  );
  for (const container of plan.containers) {
    const declared = ofType(run, "Container").find((it) => it.name === container.name);
    expect(declared?.dependsOn).toEqual(expect.arrayContaining([...container.startsAfter]));
  }
  for (const { role, after } of plan.records) {
    const declared = ofType(run, "DnsRecord").find((it) => it.name === role);
    expect(declared?.dependsOn).toEqual(expect.arrayContaining([...(after ?? [])]));
  }
});

test("values from the configuration are secret where they must be", async () => {
  const pem = { certificate: "CERT", privateKey: "KEY" };
  const given = givenValues(pem, {}, { CLOUDFLARE_API_TOKEN: "fromEnvironment" });
  expect(await pulumi.isSecret(given.dnsApiToken ?? pulumi.output(""))).toBe(true);
  expect(await pulumi.isSecret(given.providedPrivateKey ?? pulumi.output(""))).toBe(true);
  expect(await pulumi.isSecret(given.providedCertificate ?? pulumi.secret(""))).toBe(false);
  expect(givenValues({}, {}, {})).toEqual({});
});
