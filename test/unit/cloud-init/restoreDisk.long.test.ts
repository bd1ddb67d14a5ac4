/**
 * Proves: with a real restic and S3 server, a server that has the data on its own disk makes a last backup with everything stopped
 * before it goes, and the disk of the next one is filled from it before anything starts, every file as it was, also after kills at
 * ten points. Its queue is exact, so that nothing of it is held; of any other snapshot, and of this one a second time, it is. What is
 * there already is never restored over; without a backup the server stays, and everything runs again.
 * Cannot prove: that the deploy calls it before the server goes; the sandbox's life does. Docker is played by a program.
 *
 * Skips without restic, the sandbox's versitygw (`make sandbox` builds it), XFS tools and root.
 */
import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WAITING_MAIL } from "../../../stack/services/waitingMail.ts";
import { BACKUP_PARTS, backupTexts, HAS_XFS, startS3, type S3Server } from "./support/backupHost.ts";
import { hasVolumes, makeDataHost, type DataHost } from "./support/dataHost.ts";

const HAS_ALL = HAS_XFS && hasVolumes;
const SCRIPTS = [...BACKUP_PARTS, "restore.sh", "restore-records.py"];
const HOME = "root/forwardemail.net/self-hosting";
const LIST = `(cd ${HOME} && find . -type f -printf '%P %m %U %s ' -exec sha256sum {} \\; | sed 's, /.*,,' | sort)`;
const HELPER_KEY = "k".repeat(32);
const MARK = "mnt/mailstead/queue-hold/pending";

let server: S3Server;
let host: DataHost;
let places = 0;

beforeAll(async () => {
  if (HAS_ALL) server = await startS3();
});
afterAll(() => {
  if (HAS_ALL) server.stop();
});

/** What the deploy writes first. */
function deploy(generation: number): void {
  const { conf, env } = backupTexts(server.address, generation);
  const place = `s3:http://${server.address}/mailstead/disk${String(places)}`;
  const set = (text: string, name: string, value: string): string =>
    text.replace(new RegExp(`^${name}=.*$`, "m"), `${name}='${value}'`);
  const digest = createHash("sha256").update(HELPER_KEY).digest("hex");
  host.write("etc/mailstead/backup.conf", set(set(conf, "REPOSITORY", place), "KEY_DIGEST", digest));
  host.write("etc/mailstead/backup.env", env);
  host.write("usr/local/lib/mailstead/waiting-mail.cjs", WAITING_MAIL);
  host.settings({ DEVICE: "", GENERATION: String(generation) });
}

/** A server with data on its disk, and its containers. */
function live(): void {
  host = makeDataHost(SCRIPTS);
  // Mails go nowhere; the bucket is asked.
  host.program("curl", `case "$*" in *list-type*) exec /usr/bin/curl "$@" ;; esac; cat >/dev/null`);
  places += 1;
  deploy(1);
  expect(host.data(["mount"])).toMatchObject({ status: 0 });
  host.shell(
    `mkdir -p ${HOME}/sqlite-data etc/letsencrypt/accounts; echo account >etc/letsencrypt/accounts/a`,
  );
  host.shell(`printf 'HELPER_ENCRYPTION_KEY="${HELPER_KEY}"\\n' >${HOME}/.env; chmod 0600 ${HOME}/.env`);
  host.shell(`for n in $(seq 20); do head -c 200000 /dev/urandom >${HOME}/sqlite-data/box-$n.sqlite; done`);
  host.write("running", "mongodb\nredis\nsmtp\n");
}

/** Another machine of the next generation, with what its first boot makes. */
function replace(generation: number): void {
  host.shell(`rm -rf ${HOME} etc/letsencrypt var/lib/mailstead mnt/mailstead running`);
  host.shell(
    `mkdir -p ${HOME}/mongo-data etc/letsencrypt var/lib/mailstead; echo cli >etc/letsencrypt/cli.ini`,
  );
  host.cutPower();
  host.calls();
  deploy(generation);
}

function held(): boolean {
  return host.shell(`test -e ${MARK}`).status === 0;
}

function expectRestored(saved: string): void {
  const { status, said } = host.data(["mount"]);
  expect([status, said]).toEqual([0, expect.stringContaining("every file is as it was")]);
  expect(host.shell(LIST).said).toBe(saved);
  expect(host.shell("ls etc/letsencrypt etc/letsencrypt/accounts").said).toBe(
    "etc/letsencrypt:\naccounts\n\netc/letsencrypt/accounts:\na\n",
  );
  expect(host.shell("ls mnt/mailstead").said).not.toContain("incoming");
}

