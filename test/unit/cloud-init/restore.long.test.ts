/**
 * Proves: with a real restic, S3 server and XFS volume, a new volume is filled from the newest snapshot before anything starts,
 * every file as it was, also after a kill and a power cut at ten points; it starts empty only where no backup was ever made or the
 * configuration says so; the queue that came back is marked to be held, and port 25 closed to what leaves, before anything runs, and
 * at each boot after; what cannot or must not be restored is one clear error with the next step: storage that cannot be
 * read, a damaged snapshot, other keys, another release, too little room.
 * Cannot prove: that the mail server reads what came back; the sandbox's lives do.
 *
 * Skips without restic, the sandbox's versitygw (`make sandbox` builds it), XFS tools and root.
 */
import { createHash } from "node:crypto";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BACKUP_PARTS, backupTexts, HAS_XFS, startS3, type S3Server } from "./support/backupHost.ts";
import { hasVolumes, makeDataHost, type DataHost } from "./support/dataHost.ts";

const HAS_ALL = HAS_XFS && hasVolumes;
const SCRIPTS = [...BACKUP_PARTS, "restore.sh", "restore-records.py"];
const HOME = "root/forwardemail.net/self-hosting";
const LIST = `(cd ${HOME} && find . -type f -printf '%P %m %U %s ' -exec sha256sum {} \\; | sed 's, /.*,,' | sort)`;
const HELPER_KEY = "k".repeat(32);

let server: S3Server;
let host: DataHost;
/** The data as the snapshot has them. */
let saved: string;

function setting(name: string, value: string): void {
  const path = "etc/mailstead/backup.conf";
  host.write(path, host.read(path).replace(new RegExp(`^${name}=.*$`, "m"), `${name}='${value}'`));
}

const SETTINGS = ["etc/mailstead/backup.conf", "etc/mailstead/backup.env"];
let settings: readonly string[];

/** Data on a first volume, and a snapshot of them. */
function prepare(): void {
  host = makeDataHost(SCRIPTS);
  const { conf, env } = backupTexts(server.address, 1);
  host.write("etc/mailstead/backup.conf", conf);
  host.write("etc/mailstead/backup.env", env);
  setting("REPOSITORY", `s3:http://${server.address}/mailstead/restore`);
  setting("KEY_DIGEST", createHash("sha256").update(HELPER_KEY).digest("hex"));
  // Nothing is there yet: it starts empty.
  expect(host.data(["mount"])).toMatchObject({ status: 0 });
  host.shell(`mkdir -p ${HOME}/sqlite-data ${HOME}/ssl etc/letsencrypt/accounts`);
  host.shell(`openssl genrsa -out ${HOME}/ssl/dkim.key 2048 2>/dev/null`);
  host.shell(`printf 'HELPER_ENCRYPTION_KEY="${HELPER_KEY}"\\n' >${HOME}/.env; chmod 0600 ${HOME}/.env`);
  host.shell(`for n in $(seq 30); do head -c 200000 /dev/urandom >${HOME}/sqlite-data/box-$n.sqlite; done`);
  host.shell(`chown 999 ${HOME}/sqlite-data/box-7.sqlite; echo account >etc/letsencrypt/accounts/a`);
  const der = `openssl pkey -in ${HOME}/ssl/dkim.key -pubout -outform DER | base64 -w0`;
  setting("DKIM_PUBLIC_KEY", host.shell(der).said);
  saved = host.shell(LIST).said;
  const { status, said } = host.shell("usr/local/lib/mailstead/backup.sh run");
  expect(said).toContain("snapshot ");
  expect(status).toBe(0);
  settings = SETTINGS.map((path) => host.read(path));
}

beforeAll(async () => {
  if (!HAS_ALL) return;
  server = await startS3();
  prepare();
});
afterAll(() => {
  if (!HAS_ALL) return;
  host.end();
  server.stop();
});
beforeEach(() => {
  if (!HAS_ALL) return;
  host.blank();
  for (const [at, path] of SETTINGS.entries()) host.write(path, settings[at] ?? "");
});

function refused(says: string | RegExp): void {
  const { status, said } = host.data(["mount"]);
  expect(said).toMatch(says);
  expect(said).toContain("nothing was started");
  expect(status).not.toBe(0);
  expect(host.shell(`mountpoint ${HOME}`).status).not.toBe(0);
}

const MARK = "mnt/mailstead/queue-hold/pending";

/** A mark, of this moment or after the snapshot's, and a closed port; nothing without `isMarked`. */
function expectHold(isMarked: boolean): void {
  const mark = host.shell(`cat ${MARK}`).said;
  expect(host.calls().filter((line) => line.startsWith("nft"))).toEqual(isMarked ? ["nft closes 1"] : []);
  if (!isMarked) return;
  const [, before = "", snapshot = ""] = /^before=(\S+Z)\nsnapshot=([0-9a-f]{64})\n$/.exec(mark) ?? [mark];
  expect(Math.abs(Date.parse(before) - Date.now())).toBeLessThan(120_000);
  expect(snapshot).toMatch(/^[0-9a-f]{64}$/);
}

