/**
 * Proves: how far a drill is and why it failed, as the engine's events tell; which locks of the engine hold nothing any more;
 * which record is the last, and what `status` says of it; what `preflight` says of a drill that was killed; that no other
 * stack may have the name of a drill's.
 * Cannot prove: that the engine tells it so; the sandbox's life does.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Milestones } from "../../../../cli/drill/milestones.ts";
import { judgeLastDrill, keepRecord, lastDrill } from "../../../../cli/drill/records.ts";
import type { EngineEvent } from "../../../../cli/drill/runEngine.ts";
import { isLeftLock, lookForDrill } from "../../../../cli/drill/takeAway.ts";
import { checkStackLabel, checkStackName } from "../../../../stack/config/lengthChecks.ts";
import type { DrillRecord } from "../../../../verify/model/drill.ts";
import type { CloudAccount, CloudThings } from "../../../../verify/vendors/cloud.ts";
import { makeProject, type Project } from "../project.ts";

let project: Project;

beforeEach(() => {
  project = makeProject();
  vi.spyOn(process, "cwd").mockReturnValue(project.folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  project.remove();
});

function made(type: string, name: string): EngineEvent {
  return {
    resOutputsEvent: { metadata: { urn: `urn:pulumi:a-drill::mailstead::x$${type}::${name}`, type } },
  };
}

function failed(message: string): EngineEvent {
  return { diagnosticEvent: { message, severity: "error" } };
}

test("parts end in their order, the containers' with the last of them", () => {
  const reached: string[] = [];
  const milestones = new Milestones(Date.now(), 2, (part) => reached.push(part));
  for (const event of [
    made("random:index/randomPassword:RandomPassword", "ready"),
    made("hcloud:index/server:Server", "server"),
    made("command:remote:Command", "ready"),
    made("command:remote:Command", "step-data"),
    made("command:remote:Command", "step-restored"),
    made("docker:index/container:Container", "mongo"),
  ])
    milestones.hear(event);
  expect(reached).toEqual(["server", "packages", "restore"]);
  milestones.hear(made("docker:index/container:Container", "web"));
  milestones.end("login");
  expect(reached).toEqual(["server", "packages", "restore", "containers", "login"]);
  expect(Object.keys(milestones.parts)).toEqual(reached);
});

test.each([
  [
    "the host's own word",
    [
      'error: exit status 1: running "timeout … data.sh mount":\nmailstead: the data volume was empty, and is formatted\n<{%reset%}>mailstead: the backup was not restored: the snapshot is damaged<{%reset%}>\n',
      "update failed",
    ],
    "the backup was not restored: the snapshot is damaged",
  ],
  [
    "no line of a script that is printed whole",
    [
      `error: running "bash -s":\nsay() { printf 'mailstead: %s' "$1"; }\nfail() { printf 'mailstead: the backup was not restored'; }\nmailstead: no room`,
    ],
    "no room",
  ],
  ["else the engine's", ["update failed", "server type is\n sold out"], "server type is sold out"],
])("the reason is %s", (_name, messages, reason) => {
  const milestones = new Milestones(Date.now(), 1, () => undefined);
  expect(milestones.reason).toBeUndefined();
  for (const message of messages) milestones.hear(failed(message));
  expect(milestones.reason).toBe(reason);
});

test("a lock of this machine's process that is gone holds nothing; any other does", () => {
  const lock = (by: string): string =>
    `error: the stack is currently locked by 1 lock(s). Either wait …\n  file:///x.json: created by me@${by} at 2026`;
  expect(isLeftLock(lock("here (pid 4194303)"), "here")).toBe(true);
  expect(isLeftLock(lock(`here (pid ${String(process.pid)})`), "here")).toBe(false);
  expect(isLeftLock(lock("there (pid 4194303)"), "here")).toBe(false);
  expect(isLeftLock("error: something else (pid 4194303)", "here")).toBe(false);
});

const RECORD: DrillRecord = {
  ...({
    format: 1,
    stack: "prod",
    domain: "example.com",
    began: "2026-03-04T05:06:07.123Z",
    green: true,
  } as const),
  ...{ findings: [], parts: {}, left: [], rpoSeconds: 3600, rtoSeconds: 90 },
};

test("the newest record that can be read is the last", () => {
  expect(lastDrill("prod")).toBeUndefined();
  const path = keepRecord(RECORD);
  expect(path).toBe(join(project.folder, ".mailstead/prod/drills/2026-03-04T05-06-07Z.json"));
  keepRecord({ ...RECORD, began: "2026-02-01T00:00:00.000Z" });
  writeFileSync(join(project.folder, ".mailstead/prod/drills/2027-01-01T00-00-00Z.json"), "{");
  expect(lastDrill("prod")).toEqual(RECORD);
});

test.each<[string, Partial<DrillRecord> | undefined, number, string, RegExp]>([
  ["none yet", undefined, 0, "ok", /none was made here yet/],
  ["green", {}, 3, "ok", /3 d 0 h ago \(2026-03-04\): all came back, RPO 1 h 0 min, RTO 1 min 30 s/],
  ["green and old", {}, 36, "warn", /the last one was 36 d/],
  ["of a month", {}, 34, "ok", /34 d/],
  [
    "red",
    { green: false, findings: [{ subject: "login", state: "bad", seen: "no" }] },
    1,
    "bad",
    /Not all came back: login: no/,
  ],
  ["with things left", { left: ["server x (1)"] }, 1, "warn", /1 thing of it left/],
])("status says of one that was %s", (_name, changes, days, state, seen) => {
  const now = new Date(Date.parse(RECORD.began) + days * 86_400_000);
  const finding = judgeLastDrill(changes === undefined ? undefined : { ...RECORD, ...changes }, now);
  expect(finding).toMatchObject({
    subject: "recovery drill",
    state,
    seen: expect.stringMatching(seen) as string,
  });
});

const NOTHING: CloudThings = { server: [], address: [], firewall: [], key: [], volume: [] };
const SERVER = { server: [{ id: "7", name: "drill.example.com" }] };

function account(things: Partial<CloudThings>): CloudAccount {
  return { things: () => Promise.resolve({ ...NOTHING, ...things }) } as unknown as CloudAccount;
}

const AT = { provider: "hetzner" } as Parameters<typeof lookForDrill>[2];

test("what a killed drill left is named with its next step; one that is under way is none", async () => {
  expect(await lookForDrill("prod", account({}), AT)).toEqual([]);
  const [left] = await lookForDrill("prod", account(SERVER), AT);
  expect(left).toMatchObject({
    state: "warn",
    seen: expect.stringContaining("drill.example.com (7)") as string,
  });
  expect(left?.fix).toContain("mailstead drill --clean");
  mkdirSync(join(project.folder, ".mailstead/prod/drill"), { recursive: true });
  writeFileSync(join(project.folder, ".mailstead/prod/drill/process"), `${String(process.pid)}\n`);
  expect(await lookForDrill("prod", account(SERVER), AT)).toMatchObject([{ state: "ok" }]);
});

test("a stack that is no drill may not have a drill's name", () => {
  expect(checkStackName("prod")).toEqual([]);
  expect(checkStackLabel("prod-drill")).toEqual([]);
  expect(checkStackName("prod-drill")).toMatchObject([
    { severity: "error", fix: expect.stringContaining("rename") as string },
  ]);
});
