/**
 * Proves: what `mailstead drill` does by the engine and the vendor, and how it ends: a dry run makes nothing; without backups, without
 * a mailbox that it can open, or beside somebody's stack of its name it stops before it makes anything; where the rebuilding fails it is red with
 * the host's reason, what the engine forgot at the vendor is deleted, and a record is kept; what cannot be taken away is an exit
 * code of its own; asked to end, it takes all away and keeps no record. No secret is in an argument or in what is kept.
 * Cannot prove: that a server comes up, or that a login reads mail; `pulumi` is played by a script, and the sandbox's life has
 * the real one.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DrillRecord } from "../../../../verify/model/drill.ts";
import { CLOUDFLARE_TOKEN, HETZNER_TOKEN, started, type Started } from "../../sandbox/cloud/startedCloud.ts";
import { rawWith } from "../../stack/support/validRaw.ts";
import { makeProject, type Project, type Ran } from "../project.ts";

const BACKUPS = {
  ...{ endpoint: "s3.example.net", bucket: "mail" },
  ...{ accessKeyId: "AN0ACCESS0KEY", secretAccessKey: "a-secret-of-the-bucket" },
};
const PASSWORD = "the-password-of-alice";

/** `up` fails as a host's fault is told, or waits to be ended; all else goes well. */
const ENGINE = `
echo "$*" >> engine.log
for word; do case "$word" in --event-log) next=log ;; *) [ "$next" = log ] && log=$word; next= ;; esac; done
case "$*" in
"stack export --stack prod-drill"*) if [ -e drill.json ]; then cat drill.json; else echo "error: no stack named 'prod-drill' found" >&2; exit 6; fi ;;
"stack export"*) echo '{"deployment":{"resources":[]}}' ;;
"stack output"*) cat outputs.json ;;
*"stack init"*) echo 'encryptionsalt: x' > "$2/Pulumi.prod-drill.yaml"
  echo '{"deployment":{"resources":[{"urn":"a::live","type":"pulumi:pulumi:StackReference","id":"organization/mailstead/prod"}]}}' > drill.json ;;
"stack rm"*) rm drill.json ;;
destroy*) [ ! -e meanwhile ] || sh meanwhile ;;
up*) [ ! -e wait ] || { trap 'exit 1' INT; touch up.begun; while :; do sleep 0.1; done; }
  printf '%s\\n' '{"resOutputsEvent":{"metadata":{"urn":"a::server","type":"hcloud:index/server:Server"}}}' >> "$log"
  printf '%s\\n' '{"diagnosticEvent":{"severity":"error","message":"error: exit status 1\\nmailstead: the snapshot is damaged: pack 1"}}' >> "$log"
  exit 255 ;;
esac`;

let cloud: Started;
let project: Project;

beforeEach(async () => {
  cloud = await started();
  project = makeProject();
  project.stack("prod", rawWith({ backups: BACKUPS }));
  writeFileSync(
    join(project.folder, "outputs.json"),
    JSON.stringify({ mailboxes: [{ address: "alice@example.com", password: PASSWORD }] }),
  );
  project.pulumi(ENGINE);
});
afterEach(async () => {
  project.remove();
  await cloud.close();
});

function environment(): Record<string, string> {
  return {
    ...{ HCLOUD_TOKEN: HETZNER_TOKEN, CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN },
    HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
  };
}

function drill(...args: string[]): Promise<Ran> {
  return project.run(["drill", "--stack", "prod", ...args], environment());
}

/** What the engine was asked for that changes anything. */
function changes(): string[] {
  const log = join(project.folder, "engine.log");
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  return lines.flatMap((line) => /\b(stack init|stack rm|up|destroy|cancel)\b/.exec(line)?.[1] ?? []);
}

