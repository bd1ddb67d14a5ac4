/**
 * Proves: what the engine is asked for, resource by resource: types, names, parents, inputs, secrecy, options, order.
 * Cannot prove: that the provider plugins take these inputs and find no change afterwards; the sandbox does.
 */
import * as pulumi from "@pulumi/pulumi";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { planDeployKeys } from "../../stack/host/deployKeys.ts";
import { declareSmall, NO_SERVERS, valueOf, ZONE_ID, type SmallRun } from "./support/declareSmall.ts";
import { find, ofType } from "./support/find.ts";
import type { Registration } from "./support/recordedProgram.ts";
import { smallPlan } from "./support/smallPlan.ts";
import { DKIM_VALUE, SECRETS } from "./support/vendorState.ts";

const VENDOR_LIMITS = { create: "10m", update: "10m", delete: "10m" };

let run: SmallRun;

beforeAll(async () => {
  run = await declareSmall();
  expect(run.errors).toEqual([]);
});

describe("identity", () => {
  test("keys and secrets are protected and of the promised shape", () => {
    const shapes = ["PrivateKey", "RandomPassword", "RandomBytes"].flatMap((type) =>
      ofType(run, type).map(({ name, inputs, protect, parent }) => ({ name, inputs, protect, parent })),
    );
    const kept = { protect: true, parent: "mailstead:components:Identity::identity" };
    expect(shapes).toEqual([
      { name: "deploy-key", inputs: { algorithm: "ED25519" }, ...kept },
      { name: "dkim-key", inputs: { algorithm: "RSA", rsaBits: 2048 }, ...kept },
      { name: "host-key", inputs: { algorithm: "ED25519" }, ...kept },
      { name: "auth-basic-password", inputs: { length: 24, special: false }, ...kept },
      { name: "helper-encryption-key", inputs: { length: 32, special: false }, ...kept },
      { name: "smtp-transport-password", inputs: { length: 32, special: false }, ...kept },
      { name: "srs-secret", inputs: { length: 32, special: false }, ...kept },
      { name: "api-secret", inputs: { length: 32 }, ...kept },
      // No secret: it has what is on the host kept as long as the server is.
      {
        ...{ name: "kept-with-server", inputs: { length: 1 } },
        ...{ protect: true, parent: "mailstead:components:MailStack::stack" },
      },
      // Nor is this one: all that comes before the containers.
      {
        ...{ name: "prepared", inputs: { length: 1 } },
        ...{ protect: false, parent: "mailstead:components:MailStack::stack" },
      },
      { name: "txt-encryption-key", inputs: { length: 16 }, ...kept },
      { name: "webhook-signature-key", inputs: { length: 16 }, ...kept },
    ]);
  });

  test("while its key is changed, the deploy has two: the one in use is protected, and alone is known to the vendor", async () => {
    const server = { ...smallPlan().server, deployKeys: planDeployKeys([2, 1], true) };
    const changing = await declareSmall({}, { server });
    const keys = ofType(changing, "PrivateKey").filter(({ name }) => name.startsWith("deploy-key"));
    expect(keys.map(({ name, protect }) => ({ name, protect }))).toEqual([
      { name: "deploy-key", protect: false },
      { name: "deploy-key-2", protect: true },
    ]);
    expect(ofType(changing, "SshKey").map(({ name, inputs }) => [name, inputs["name"]])).toEqual([
      ["deploy-key-2", "mailstead-test-deploy-key-2"],
    ]);
    expect(find(changing, "Command", "ready").inputs["connection"]).toMatchObject({
      privateKey: SECRETS.secondDeployPrivateKey,
    });
    expect(readFileSync(join(changing.folder, "deploy_key"), "utf8")).toBe(SECRETS.secondDeployPrivateKey);
  });

  test("addresses stay when a server goes", () => {
    for (const type of ["ipv4", "ipv6"]) {
      const address = find(run, "PrimaryIp", type);
      expect(address.inputs).toEqual({
        name: `mailstead-test-${type}`,
        type,
        location: "nbg1",
        autoDelete: false,
        labels: { mailstead: "test" },
      });
      expect(address).toMatchObject({ protect: true, timeouts: VENDOR_LIMITS });
    }
  });

  test("reverse names sit on the addresses, the IPv6 one at base plus 1", () => {
    const rows = ofType(run, "Rdns");
    expect(rows.map(({ name, inputs }) => ({ name, inputs }))).toEqual([
      {
        name: "reverse-v4",
        inputs: { primaryIpId: 3001, ipAddress: "203.0.113.10", dnsPtr: "mx.example.com" },
      },
      {
        name: "reverse-v6",
        inputs: { primaryIpId: 3002, ipAddress: "2001:db8:a:1::1", dnsPtr: "mx.example.com" },
      },
    ]);
    expect(rows.every((it) => it.protect && it.deleteBeforeReplace)).toBe(true);
  });
});