function restored(): void {
  host.calls();
  const { status, said } = host.data(["boot"]);
  expect(said).toContain("every file is as it was");
  expect(status).toBe(0);
  expect(host.shell(LIST).said).toBe(saved);
  expect(host.shell("cat etc/letsencrypt/accounts/a").said).toBe("account\n");
  expect(host.shell("ls mnt/mailstead").said).not.toContain("incoming");
  expectHold(true);
}

describe.skipIf(!HAS_ALL)("a blank volume", () => {
  test("is filled from the newest snapshot, and not again", () => {
    restored();
    host.cutPower();
    expect(host.data(["boot"]).said).not.toContain("every file");
    expectHold(true);
    host.shell(`rm ${MARK}`);
    host.shell(`echo new >${HOME}/new`);
    expect(host.data(["mount"]).said).not.toContain("every file");
    expect(host.shell(`cat ${HOME}/new`).said).toBe("new\n");
    expectHold(false);
  });

  test("is filled after a kill and a power cut at ten points", () => {
    for (let point = 1; point <= 10; point += 1) {
      host.data(["boot"], point * 150);
      host.cutPower();
    }
    host.calls();
    const { status, said } = host.data(["boot"]);
    expect([status, said]).toEqual([0, expect.any(String)]);
    expectHold(true);
    expect(host.shell(LIST).said).toBe(saved);
  });

  test("begins anew where the configuration says so, and takes the snapshot that it names", () => {
    setting("RESTORE", "none");
    host.calls();
    expect(host.data(["mount"]).status).toBe(0);
    expectHold(false);
    expect(host.shell(LIST).said).toBe("");
    host.blank();
    setting("RESTORE", "0123456789");
    refused("there is no snapshot 0123456789 of this domain");
    setting("RESTORE", "newest");
    restored();
  });
});

describe.skipIf(!HAS_ALL)("nothing starts, with the reason and the next step", () => {
  test.each([
    [
      "another password",
      () => {
        setSecret("RESTIC_PASSWORD", "another");
      },
      "another password",
    ],
    [
      "an unknown access key",
      () => {
        setSecret("AWS_SECRET_ACCESS_KEY", "d".repeat(40));
      },
      "access",
    ],
    [
      "other keys",
      () => {
        setting("KEY_DIGEST", "0".repeat(64));
      },
      "HELPER_ENCRYPTION_KEY is not this stack's",
    ],
    [
      "another DKIM key",
      () => {
        setting("DKIM_PUBLIC_KEY", "AAAA");
      },
      "DKIM key is not this stack's",
    ],
    [
      "no storage",
      () => {
        setting("REPOSITORY", "s3:http://127.0.0.1:9/mailstead/x");
      },
      "cannot be reached",
    ],
  ])("%s", (_what, change, says) => {
    change();
    refused(says);
  });

  test("another release, until it may", () => {
    setting("RELEASE", "v9.9.9");
    refused("set mailstead:mail.release to that of the snapshot");
    setting("RESTORE_OTHER_RELEASE", "true");
    restored();
  });

  test.each([
    ["at the begin of a piece", 0, 16],
    ["in the middle of a piece", 2000, 3000],
  ])("a damaged pack, %s", (_where, from, to) => {
    const [largest = ""] = globSync(join(server.bucket, `restore/data/*/*`)).toSorted(
      (a, b) => readFileSync(b).length - readFileSync(a).length,
    );
    const whole = readFileSync(largest);
    writeFileSync(largest, Buffer.from(whole).fill(0, from, to));
    try {
      refused("the repository is damaged");
    } finally {
      writeFileSync(largest, whole);
    }
    expect(host.shell(`ls ${HOME}`).said).not.toContain(".env");
  });

  test("a repository that has lost its config, as by a rule that deletes what is old", () => {
    const config = join(server.bucket, "restore/config");
    const whole = readFileSync(config);
    rmSync(config);
    try {
      refused("the repository is damaged");
      // The storage answers restic, and not whether there are snapshots.
      host.program("curl", "exit 28");
      host.blank();
      refused("does not tell whether there is a backup");
    } finally {
      host.shell("rm -f bin/curl");
      writeFileSync(config, whole);
    }
  });

  test("a repository whose snapshots were lost while one was restored", () => {
    expect(host.data(["boot"]).status).toBe(0);
    host.cutPower();
    const asCutOff = "sed -i s/state=.*/state=restoring/ v/mailstead-data";
    expect(host.shell(`mkdir -p v && mount ${host.device()} v && ${asCutOff} && umount v`).status).toBe(0);
    for (const file of globSync(join(server.bucket, `restore/snapshots/*`))) rmSync(file);
    const { status, said } = host.data(["boot"]);
    expect([status, said]).toEqual([1, expect.stringContaining("is gone; to begin anew")]);
  });
});

function setSecret(name: string, value: string): void {
  const path = "etc/mailstead/backup.env";
  host.write(path, host.read(path).replace(new RegExp(`^${name}=.*$`, "m"), `${name}='${value}'`));
}