function records(): string[] {
  const folder = join(project.folder, ".mailstead/prod/drills");
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** An address with the drill's label that the engine does not know of. */
async function orderAddress(stack: string): Promise<void> {
  const order = { name: "mailstead-prod-drill-ipv4", type: "ipv4", auto_delete: false, location: "nbg1" };
  const answer = await cloud.hetzner("POST", "/primary_ips", { ...order, labels: { mailstead: stack } });
  expect(answer.status).toBe(201);
}

async function addresses(): Promise<unknown> {
  return (await cloud.hetzner("GET", "/primary_ips")).body.at("primary_ips");
}

test("a dry run says what it would make, and makes nothing", async () => {
  const ran = await drill("--dry-run");
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
  expect(ran.stdout).toContain("server drill.example.com");
  expect(ran.stdout).toContain("s3:https://s3.example.net/mail/example.com");
  expect(ran.stdout).toContain("read mail of alice@example.com");
  const asJson = JSON.parse((await drill("--dry-run", "--json")).stdout) as Record<string, unknown>;
  expect(asJson).toMatchObject({ stack: "prod-drill", snapshot: "newest", mailboxes: ["alice@example.com"] });
  expect([changes(), records()]).toEqual([[], []]);
});

test("without backups there is nothing to bring back", async () => {
  project.stack("prod", rawWith({}));
  const ran = await drill();
  expect([ran.code, changes()]).toEqual([2, []]);
  expect(ran.stderr).toContain("docs/guides/backups.md");
});

test("without a mailbox that it can open it asks for one, before anything is made", async () => {
  writeFileSync(join(project.folder, "outputs.json"), "{}");
  const ran = await drill();
  expect([ran.code, changes()]).toEqual([2, []]);
  expect(ran.stderr).toContain("--mailbox you --password-file FILE");
});

test("red: the host's reason, what the engine forgot is deleted, all is gone, and it is kept", async () => {
  await orderAddress("prod-drill");
  const page = join(project.folder, "drill.html");
  const ran = await drill("--html", page);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("✗ rebuilding: the snapshot is damaged: pack 1");
  expect(ran.stderr).toContain("the server is there");
  // What an earlier one had left went first.
  expect(ran.stderr).toContain("an earlier drill was ended before");
  expect(changes()).toEqual(["stack init", "up", "destroy", "stack rm"]);
  expect(await addresses()).toEqual([]);
  expect(existsSync(join(project.folder, ".mailstead/prod/drill"))).toBe(false);
  const [name = ""] = records();
  const text = readFileSync(join(project.folder, ".mailstead/prod/drills", name), "utf8");
  expect(JSON.parse(text)).toMatchObject({ green: false, left: [], stack: "prod" });
  expect(readFileSync(page, "utf8")).toContain("Not all came back");
  const kept = text + readFileSync(page, "utf8") + readFileSync(join(project.folder, "engine.log"), "utf8");
  for (const secret of [PASSWORD, HETZNER_TOKEN, BACKUPS.secretAccessKey]) expect(kept).not.toContain(secret);
});

test("as JSON, with the one before", async () => {
  await drill();
  const ran = await drill("--json");
  const record = JSON.parse(ran.stdout) as DrillRecord & { before: DrillRecord };
  expect([ran.code, record.green, record.before.green]).toEqual([1, false, false]);
  expect(record.parts).toHaveProperty("server");
});

test("somebody's server with the drill's label is left alone, and nothing is made", async () => {
  const order = { name: "mx.example.com", server_type: "cx23", image: "debian-13", location: "nbg1" };
  const { status } = await cloud.hetzner("POST", "/servers", {
    ...order,
    labels: { mailstead: "prod-drill" },
  });
  expect(status).toBe(201);
  for (const args of [[], ["--clean"]]) {
    const ran = await drill(...args);
    expect(ran.stderr).toContain("mx.example.com");
    expect(ran.code).toBe(2);
  }
  expect(changes()).toEqual([]);
  expect((await cloud.hetzner("GET", "/servers")).body.at("servers", 0, "name")).toBe("mx.example.com");
});

test("a stack of that name that is no drill is left alone", async () => {
  const resources = [{ urn: "a::b", type: "hcloud:index/server:Server", id: "1" }];
  writeFileSync(join(project.folder, "drill.json"), JSON.stringify({ deployment: { resources } }));
  const ran = await drill();
  expect([ran.code, changes()]).toEqual([2, []]);
  expect(ran.stderr).toContain("is no drill of prod");
});

test("what cannot be told to be gone is an exit code of its own, and named", async () => {
  // While the engine destroys, the vendor ceases to answer.
  const fault = JSON.stringify({ vendor: "hetzner", method: "GET", kind: "status", status: 503, times: 100 });
  const url = `${cloud.cloud.hetznerUrl}/_sandbox/faults`;
  writeFileSync(join(project.folder, "meanwhile"), `curl -sS --json '${fault}' ${url}`);
  const ran = await drill();
  expect(ran.stdout).toContain("still at the vendor, and billed");
  expect(ran.stdout).toContain("drill --clean");
  expect(ran.code).toBe(3);
});

test("asked to end, it takes away what it made, and keeps no record", async () => {
  writeFileSync(join(project.folder, "wait"), "");
  const line = `mailstead drill --stack prod & until [ -e up.begun ]; do sleep 0.05; done; kill -INT "$(cat .mailstead/prod/drill/process)"; wait $!; echo "ended $?"`;
  const shown = await project.onTerminal(line, environment());
  expect(shown).toContain("ended 130");
  expect(shown).toContain("all that was made is gone");
  expect(changes()).toEqual(["stack init", "up", "destroy", "stack rm"]);
  expect(records()).toEqual([]);
});
