/**
 * Proves: on a volume (XFS on a loop device) a snapshot is cloned without reading; a backup that is killed at ten points,
 * without being asked, and one that is killed while all stands still, leave nobody frozen and no clone; the next one is
 * fine, and the repository whole. What a killed restore of a mailbox worked with goes when the last that it began has ended.
 * Cannot prove: a power cut, after which Docker starts containers anew; it plays no Docker's part (backupHost.ts).
 *
 * Skips without restic, rsync, xfsprogs, the sandbox's versitygw (`make sandbox` builds it) and root.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import {
  HAS_BACKUPS,
  HAS_XFS,
  makeBackupHost,
  startS3,
  type BackupHost,
  type S3Server,
} from "./support/backupHost.ts";

let server: S3Server;
let host: BackupHost;
let place = 0;
let mounted: string | undefined;

beforeAll(async () => {
  if (HAS_BACKUPS) server = await startS3();
});
afterAll(() => {
  if (HAS_BACKUPS) server.stop();
});
afterEach(() => {
  if (mounted !== undefined) spawnSync("umount", [mounted]);
  mounted = undefined;
});

function newHost(): void {
  host = makeBackupHost(server.address);
  place += 1;
  host.setting("REPOSITORY", `s3:http://${server.address}/mailstead/killed${String(place)}`);
}

/** The host's data on a volume of its own. */
function moveToVolume(): void {
  mounted = join(host.root, "mnt/mailstead");
  mkdirSync(mounted, { recursive: true });
  const script = `
set -e
truncate -s 400M "$1/volume"; mkfs.xfs -q "$1/volume"; mount -o loop "$1/volume" "$2"
mkdir "$2/letsencrypt"; cp -a "$3" "$2/self-hosting"; cp -a "$4/." "$2/letsencrypt"`;
  const ended = spawnSync(
    "bash",
    ["-c", script, "volume", temporaryFolder(), mounted, host.data, join(host.root, "etc/letsencrypt")],
    { encoding: "utf8" },
  );
  expect(ended.stderr).toBe("");
}

/** Ends the script alone, without asking it, and waits for all to be as before it. */
async function killAfter(milliseconds: number): Promise<void> {
  const child = host.start("run");
  const ended = new Promise((done) => child.once("close", done));
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  await ended;
  clearTimeout(timer);
  await expectFree();
}

async function expectFree(): Promise<void> {
  await vi.waitFor(
    () => {
      expect({ frozen: host.frozen(), clones: host.clones() }).toEqual({ frozen: [], clones: [] });
    },
    { timeout: 60_000, interval: 100 },
  );
}

/** Kills at ten points from begin to end, then backs up and checks. */
async function killAtTenPoints(): Promise<void> {
  const began = performance.now();
  expect(host.run("backup.sh", ["run"]).status).toBe(0);
  const whole = performance.now() - began;
  for (let point = 0; point < 10; point++) await killAfter((whole * (point + Math.random())) / 10);
  const { status, said } = host.run("backup.sh", ["run"]);
  expect([status, said]).toEqual([0, expect.stringMatching(/snapshot [0-9a-f]{8}: /)]);
  const checked = host.run("backup.sh", ["check"]);
  expect([checked.status, checked.said]).toEqual([0, expect.stringContaining("old snapshots are removed")]);
  expect(checked.said).toContain("the repository is sound");
}

describe.skipIf(!HAS_BACKUPS)("killed on a disk", () => {
  test("while all stands still", async () => {
    newHost();
    host.run("backup.sh", ["run"]);
    // The second copy, in which nothing moves, does not end.
    host.program(
      "rsync",
      '[ -z "$(ls "$root/docker/paused")" ] || { touch "$root/copying"; sleep 60; }; exec /usr/bin/rsync "$@"',
    );
    const child = host.start("run");
    const ended = new Promise((done) => child.once("close", done));
    await vi.waitFor(
      () => {
        expect(existsSync(join(host.root, "copying"))).toBe(true);
      },
      {
        ...{ timeout: 60_000, interval: 50 },
      },
    );
    expect(host.frozen()).toEqual(["aaa", "bbb", "ccc"]);
    child.kill("SIGKILL");
    await ended;
    await expectFree();
  });
});

/** As a restore of one mailbox that is killed, with a program of it that holds its lock, and writes, for a second more. */
const KILLED_RESTORE = `
scratch=$1/var/lib/mailstead/clones/mailbox
mkdir -p "$scratch"
exec 8>"$1/run/mailstead-mailbox.lock"
flock 8
(for part in $(seq 10); do mkdir -p "$scratch/$part"; sleep 0.1; done; touch "$1/written") &
kill -9 $$`;

test.skipIf(!HAS_BACKUPS)("a killed restore of a mailbox leaves no copy of it", async () => {
  newHost();
  const killed = spawn("bash", ["-c", KILLED_RESTORE, "restore", host.root], { stdio: "ignore" });
  const guard = host.start("guard", String(killed.pid));
  const [code] = (await once(guard, "close")) as [number];
  expect({ code, clones: host.clones() }).toEqual({ code: 0, clones: [] });
  expect(existsSync(join(host.root, "written"))).toBe(true);
});

describe.skipIf(!HAS_XFS)("on a volume", () => {
  test("the clone is made without reading, and a kill at ten points leaves nothing", async () => {
    newHost();
    moveToVolume();
    // A copy that reads would be asked of rsync.
    host.program("rsync", 'echo "rsync" >>"$root/calls"; exit 1');
    await killAtTenPoints();
    expect(host.calls()).not.toContain("rsync");
    expect(host.state().lastSuccess).toMatchObject({ files: 8 });
  });
});
