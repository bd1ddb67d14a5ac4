/**
 * Proves: with a real restic and a real S3 server that is full, late, silent or of another opinion about the time, a backup fails
 * in one line with the next step and within its time, or is made all the same; containers stand still no longer than ever, nobody
 * stays frozen, no clone is left, and the repository takes the next one.
 * Cannot prove: how a vendor words these answers. The answer about the time is made by the test, as Amazon documents it.
 *
 * Skips without restic, rsync, the sandbox's versitygw (`make sandbox` builds it) and root.
 */
import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import {
  HAS_BACKUPS,
  makeBackupHost,
  startS3,
  type BackupHost,
  type S3Server,
} from "./support/backupHost.ts";
import { startGate, type Gate, type GateOptions } from "./support/s3Gate.ts";

let server: S3Server;
let gate: Gate | undefined;

afterEach(async () => {
  await gate?.stop();
  gate = undefined;
  if (HAS_BACKUPS) server.stop();
});

async function hostBehind(options: Omit<GateOptions, "address">): Promise<BackupHost> {
  server = await startS3();
  gate = await startGate({ address: server.address, ...options });
  return makeBackupHost(gate.address);
}

/** What does not answer is waited for so long. */
function wait(host: BackupHost, seconds: number): void {
  const part = "usr/local/lib/mailstead/backup-repository.sh";
  host.write(part, host.read(part).replace("probe_seconds=60", `probe_seconds=${String(seconds)}`));
}

function expectFailure(host: BackupHost, words: RegExp): void {
  const { status, said } = host.run("backup.sh", ["run"]);
  expect(said).toMatch(words);
  expect(status).toBe(1);
  expect(host.state().lastFailure?.reason).toMatch(words);
  expect(host.frozen()).toEqual([]);
  expect(host.clones()).toEqual([]);
}

describe.skipIf(!HAS_BACKUPS)("a bucket", () => {
  test("that is full is given up after a few refusals, and takes the next backup once there is room", async () => {
    server = await startS3([], 3);
    const host = makeBackupHost(server.address);
    const mail = "root/forwardemail.net/self-hosting/sqlite-data/large.sqlite";
    host.write(mail, randomBytes(6_000_000).toString("base64"));
    const began = Date.now();
    expectFailure(host, /there is no room left in the bucket mailstead/);
    expect(Date.now() - began).toBeLessThan(60_000);
    // The other cure, raising the limit, is the vendor's.
    host.write(mail, "small");
    const { status, said } = host.run("backup.sh", ["run"]);
    expect([status, said]).toEqual([0, expect.stringMatching(/snapshot [0-9a-f]{8}: /)]);
  });

  test("that is slow gets its backup, and everybody stands still as short as ever", async () => {
    const host = await hostBehind({ delay: 400 });
    expect(host.run("backup.sh", ["run"]).status).toBe(0);
    const { seconds, frozenMilliseconds } = host.state().lastSuccess ?? {};
    expect(Number(seconds)).toBeGreaterThan(4);
    expect(Number(frozenMilliseconds)).toBeLessThan(2000);
  });

  test("that does not answer is given up before anything is frozen", async () => {
    const host = await hostBehind({ silent: true });
    wait(host, 3);
    expectFailure(host, /did not answer in time/);
    expect(host.calls()).toEqual([]);
  });

  test.each([86_400, -86_400])(
    "whose clock is %i s before this one's names the clock",
    async (clockAhead) => {
      const host = await hostBehind({ clockAhead });
      expectFailure(host, /the clock of this host is off .*timedatectl/);
      expect(host.calls()).toEqual([]);
    },
  );
});