beforeEach(() => {
  if (HAS_ALL) live();
});
afterEach(() => {
  if (HAS_ALL) host.end();
});

describe.skipIf(!HAS_ALL)("a server that goes", () => {
  test("leaves a last backup, and the next one begins with it; its queue is exact once", () => {
    const saved = host.shell(LIST).said;
    host.calls();
    const { status, said } = host.data(["release", "1"]);
    expect([status, said]).toEqual([0, expect.stringMatching(/snapshot [0-9a-f]{8}: /)]);
    expect(host.calls()).toEqual(["stop smtp", "stop mongodb redis"]);
    expect(host.shell("cat running").said).toBe("");

    replace(2);
    expectRestored(saved);
    expect(held()).toBe(false);
    // It has sent since, and goes without a word.
    replace(2);
    expectRestored(saved);
    expect(held()).toBe(true);
  });

  test("stays where that backup fails, with everything running, and leaves nothing where another generation is meant", () => {
    host.calls();
    expect(host.data(["release", "2"])).toEqual({ status: 0, said: "" });
    const env = host.read("etc/mailstead/backup.env");
    host.write(
      "etc/mailstead/backup.env",
      env.replace(/^AWS_SECRET.*$/m, `AWS_SECRET_ACCESS_KEY='${"d".repeat(40)}'`),
    );
    const { status, said } = host.data(["release", "1"]);
    expect([status, said]).toEqual([1, expect.stringMatching(/FAILED: [\s\S]*the server stays/)]);
    expect(said).toContain("mailstead:server.disposable true");
    expect(host.shell("sort running").said).toBe("mongodb\nredis\nsmtp\n");
  });

  test("and did not go after all makes another one once it runs again", () => {
    expect(host.data(["release", "1"]).status).toBe(0);
    host.program("systemctl", 'echo "systemctl $*" >>"$root/calls"');
    host.calls();
    expect(host.data(["started"]).status).toBe(0);
    expect(host.shell("sort running").said).toBe("mongodb\nredis\nsmtp\n");
    expect(host.calls()).toContain("systemctl start --no-block mailstead-backup.service");
  });

  test("has nothing to stop for where backups were switched off", () => {
    host.shell("rm etc/mailstead/backup.env");
    host.calls();
    expect(host.data(["release", "1"])).toEqual({ status: 0, said: "" });
    expect(host.calls()).toEqual([]);
  });
});

describe.skipIf(!HAS_ALL)("a disk", () => {
  test("is filled from an ordinary backup with its queue held, also after kills at ten points", () => {
    const saved = host.shell(LIST).said;
    expect(host.shell("usr/local/lib/mailstead/backup.sh run").status).toBe(0);
    replace(2);
    for (let point = 1; point <= 10; point += 1) {
      host.data(["boot"], point * 150);
      host.cutPower();
    }
    const { status, said } = host.data(["boot"]);
    expect([status, said]).toEqual([0, expect.any(String)]);
    expect(host.shell(LIST).said).toBe(saved);
    expect(held()).toBe(true);
  });

  test("with data on it is left as it is; without, and with backups that cannot be read, nothing starts", () => {
    expect(host.shell("usr/local/lib/mailstead/backup.sh run").status).toBe(0);
    host.shell(`echo new >${HOME}/new; rm -rf mnt/mailstead`);
    expect(host.data(["boot"])).toEqual({ status: 0, said: "" });
    expect(host.shell(`cat ${HOME}/new`).said).toBe("new\n");

    replace(2);
    const env = host.read("etc/mailstead/backup.env");
    host.write("etc/mailstead/backup.env", env.replace(/^RESTIC_PASSWORD.*$/m, "RESTIC_PASSWORD='another'"));
    const { status, said } = host.data(["boot"]);
    expect([status, said]).toEqual([1, expect.stringMatching(/nothing was started: .*another password/)]);
  });

  test("that was moved to a volume which is gone is empty again, and filled", () => {
    const saved = host.shell(LIST).said;
    expect(host.shell("usr/local/lib/mailstead/backup.sh run").status).toBe(0);
    host.shell(`rm -rf ${HOME}; mkdir ${HOME}`);
    expectRestored(saved);
  });
});
