/**
 * Proves: with the real engine a bundle alone, on a machine that has nothing but the repository, gives a stack back under
 * another passphrase: state and configuration with every secret, and a preview that plans nothing, while keys, an address
 * and a record are there. A second restore changes nothing, one over another state is refused; no secret of it stands in
 * plain in any file. The run that changes a key says that the bundle is old.
 * Cannot prove: the same of the whole program, whose server boots in the sandbox alone.
 */
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { rawWith } from "../unit/stack/support/validRaw.ts";
import {
  CLOUDFLARE_TOKEN,
  HETZNER_TOKEN,
  started,
  type Started,
} from "../unit/sandbox/cloud/startedCloud.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
import { findEngine, makeEngineProject, type EngineProject } from "./support/engine.ts";

const engine = findEngine();
const STACK = "example-com";

/** A key, a password, an address and a record, each protected, and outputs as our program has them. */
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { PrimaryIp } from "@pulumi/hcloud";
import { DnsRecord } from "@pulumi/cloudflare";
import { PrivateKey } from "@pulumi/tls";
import { RandomPassword } from "@pulumi/random";
import { reviewBundle } from "./components/bundleMark.ts";
const kept = { protect: true };
const key = new PrivateKey("host-key", { algorithm: "ED25519" }, kept);
const length = Number(new pulumi.Config("mailstead").get("length") ?? "24");
const password = new RandomPassword("srs-secret", { length, special: false }, kept);
const address = new PrimaryIp("ipv4", { name: "ip", type: "ipv4", location: "nbg1", assigneeType: "server", autoDelete: false }, kept);
new DnsRecord("mx-host", { zoneId: "c7915704a794c5f99111b674c1985c3a", name: "mx.example.com", type: "A", content: address.ipAddress, ttl: 300 }, kept);
export const slots = pulumi.secret(pulumi.all({
  hostPublicKey: key.publicKeyOpenssh, hostPrivateKey: key.privateKeyOpenssh, srsSecret: password.result, serverIpv4: address.ipAddress,
}));
reviewBundle(".mailstead/" + pulumi.getStack(), slots);
`;

const TOKEN_LIKE = "kept in the configuration, and two\nlines with an end\n";
const PASSPHRASE = "one two three four five";

/** A stack's file with a comment, which must come back. */
function configuration(): string {
  const config = Object.fromEntries(
    Object.entries(rawWith({})).map(([key, value]) => [`mailstead:${key}`, value]),
  );
  return `# a line of its owner's\n${stringify({ config })}`;
}

describe.skipIf(engine === undefined)("a recovery bundle (needs pulumi: make sandbox builds one)", () => {
  let cloud: Started;
  let old: EngineProject;
  let fresh: EngineProject;
  let environment: Record<string, string>;
  const secrets: string[] = [];
  const folder = temporaryFolder();
  const file = join(folder, "bundle.age");

  beforeAll(async () => {
    cloud = await started();
    environment = {
      HCLOUD_TOKEN: HETZNER_TOKEN,
      CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
      HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
      CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
      MAILSTEAD_BUNDLE_PASSPHRASE: PASSPHRASE,
    };
    old = await makeEngineProject(engine ?? "", STACK, configuration(), environment, PROGRAM);
    await old.pulumi(["stack", "init", STACK]);
    const set = ["config", "set", "--secret", "--stack", STACK];
    await old.pulumi([...set, "test:token"], {}, `${TOKEN_LIKE}\n`);
    await old.pulumi([...set, "--path", "test:tree.of[0].secret"], {}, "deep down\n");
    await old.pulumi(["up", "--yes", "--stack", STACK]);
    const slots = JSON.parse(await old.pulumi(["stack", "output", "slots", "--show-secrets", "--json"])) as {
      srsSecret: string;
      hostPrivateKey: string;
    };
    secrets.push(
      slots.srsSecret,
      slots.hostPrivateKey.split("\n")[2] ?? "",
      "kept in the configuration",
      "deep down",
    );
    fresh = await makeEngineProject(
      engine ?? "",
      STACK,
      undefined,
      { ...environment, PULUMI_CONFIG_PASSPHRASE: "another passphrase" },
      PROGRAM,
    );
  }, 300_000);

  afterAll(async () => {
    old.remove();
    fresh.remove();
    await cloud.close();
  });

  test("is written for its owner alone, and shows what is in it", async () => {
    expect(await old.mailstead(["bundle", "create", file])).toContain(`Written: ${file}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const shown = JSON.parse(await old.mailstead(["bundle", "show", file, "--json"])) as object;
    expect(shown).toMatchObject({
      ...{ stack: STACK, domain: "example.com", keys: ["host-key", "srs-secret"] },
      secrets: ["test:token", "test:tree.of[0].secret"],
    });
    for (const secret of secrets) expect(JSON.stringify(shown)).not.toContain(secret);
  });

  test("gives the stack back under another passphrase, and a preview plans nothing", async () => {
    // The machine is gone; the vendors have what they had.
    old.remove();
    const said = await fresh.mailstead(["bundle", "restore", file]);
    expect(said).toContain("Next step: pulumi preview");
    await fresh.pulumi(["preview", "--stack", STACK, "--expect-no-changes"]);
    await fresh.pulumi(["preview", "--stack", STACK, "--refresh", "--run-program", "--expect-no-changes"]);
    const restored = readFileSync(join(fresh.folder, `Pulumi.${STACK}.yaml`), "utf8");
    expect(restored).toMatch(/^# a line of its owner's\n/);
    expect(await fresh.pulumi(["config", "get", "test:token", "--stack", STACK])).toBe(`${TOKEN_LIKE}\n`);
  });

  test("leaves no secret in plain", () => {
    const machine = dirname(fresh.folder);
    const files = [
      file,
      ...readdirSync(machine, { recursive: true, encoding: "utf8" }).map((name) => join(machine, name)),
    ].filter((path) => !path.includes("/node_modules/") && lstatSync(path).isFile());
    expect(files.some((path) => path.startsWith(join(machine, "state/")))).toBe(true);
    for (const path of files)
      for (const secret of [...secrets, PASSPHRASE, "another passphrase"])
        expect([path, readFileSync(path, "latin1").includes(secret)]).toEqual([path, false]);
  });

  test("changes nothing the second time, and refuses another state", async () => {
    await fresh.mailstead(["bundle", "restore", file]);
    expect(await fresh.pulumi(["preview", "--stack", STACK])).not.toContain("recovery bundle");
    await fresh.pulumi(["state", "unprotect", "--all", "--yes", "--stack", STACK]);
    await fresh.pulumi(["config", "set", "mailstead:length", "30", "--stack", STACK]);
    expect(await fresh.pulumi(["up", "--yes", "--stack", STACK])).toContain(
      `warning: recovery bundle: keys and secrets of the stack changed after the bundle of`,
    );
    await expect(fresh.mailstead(["bundle", "restore", file])).rejects.toThrow(
      /is there already, with \d+ resources/,
    );
    await fresh.mailstead(["bundle", "restore", file, "--force"]);
    await fresh.pulumi(["preview", "--stack", STACK, "--expect-no-changes"]);
  });
});