describe("host", () => {
  test("the firewall has the plan's rules and nothing else", () => {
    expect(find(run, "Firewall", "firewall").inputs).toEqual({
      name: "mailstead-test",
      labels: { mailstead: "test" },
      rules: [
        { description: "SSH", direction: "in", protocol: "tcp", port: "22", sourceIps: ["198.51.100.0/24"] },
        { description: "ping", direction: "in", protocol: "icmp", sourceIps: ["0.0.0.0/0", "::/0"] },
      ],
    });
  });

  test("the deploy key is sent without its final newline, and replaced delete first", () => {
    const key = find(run, "SshKey", "deploy-key");
    expect(key.inputs).toEqual({
      name: "mailstead-test",
      labels: { mailstead: "test" },
      publicKey: "ssh-ed25519 AAAADEPLOY",
    });
    expect(key.deleteBeforeReplace).toBe(true);
  });

  test("the server has its own addresses and the firewall from its creation", () => {
    const server = find(run, "Server", "server");
    const { userData, labels, ...inputs } = server.inputs;
    expect(inputs).toEqual({
      name: "mx.example.com",
      serverType: "cx23",
      image: "debian-13",
      location: "nbg1",
      sshKeys: ["5001"],
      firewallIds: [4001],
      publicNets: [{ ipv4Enabled: true, ipv4: 3001, ipv6Enabled: true, ipv6: 3002 }],
      keepDisk: true,
    });
    expect(userData).toContain("HOSTSECRET");
    expect(labels).toEqual({
      mailstead: "test",
      "mailstead-boot": expect.stringMatching(/^[0-9a-f]{12}$/) as string,
      "mailstead-generation": "3",
    });
    expect(server.secrets).toEqual(["userData"]);
  });

  test("only a new generation replaces the server, delete first", () => {
    const { ignoreChanges, ...server } = find(run, "Server", "server");
    expect([...ignoreChanges].sort()).toEqual([
      "image",
      "labels",
      "location",
      "serverType",
      "sshKeys",
      "userData",
    ]);
    expect(server).toMatchObject({
      replacementTrigger: 3,
      deleteBeforeReplace: true,
      protect: true,
      replaceOnChanges: [],
      timeouts: { create: "20m", update: "", delete: "20m" },
    });
  });

  test("a server without mail at stake is not protected", async () => {
    const disposable = await declareSmall({}, { server: { ...smallPlan().server, protect: false } });
    expect(find(disposable, "Server", "server").protect).toBe(false);
    expect(find(disposable, "PrimaryIp", "ipv4").protect).toBe(true);
  });
});

