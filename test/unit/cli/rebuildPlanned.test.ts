/**
 * Proves: a planned rebuild says what it does before it does it, raises the generation in the stack's file by one and leaves
 * every other byte, backs up before, and runs one `up`; where that breaks off, the same command goes on and raises nothing a
 * second time; without a volume, with edits that wait, with nobody to ask, and after a backup that failed nothing is changed.
 * Cannot prove: that a server is made: `pulumi` and `ssh` are played by scripts, and the wait is left out
 * (rebuildWhenWell.long.test.ts, test/sandbox/first/kept.ts).
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { deployedText } from "../../../stack/guards/deployed.ts";
import { HETZNER_TOKEN, started, type Started } from "../sandbox/cloud/startedCloud.ts";
import { rawWith } from "../stack/support/validRaw.ts";
import { makeProject, type Project, type Ran } from "./project.ts";

const waited = vi.hoisted(() => ({ calls: [] as unknown[], fails: false }));
vi.mock("../../../cli/rebuild/whenWell.ts", () => ({
  waitUntilWell: (_host: unknown, plan: { server: { generation: number } }, mailCameIn: boolean) => {
    waited.calls.push([plan.server.generation, mailCameIn]);
    return Promise.resolve();
  },
}));

const BACKUPS = {
  ...{ endpoint: "nbg1.your-objectstorage.com", bucket: "mail" },
  ...{ accessKeyId: "AN0ACCESS0KEY", secretAccessKey: "a-secret-of-the-bucket" },
};

let cloud: Started;
let project: Project;
let ipv4: string;

const at = (name: string): string => join(project.folder, name);
const file = (): string => readFileSync(at("Pulumi.prod.yaml"), "utf8");

/** The stack's file: ours, with comments of its owner's. */
function writeStack(changes: Readonly<Record<string, unknown>>, head = "# mine\n"): void {
  const config = Object.entries(rawWith({ ...changes })).map(([key, value]) => [`mailstead:${key}`, value]);
  const text = stringify({ config: Object.fromEntries(config) as object });
  writeFileSync(
    at("Pulumi.prod.yaml"),
    `${head}${text.replace("config:\n", "config:\n  # the first one\n")}`,
  );
}

/** A server of a generation at the vendor and in the state, with the volume. */
async function deploy(generation: number): Promise<number> {
  const labels = { mailstead: "prod", "mailstead-generation": String(generation) };
  const order = { name: "mx.example.com", server_type: "cx23", image: "debian-13", location: "nbg1", labels };
  const id = (await cloud.hetzner("POST", "/servers", order)).body.num("server", "id");
  const outputs = { ...order, image: "debian-13", serverType: "cx23" };
  remember([
    { urn: "urn:server", type: "hcloud:index/server:Server", id: String(id), outputs },
    { urn: "urn:volume", type: "hcloud:index/volume:Volume", id: "77", outputs: { size: 20 } },
  ]);
  return id;
}

function remember(things: readonly object[], more: object = {}): void {
  const stack = { urn: "urn", type: "pulumi:pulumi:Stack", outputs: { addresses: { ipv4 }, ...more } };
  writeFileSync(at("state.json"), JSON.stringify({ deployment: { resources: [stack, ...things] } }));
}

beforeEach(async () => {
  waited.calls = [];
  cloud = await started();
  project = makeProject();
  const address = {
    ...{ name: "mailstead-prod-ipv4", type: "ipv4", auto_delete: false, location: "nbg1" },
    labels: { mailstead: "prod" },
  };
  ipv4 = String((await cloud.hetzner("POST", "/primary_ips", address)).body.at("primary_ip", "ip"));
  writeStack({});
  mkdirSync(at(".mailstead/prod"), { recursive: true });
  for (const name of ["deploy_key", "known_hosts"]) writeFileSync(at(`.mailstead/prod/${name}`), "");
  writeFileSync(at("preview.json"), '{"steps":[]}');
  project.pulumi(`case "$*" in
    "stack export"*) cat state.json ;;
    "stack output"*) echo '{"addresses":{"ipv4":"${ipv4}"}}' ;;
    "preview --json"*) cat preview.json ;;
    "up "*|"state delete "*) echo "$*, generation $(sed -n 's/.*mailstead:generation: //p' Pulumi.prod.yaml)" >>ran; exit "$(cat code 2>/dev/null || echo 0)" ;;
    *) exit 9 ;; esac`);
  project.program(
    "ssh",
    `case "$*" in
    *"backup.sh run"*) echo "mailstead: a snapshot" >&2; echo backup >>ran; exit "$(cat backup-code 2>/dev/null || echo 0)" ;;
    *) script=$(cat); case $script in
       *backup.json*) echo now=1; echo since=1; echo 'state={"lastSuccess":{"snapshot":"0123456789"}}' ;;
       *) printf '{"state":"open","since":"x","answer":"known 3"}\\nloaded\\nopen\\n' ;; esac ;;
    esac`,
  );
});
afterEach(async () => {
  project.remove();
  await cloud.close();
});

