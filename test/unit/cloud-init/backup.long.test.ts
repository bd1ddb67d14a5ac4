/**
 * Proves: the backup scripts with a real restic and a real S3 server: a snapshot has all data with its hashes, everything
 * stands still for a moment only; what is wrong with the storage is told in one line within a bounded time, and leaves
 * nobody frozen and no clone; an older generation and another stack are refused, and so is who finds another machine's lock.
 * Cannot prove: what containers do when they are frozen (a program plays Docker), nor the timers; the sandbox does.
 *
 * Skips without restic, rsync, the sandbox's versitygw (`make sandbox` builds it) and root.
 */
import { spawn, spawnSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import {
  HAS_BACKUPS,
  makeBackupHost,
  startS3,
  type BackupHost,
  type S3Server,
} from "./support/backupHost.ts";

let server: S3Server;
let host: BackupHost;
let places = 0;

beforeAll(async () => {
  if (HAS_BACKUPS) server = await startS3();
});
afterAll(() => {
  if (HAS_BACKUPS) server.stop();
});

/** A host with a repository of its own. */
function newHost(address = server.address): BackupHost {
  const made = makeBackupHost(address);
  places += 1;
  made.setting("REPOSITORY", `s3:http://${address}/mailstead/place${String(places)}`);
  return made;
}

beforeEach(() => {
  if (HAS_BACKUPS) host = newHost();
});

function repository(): string {
  return `s3:http://${server.address}/mailstead/place${String(places)}`;
}

const ENVIRONMENT = {
  ...process.env,
  RESTIC_PASSWORD: "p".repeat(40),
  AWS_ACCESS_KEY_ID: "SANDBOXACCESSKEY0001",
  AWS_SECRET_ACCESS_KEY: "c".repeat(40),
};

function restic(...args: readonly string[]) {
  const ended = spawnSync("restic", ["--repo", repository(), ...args], {
    encoding: "utf8",
    env: ENVIRONMENT,
  });
  return { status: ended.status, said: `${ended.stdout}${ended.stderr}` };
}

/** A snapshot of an earlier day, as a run made it then. Returns restic's exit code. */
function backUpAt(time: string): number | null {
  if (restic("cat", "config").status !== 0) restic("init");
  return restic("backup", "--host", "example.com", "--tag", "stack=dev", "--time", time, host.data).status;
}

/** Hours of the snapshots that there are, the one of the test as `now`. */
function listed(): string[] {
  const hours = [...host.run("backup.sh", ["list"]).said.matchAll(/\d{4}-\d\d-\d\dT\d\d/g)].map(String);
  return hours.map((hour) => (hour < "2021" ? hour : "now"));
}

/** As before a run, whatever it was. */
function expectFree(): void {
  expect(host.frozen()).toEqual([]);
  expect(host.clones()).toEqual([]);
}

/** Fails with one line that has these words. */
function expectFailure(verb: string, words: RegExp): void {
  const { status, said } = host.run("backup.sh", [verb]);
  expect(said).toMatch(words);
  expect(status).toBe(1);
  expect(host.state().lastFailure?.reason).toMatch(words);
  expect(said.match(/FAILED/g)).toHaveLength(1);
  expectFree();
}

describe.skipIf(!HAS_BACKUPS)("a backup", () => {
  test("has all data, hashes that sha256sum agrees with, and a manifest; a second one adds next to nothing", () => {
    host.write("waiting", "queue 4 60 3");
    const first = host.run("backup.sh", ["run"]);
    expect([first.status, first.said]).toEqual([0, expect.stringMatching(/snapshot [0-9a-f]{8}: /)]);
    expect(host.calls()).toEqual(["pause aaa bbb ccc", "unpause aaa bbb ccc"]);
    expectFree();
    const target = temporaryFolder();
    expect(restic("restore", "latest", "--target", target).status).toBe(0);
    expect(spawnSync("diff", ["-r", host.data, join(target, "self-hosting")]).stdout.toString()).toBe("");
    expect(readFileSync(join(target, "letsencrypt/live/example.com/privkey.pem"), "utf8")).toBe("a key\n");
    const sums = spawnSync("sha256sum", ["--check", "--quiet", "hashes.sha256"], { cwd: target });
    expect(sums.status).toBe(0);
    const manifest = JSON.parse(readFileSync(join(target, "manifest.json"), "utf8")) as Record<
      string,
      unknown
    >;
    expect(manifest).toMatchObject({
      ...{ format: 1, domain: "example.com", stack: "dev", generation: 1, release: "v1.0.0" },
      counts: { files: 6, mailboxes: 2, mailboxBytes: 300_001, waiting: 7 },
    });
    host.write("restics", "");
    const second = host.run("backup.sh", ["run", "--json"]);
    expect(second.status).toBe(0);
    // Each start derives the key anew and opens the repository.
    expect(host.read("restics").trim().split("\n")).toEqual(["forget", "backup"]);
    expect(host.state().lastSuccess).toMatchObject({ generation: 1, files: 8 });
    expect(Number(host.state().lastSuccess?.["addedBytes"])).toBeLessThan(20_000);
    expect(second.said).toContain("7 messages wait to leave");
    // The app that does not tell keeps nobody from a backup.
    host.write("waiting", "queue ? connect ECONNREFUSED");
    expect(host.run("backup.sh", ["run"]).said).toContain("an unknown number of messages");
    expect(host.run("backup.sh", ["list"]).said.match(/generation 1/g)?.length).toBeGreaterThan(0);
    expect(host.run("backup.sh", ["check"]).said).toMatch(/is sound[\s\S]*old snapshots are removed/);
  });

  test("of before is removed by the weekly check, once newer ones stand for it; a run removes none", () => {
    for (const day of ["01", "02"])
      for (const hour of ["03", "04"]) expect(backUpAt(`2020-03-${day} ${hour}:00:00`)).toBe(0);
    expect(host.run("backup.sh", ["run"]).status).toBe(0);
    expect(listed()).toEqual(["2020-03-01T03", "2020-03-01T04", "2020-03-02T03", "2020-03-02T04", "now"]);
    host.setting("KEEP_DAILY", "2");
    host.setting("KEEP_WEEKLY", "1");
    host.setting("KEEP_MONTHLY", "1");
    expect(host.run("backup.sh", ["check"]).said).toContain("old snapshots are removed: 2 days");
    expect(listed()).toEqual(["2020-03-02T04", "now"]);
  });

  test("without a Docker that answers there is none, and the contact and the watcher hear of it", () => {
    host.write("docker-is-down", "");
    expectFailure("run", /docker does not answer/);
    expect(host.read("curls")).toMatch(/--mail-rcpt ops@example\.org[\s\S]*smtps:\/\/smtp\.example\.com:465/);
    host.write("curl-fails", "smtps://");
    expect(host.run("backup.sh", ["run"]).said).toContain("straight to its mail host");
    expect(host.read("curls")).toContain("smtp://mx.example.org:25");
  });
});

describe.skipIf(!HAS_BACKUPS)("what is wrong with the storage", () => {
  test("another password, also by the words of an older restic", () => {
    host.run("backup.sh", ["run"]);
    host.setting("RESTIC_PASSWORD", "another");
    expectFailure("run", /the repository has another password/);
    host.program("restic", 'exec /usr/bin/restic "$@"');
    expectFailure("run", /the repository has another password/);
  });

  test("a wrong key", () => {
    host.setting("AWS_SECRET_ACCESS_KEY", "wrong-key");
    expectFailure("run", /does not know this access key|denies access/);
  });

  test("nobody there", () => {
    host.setting("REPOSITORY", "s3:http://127.0.0.1:1/mailstead/x");
    host.write(
      "usr/local/lib/mailstead/backup-repository.sh",
      host
        .read("usr/local/lib/mailstead/backup-repository.sh")
        .replace("probe_seconds=60", "probe_seconds=3"),
    );
    expectFailure("run", /cannot be reached|did not answer in time/);
  });

  test("one that may only be read", async () => {
    const readOnly = await startS3(["--readonly"]);
    try {
      host = newHost(readOnly.address);
      expectFailure("run", /denies access/);
    } finally {
      readOnly.stop();
    }
  });

  test("a pack that was spoilt is found by the check", () => {
    host.run("backup.sh", ["run"]);
    for (const pack of globSync(join(server.bucket, `place${String(places)}/data/*/*`))) {
      const bytes = readFileSync(pack);
      bytes.fill(0, 0, 64);
      writeFileSync(pack, bytes);
    }
    host.write(
      "usr/local/lib/mailstead/backup-repository.sh",
      host.read("usr/local/lib/mailstead/backup-repository.sh").replace("check_parts=20", "check_parts=1"),
    );
    expectFailure("check", /the repository is damaged/);
  });
});

describe.skipIf(!HAS_BACKUPS)("who else writes there", () => {
  test("a newer generation stops an older one", () => {
    host.setting("GENERATION", "2");
    expect(host.run("backup.sh", ["run"]).status).toBe(0);
    host.setting("GENERATION", "1");
    expectFailure("run", /generation 2 of this server has written/);
  });

  test("another machine that is at it is waited for until the next run", async () => {
    expect(host.run("backup.sh", ["run"]).status).toBe(0);
    // It reads what it backs up from a pipe that does not end.
    const other = spawn(
      "unshare",
      ["--uts", "sh", "-c", "echo other >/proc/sys/kernel/hostname; exec restic backup --stdin"],
      { env: { ...ENVIRONMENT, RESTIC_REPOSITORY: repository() }, stdio: ["pipe", "ignore", "ignore"] },
    );
    const ended = new Promise((done) => other.once("close", done));
    await vi.waitFor(
      () => {
        expect(globSync(join(server.bucket, `place${String(places)}/locks/*`))).toHaveLength(1);
      },
      { timeout: 60_000, interval: 100 },
    );
    expectFailure("run", /other uses the repository/);
    other.stdin.end();
    await ended;
    expect(host.run("backup.sh", ["run"]).status).toBe(0);
  });

  test("another stack is refused", () => {
    expect(host.run("backup.sh", ["run"]).status).toBe(0);
    host.setting("STACK", "other");
    expectFailure("run", /snapshots of the stack dev/);
  });
});