describe("DNS", () => {
  test("each row is one record in Cloudflare's form", () => {
    const inputs = Object.fromEntries(ofType(run, "DnsRecord").map((it) => [it.name, it.inputs]));
    const row = (name: string, ttl = 1) => ({
      zoneId: ZONE_ID,
      name,
      ttl,
      proxied: false,
      comment: `what ${name} is for`,
    });
    const [first, rest] = [DKIM_VALUE.slice(0, 237), DKIM_VALUE.slice(237)];
    expect(inputs).toEqual({
      "mx-host": { ...row("mx.example.com"), type: "A", content: "203.0.113.10" },
      "mx-host-v6": { ...row("mx.example.com"), type: "AAAA", content: "2001:db8:a:1::1" },
      "apex-mx": { ...row("example.com"), type: "MX", content: "mx.example.com", priority: 0 },
      "apex-spf": { ...row("example.com"), type: "TXT", content: '"v=spf1 a -all"' },
      "dkim-default": {
        ...row("default._domainkey.example.com"),
        type: "TXT",
        content: `"v=DKIM1; k=rsa; p=${first}" "${rest};"`,
      },
      imap: { ...row("imap.example.com"), type: "CNAME", content: "example.com" },
      "srv-imaps": {
        ...row("_imaps._tcp.example.com"),
        type: "SRV",
        priority: 0,
        data: { priority: 0, weight: 1, port: 993, target: "imap.example.com" },
      },
      "apex-caa": {
        ...row("example.com", 3600),
        type: "CAA",
        data: { flags: 0, tag: "issue", value: "letsencrypt.org" },
      },
      "sub-ns": { ...row("sub.example.com"), type: "NS", content: "ns.example.net" },
    });
  });

  test("required records are protected, all are replaced delete first within limits", () => {
    const records = ofType(run, "DnsRecord");
    expect(records.filter((it) => it.protect).map((it) => it.name)).toEqual([
      "apex-mx",
      "apex-spf",
      "dkim-default",
      "mx-host",
      "mx-host-v6",
    ]);
    expect(records.every((it) => it.deleteBeforeReplace)).toBe(true);
    expect(records.map((it) => it.timeouts)).toEqual(records.map(() => VENDOR_LIMITS));
  });

  test("without an id the zone is looked up by its name, once", async () => {
    const calls = {
      ...NO_SERVERS,
      "cloudflare:index/getZone:getZone": () => ({ id: "looked-up", zoneId: "looked-up" }),
    };
    const looked = await declareSmall({ calls }, {}, {});
    expect(looked.calls.filter(({ token }) => token.includes("getZone"))).toEqual([
      { token: "cloudflare:index/getZone:getZone", inputs: { filter: { name: "example.com" } } },
    ]);
    expect(find(looked, "DnsRecord", "imap").inputs["zoneId"]).toBe("looked-up");
  });
});