function rebuild(...options: readonly string[]): Promise<Ran> {
  return project.run(["rebuild", "--stack", "prod", "--planned", ...options], {
    HCLOUD_TOKEN: HETZNER_TOKEN,
    HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
  });
}

/** What was run since the last look. */
function ran(): string[] {
  const lines = existsSync(at("ran")) ? readFileSync(at("ran"), "utf8").trim().split("\n") : [];
  rmSync(at("ran"), { force: true });
  return lines;
}

const UP = "up --yes --skip-preview --stack prod, generation";

test("says what goes and what stays, raises the generation in the file alone, and brings it up", async () => {
  const id = await deploy(1);
  const before = file();
  const { code, stdout, stderr } = await rebuild("--yes");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`generation 2 of mx.example.com in place of generation 1 (${String(id)})`);
  expect(stdout).toContain("Kept: addresses, reverse names, DNS records, keys, passwords, and the volume 77");
  expect(stdout).toContain("Mail waits at its senders meanwhile");
  expect(stdout).toContain("generation 2 is well, with the volume 77");
  expect(ran()).toEqual([`${UP} 2`]);
  expect(waited.calls).toEqual([[2, true]]);
  expect(file()).toBe(before.replace("config:\n", "config:\n  mailstead:generation: 2\n"));
  expect(existsSync(at(".mailstead/prod/rebuild.json"))).toBe(false);
});

test("a generation that stands in the file is replaced there", async () => {
  writeStack({ generation: 4 });
  await deploy(4);
  const before = file();
  expect((await rebuild("--yes", "--json")).code).toBe(0);
  expect(file()).toBe(before.replace("mailstead:generation: 4", "mailstead:generation: 5"));
});

test("with backups one is made before, and one that fails stops it", async () => {
  writeStack({ backups: BACKUPS });
  await deploy(1);
  const before = file();
  writeFileSync(at("backup-code"), "1");
  const failed = await rebuild("--yes");
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining("nothing was changed")]);
  expect(failed.stderr).toContain("./mailstead rebuild --planned --no-backup");
  expect([ran(), file()]).toEqual([["backup"], before]);
  rmSync(at("backup-code"));
  const { code, stdout } = await rebuild("--yes", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ generation: 2, volume: "77", snapshot: "0123456789" });
  expect(ran()).toEqual(["backup", `${UP} 2`]);
});

test("an up that breaks off is gone on with, and nothing is raised a second time", async () => {
  writeStack({ backups: BACKUPS });
  const id = await deploy(1);
  writeFileSync(at("code"), "255");
  const broken = await rebuild("--yes");
  expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining("goes on with generation 2")]);
  expect(ran()).toEqual(["backup", `${UP} 2`]);
  // The old server went, and the engine learned of it.
  await cloud.ended((await cloud.hetzner("DELETE", `/servers/${String(id)}`)).body.num("action", "id"));
  remember([{ urn: "urn:volume", type: "hcloud:index/volume:Volume", id: "77", outputs: { size: 20 } }]);
  expect((await rebuild("--yes")).code).toBe(1);
  expect(ran()).toEqual([`${UP} 2`]);
  // The new one is there, and what stands on it is not.
  await deploy(2);
  const dry = await rebuild("--dry-run", "--json");
  expect(JSON.parse(dry.stdout)).toMatchObject({
    isGoingOn: true,
    generation: { from: 1, to: 2 },
    backup: false,
  });
  rmSync(at("code"));
  const { code, stdout } = await rebuild("--yes");
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining("It goes on with what broke off: generation 2"),
  ]);
  expect(ran()).toEqual([`${UP} 2`]);
  // Ended: the next one is another.
  expect((await rebuild("--yes")).code).toBe(0);
  expect(ran()).toEqual(["backup", `${UP} 3`]);
});

test("a server that went while the engine was cut off is taken out of the state first", async () => {
  const id = await deploy(1);
  writeFileSync(at("code"), "255");
  await rebuild("--yes");
  ran();
  rmSync(at("code"));
  await cloud.ended((await cloud.hetzner("DELETE", `/servers/${String(id)}`)).body.num("action", "id"));
  expect((await rebuild("--yes")).code).toBe(0);
  expect(ran()).toEqual([
    expect.stringMatching(/^state delete urn:server --target-dependents --yes /),
    `${UP} 2`,
  ]);
});