describe("what runs on the host", () => {
  const CONNECTION = {
    host: "203.0.113.10",
    user: "root",
    privateKey: SECRETS.deployPrivateKey,
    hostKey: "ssh-ed25519 AAAAHOST",
    dialErrorLimit: 60,
    perDialTimeout: 5,
    port: 22,
  };

  test("every command trusts the pinned key alone, runs anew on a new server and dies with it", () => {
    for (const command of ofType(run, "Command")) {
      expect(command.inputs["connection"]).toEqual(CONNECTION);
      expect(command.inputs["addPreviousOutputInEnv"]).toBe(false);
      expect((command.inputs["triggers"] as unknown[])[0]).toBe("6001");
      expect(command.inputs).not.toHaveProperty("delete");
      expect(command.deletedWith).toBe("server");
      expect(command.secrets).toContain("connection");
    }
  });

  test("the wait goes by standard input, so a failure does not print a script", () => {
    const ready = find(run, "Command", "ready");
    expect(ready.inputs["create"]).toBe("bash -s");
    expect(ready.inputs["stdin"]).toContain("cloud-init status");
    expect(ready.dependsOn).toContain("server");
    expect(ready.timeouts?.create).toBe("1400s");
  });

  test("directories planned after the first boot are made, and old ones are left alone", () => {
    expect(find(run, "Command", "directories").inputs["create"]).toBe(
      `set -e\n[ -d '/srv/it'\\''s/data' ] || install -d -m 0700 '/srv/it'\\''s/data'`,
    );
  });

  test("a secret file travels by standard input and leaves no trace in outputs", () => {
    const file = find(run, "Command", "file-env");
    expect(file.inputs["create"]).toBe(
      "mkdir -p '/srv/it'\\''s' && { [ ! -d '/srv/it'\\''s/.env' ] || rmdir '/srv/it'\\''s/.env'; } && " +
        "install -m 0600 /dev/stdin '/srv/it'\\''s/.env.new' && sync '/srv/it'\\''s/.env.new' && " +
        "mv -fT '/srv/it'\\''s/.env.new' '/srv/it'\\''s/.env' && sync '/srv/it'\\''s'",
    );
    expect(file.inputs["stdin"]).toMatch(/^KEY=SECREThelper-encryption-keyx{5,}\n$/);
    expect(file.secrets).toContain("stdin");
    expect(file.inputs["logging"]).toBe("none");
    expect(file.additionalSecretOutputs).toEqual(expect.arrayContaining(["stdout", "stderr"]));
  });

  test("a file in plain is not secret", () => {
    expect(find(run, "Command", "file-nginx-conf").secrets).toEqual(["connection"]);
  });

  test("files that come with the program are one resource, and what follows a change of them comes last, once", () => {
    const { inputs, secrets, dependsOn } = find(run, "Command", "shipped-files");
    expect(inputs["create"]).toBe("bash -s && systemctl daemon-reload");
    expect(inputs["stdin"]).toContain("/certificate.sh");
    expect(secrets).toEqual(["connection"]);
    expect(dependsOn).toContain("directories");
  });

  test("steps run after files, records and steps that they name, with a limit", () => {
    const step = find(run, "Command", "step-certificate");
    expect(step.inputs["create"]).toBe(
      "timeout --kill-after=10 900 bash -euo pipefail -c 'certificate.sh issue '\\''now'\\'''",
    );
    expect(step.dependsOn).toEqual(expect.arrayContaining(["mx-host", "file-env", "directories"]));
    expect(step.inputs["triggers"]).toEqual(["6001", expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(find(run, "Command", "step-timer").dependsOn).toContain("step-certificate");
  });

  test("docker goes over ssh that trusts the pinned key alone", () => {
    expect(find(run, "docker", "docker").inputs).toEqual({
      host: "ssh://root@203.0.113.10",
      sshOpts: JSON.stringify([
        ...["-F", "/dev/null", "-i", join(run.folder, "deploy_key")],
        ...["-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"],
        ...["-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"],
        ...["-o", `UserKnownHostsFile=${join(run.folder, "known_hosts")}`],
        ...["-o", "GlobalKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"],
      ]),
    });
  });

  test("images are pulled by digest and kept, once the host is ready", () => {
    const image = find(run, "RemoteImage", "image-redis");
    expect(image.inputs).toEqual({ name: "docker.io/library/redis:8@sha256:bb", keepLocally: true });
    expect(image).toMatchObject({ provider: "docker", deletedWith: "server", replacementTrigger: "6001" });
    expect(image.dependsOn).toContain("ready");
    // Deleted first, it would take every container that runs it along, before the pull.
    expect(image.deleteBeforeReplace).toBe(false);
  });

  test("a container without a check or files says so", () => {
    expect(find(run, "Container", "redis").inputs).toEqual({
      name: "redis",
      image: "sha256:image-redis",
      networkMode: "host",
      restart: "unless-stopped",
      command: ["redis-server", "--bind", "127.0.0.1"],
      user: "0:0",
      capabilities: { drops: ["ALL"], adds: ["CAP_SETGID", "CAP_SETUID"] },
      securityOpts: ["no-new-privileges"],
      envs: [],
      volumes: [{ hostPath: "/srv/redis-data", containerPath: "/data", readOnly: false }],
      hosts: [],
      labels: [],
      healthcheck: { tests: ["NONE"] },
      stopTimeout: 30,
      destroyGraceSeconds: 30,
    });
  });

  test("a container with a check waits for its health and for those before it", () => {
    const container = find(run, "Container", "smtp_bree");
    expect(container.inputs).toEqual({
      name: "smtp_bree",
      image: "sha256:image-app",
      networkMode: "host",
      restart: "unless-stopped",
      command: ["node", "smtp-bree.js"],
      user: "7:8",
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges"],
      hostname: "smtp.example.com",
      envs: ["NODE_ENV=production"],
      volumes: [{ hostPath: "/srv/it's/.env", containerPath: "/app/.env", readOnly: true }],
      hosts: [{ host: "smtp.example.com", ip: "127.0.0.1" }],
      labels: [{ label: "mailstead.reads", value: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
      healthcheck: {
        tests: ["CMD", "true"],
        interval: "10s",
        timeout: "5s",
        retries: 12,
        startPeriod: "1m30s",
        startInterval: "2s",
      },
      wait: true,
      waitTimeout: 300,
      stopTimeout: 10,
      destroyGraceSeconds: 10,
    });
    expect(container.secrets).toEqual([]);
    expect(container).toMatchObject({
      provider: "docker",
      deletedWith: "server",
      replacementTrigger: "6001",
      deleteBeforeReplace: true,
      replaceOnChanges: ["healthcheck", "init"],
    });
    expect(container.dependsOn).toEqual(expect.arrayContaining(["prepared", "redis"]));
    expect(container.dependsOn).not.toContain("file-env");
    expect(find(run, "RandomBytes", "prepared").dependsOn).toEqual(
      expect.arrayContaining(["file-env", "file-nginx-conf", "step-certificate", "step-timer"]),
    );
  });

  test("a container comes after all that can fail and needs none of them", () => {
    const containers = ofType(run, "Container");
    const serves = new Set(containers.map(({ name }) => name));
    const late = run.registrations.filter(({ dependsOn }) => dependsOn.some((name) => serves.has(name)));
    const isEarly = (one: Registration): boolean =>
      // Components are nothing by themselves, and keys and secrets are made on this machine.
      !/^(mailstead|pulumi|random|tls):/.test(one.type) && !late.includes(one);
    const early = run.registrations.filter((one) => isEarly(one) && !serves.has(one.name));
    const reached = (name: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(name)) return seen;
      seen.add(name);
      const found = run.registrations.filter((one) => one.name === name);
      for (const one of found.flatMap(({ dependsOn }) => dependsOn)) reached(one, seen);
      return seen;
    };
    expect(early.length).toBeGreaterThan(20);
    for (const { name } of containers) {
      const before = reached(name);
      expect(
        early.filter((one) => !before.has(one.name)).map((one) => one.name),
        name,
      ).toEqual([]);
    }
  });

  test("a changed file replaces its readers and nobody else", async () => {
    const files = smallPlan().files.map((file) =>
      file.role === "env" ? { ...file, content: ["KEY=other\n"] } : file,
    );
    const changed = await declareSmall({}, { files });
    const inputs = (of: SmallRun) =>
      Object.fromEntries(ofType(of, "Container").map((it) => [it.name, it.inputs]));
    expect(inputs(changed)["redis"]).toEqual(inputs(run)["redis"]);
    expect(inputs(changed)["smtp_bree"]?.["labels"]).not.toEqual(inputs(run)["smtp_bree"]?.["labels"]);
  });
});

describe("as a whole", () => {
  test("a first preview lists every resource though nothing is known, and writes no file", async () => {
    const first = await declareSmall({ preview: true, first: true });
    const names = (of: SmallRun) => of.registrations.map((it) => `${it.type}::${it.name}`).sort();
    expect(first.errors).toEqual([]);
    expect(names(first)).toEqual(names(run));
    expect(existsSync(first.folder)).toBe(false);
  });

  test("ssh files are written from the state", () => {
    expect(readFileSync(join(run.folder, "deploy_key"), "utf8")).toBe(SECRETS.deployPrivateKey);
    expect(readFileSync(join(run.folder, "known_hosts"), "utf8")).toBe(
      "203.0.113.10 ssh-ed25519 AAAAHOST\n2001:db8:a:1::1 ssh-ed25519 AAAAHOST\n",
    );
  });

  test("no secret is in an input that is not marked secret", () => {
    const words = /HOSTSECRET|DEPLOYSECRET|DKIMSECRET|SECRET[a-z]|5ec2e7|CLOUDFLARETOKENSECRET/;
    const leaks = run.registrations.flatMap(({ name, inputs, secrets }) =>
      leaves(inputs)
        .filter(([path, value]) => words.test(value) && !secrets.some((secret) => path.startsWith(secret)))
        .map(([path]) => `${name}: ${path}`),
    );
    expect(leaks).toEqual([]);
    expect(run.registrations.flatMap((it) => leaves(it.inputs)).some(([, text]) => words.test(text))).toBe(
      true,
    );
  });

  test("outputs: the login is secret, addresses and the DNS table are not", async () => {
    expect(await pulumi.isSecret(run.server.login)).toBe(true);
    expect(await pulumi.isSecret(run.server.slots)).toBe(true);
    expect(await pulumi.isSecret(run.server.sshFiles)).toBe(false);
    expect(await valueOf(run.server.login)).toMatchObject({
      address: "https://example.com",
      username: "admin",
    });
    expect(await valueOf(run.server.addresses.ipv6)).toBe("2001:db8:a:1::1");
    const table = await valueOf(pulumi.output([...run.server.records]));
    const { records } = smallPlan();
    expect(table.map(({ purpose, level }) => [purpose, level])).toEqual(
      records.map(({ purpose, level }) => [purpose, level]),
    );
    expect(table.map(({ name, type, value }) => `${name} ${type} ${value}`)).toEqual([
      "mx.example.com A 203.0.113.10",
      "mx.example.com AAAA 2001:db8:a:1::1",
      "example.com MX 0 mx.example.com",
      "example.com TXT v=spf1 a -all",
      `default._domainkey.example.com TXT v=DKIM1; k=rsa; p=${DKIM_VALUE};`,
      "imap.example.com CNAME example.com",
      "_imaps._tcp.example.com SRV 0 1 993 imap.example.com",
      'example.com CAA 0 issue "letsencrypt.org"',
      "sub.example.com NS ns.example.net",
    ]);
  });

  test("with protect off nothing of the identity and no record is held", async () => {
    const server = { ...smallPlan().server, protect: false, deployKeys: planDeployKeys([1], false) };
    const open = await declareSmall({}, { protect: false, protectRecords: false, server });
    expect(open.registrations.filter((it) => it.protect)).toEqual([]);
  });

  test("what comes last waits for every container", () => {
    const last = find(run, "Command", "step-old-images");
    expect(last.dependsOn).toEqual(expect.arrayContaining(smallPlan().containers.map(({ name }) => name)));
    expect(last.inputs["create"]).toContain("docker image rm old");
  });

  test("a limit is given only where the plugin takes it: elsewhere it would be a warning at each change", () => {
    const limits = (type: string) => ofType(run, type).map(({ timeouts }) => timeouts);
    const none = { create: "", update: "", delete: "" };
    for (const type of ["Firewall", "RemoteImage", "Container"]) {
      expect(limits(type).length, type).toBeGreaterThan(0);
      expect(limits(type), type).toEqual(limits(type).map(() => none));
    }
  });

  test("a slot that nothing fills is named", async () => {
    const files = [{ role: "token", path: "/t", mode: "0600", content: [{ slot: "dnsApiToken" }] as const }];
    const plan = { ...smallPlan(), files, steps: [], containers: [] };
    await expect(declareSmall({}, plan, { zoneId: ZONE_ID, given: {} })).rejects.toThrow(
      "The plan uses the slot dnsApiToken (token of the DNS provider, for certbot on the host), which nothing fills.",
    );
  });
});

/** Paths and texts of all leaves. */
function leaves(value: unknown, path = ""): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, path === "" ? key : `${path}.${key}`));
}