test("an edit after the rebuild began stops it, unless it is wanted", async () => {
  await deploy(1);
  writeFileSync(at("code"), "255");
  await rebuild("--yes");
  ran();
  writeFileSync(at("code"), "0");
  writeFileSync(at("Pulumi.prod.yaml"), `${file()}# an edit\n`);
  const { code, stderr } = await rebuild("--yes");
  expect([code, stderr]).toEqual([1, expect.stringContaining("edited after the rebuild began")]);
  expect(ran()).toEqual([]);
  expect((await rebuild("--yes", "--with-edits")).code).toBe(0);
});

test("edits that wait are shown and stop it, unless they are wanted", async () => {
  await deploy(1);
  const step = {
    op: "update",
    urn: "urn:pulumi:prod::p::hcloud:index/firewall:Firewall::firewall",
    diffReasons: ["rules"],
  };
  writeFileSync(at("preview.json"), JSON.stringify({ steps: [step] }));
  const before = file();
  const { code, stdout, stderr } = await rebuild("--yes");
  expect(code).toBe(1);
  expect(stdout).toContain("update Firewall firewall (rules)");
  expect(stderr).toContain("--with-edits");
  expect([ran(), file()]).toEqual([[], before]);
  expect((await rebuild("--yes", "--with-edits")).code).toBe(0);
  expect(ran()).toEqual([`${UP} 2`]);
});

test("a generation that was raised by hand is not raised again; what else waits is not known", async () => {
  writeStack({ generation: 2 });
  await deploy(1);
  expect((await rebuild("--yes")).stderr).toContain("mailstead:generation is 2 in the file already");
  expect(ran()).toEqual([]);
  expect((await rebuild("--yes", "--with-edits")).code).toBe(0);
  expect(ran()).toEqual([`${UP} 2`]);
});

test("a dry run, and a run with nobody to ask, change nothing", async () => {
  await deploy(1);
  const before = file();
  const dry = await rebuild("--dry-run");
  expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining("Replaced: the server")]);
  expect((await rebuild()).stderr).toContain("add --yes, or --dry-run");
  expect((await rebuild("--json")).code).toBe(2);
  expect([ran(), file()]).toEqual([[], before]);
});

test("mail on the disk goes by its last backup, where there are backups and the server knows of it", async () => {
  writeStack({ "data.kind": "disk", "data.sizeGb": undefined, backups: BACKUPS });
  const id = await deploy(1);
  const server = { urn: "urn:server", type: "hcloud:index/server:Server", id: String(id), outputs: {} };
  remember([server]);
  const yet = await rebuild("--yes");
  expect([yet.code, yet.stderr]).toEqual([1, expect.stringContaining("by one `pulumi up` first")]);
  expect(ran()).toEqual([]);
  remember([server], { deployed: deployedText({ leavesBackup: true }) });
  const { code, stdout } = await rebuild("--yes");
  expect(stdout).toContain("a last backup, of what came meanwhile, and the server is deleted");
  expect(stdout).toContain("what came after that is lost");
  expect([code, stdout]).toEqual([0, expect.stringContaining("generation 2 is well, from its backup")]);
  expect(ran()).toEqual(["backup", `${UP} 2`]);
});

test("mail on the disk is refused with the reason, also where only the configuration has a volume", async () => {
  await deploy(1);
  writeStack({ "data.kind": "disk", "data.sizeGb": undefined });
  const disk = await rebuild("--yes");
  expect([disk.code, disk.stderr]).toEqual([2, expect.stringContaining("data.kind: disk")]);
  expect(disk.stderr).toContain("docs/guides/disaster.md#from-the-disk-to-a-volume");
  writeStack({});
  const state = JSON.parse(readFileSync(at("state.json"), "utf8")) as {
    deployment: { resources: { urn: string }[] };
  };
  remember(state.deployment.resources.filter(({ urn }) => urn === "urn:server"));
  const yet = await rebuild("--yes");
  expect([yet.code, yet.stderr]).toEqual([1, expect.stringContaining("move it by one `pulumi up` first")]);
  expect(ran()).toEqual([]);
});

test("a file whose generation cannot be set by itself is left as it is, and nothing is run", async () => {
  writeFileSync(
    at("Pulumi.prod.yaml"),
    JSON.stringify({
      config: Object.fromEntries(
        Object.entries(rawWith({})).map(([key, value]) => [`mailstead:${key}`, value]),
      ),
    }),
  );
  await deploy(1);
  const before = file();
  const { code, stderr } = await rebuild("--yes");
  expect([code, stderr]).toEqual([2, expect.stringContaining("pulumi config set mailstead:generation 2")]);
  expect([ran(), file()]).toEqual([[], before]);
});
