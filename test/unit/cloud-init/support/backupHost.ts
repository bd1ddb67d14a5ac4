/**
 * A folder as a host's root with the backup scripts in it, a `docker` that writes down what is frozen, and a real S3 server
 * on loopback (versitygw, from the sandbox's cache).
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, globSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { vi } from "vitest";
import { WAITING_MAIL } from "../../../../stack/services/waitingMail.ts";
import { freePort } from "../../../support/freePort.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";
import { planOf, textOf } from "../../stack/support/planOf.ts";
import { rawWith } from "../../stack/support/validRaw.ts";
import { makeHostFolder, type HostFolder } from "../hostFolder.ts";

const CACHE = join(import.meta.dirname, "../../../../.sandbox/cache");
const VERSITYGW = join(CACHE, "bin/versitygw");
/** restic of the hosts, from the sandbox's archive; the machine's own may be years older. */
const HOSTS_RESTIC = globSync(join(CACHE, "debs/*/debian/pool/main/restic_*.deb"))[0];
/** The scripts of a backup, by their files. */
export const BACKUP_PARTS = [
  "backup.sh",
  "backup-data.sh",
  "backup-repository.sh",
  "backup-tell.sh",
  "backup-records.py",
  "contact-mail.sh",
];

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

/** Whether real backups can be made here: restic and the S3 server are there, and root, who names the locks' host. */
export const HAS_BACKUPS =
  runs("restic", ["version"]) &&
  runs("rsync", ["--version"]) &&
  existsSync(VERSITYGW) &&
  process.getuid?.() === 0;
export const HAS_XFS = HAS_BACKUPS && runs("mkfs.xfs", ["-V"]);

let unpacked: string | undefined;

/** The path of a restic as hosts have it. */
function resticOfHosts(): string {
  if (HOSTS_RESTIC === undefined) return "/usr/bin/restic";
  if (unpacked === undefined || !existsSync(unpacked)) {
    unpacked = temporaryFolder();
    spawnSync("dpkg-deb", ["--extract", HOSTS_RESTIC, unpacked]);
  }
  return join(unpacked, "usr/bin/restic");
}

export const BUCKET = "mailstead";
const ID = "SANDBOXACCESSKEY0001";
const KEY = "c".repeat(40);

export interface S3Server {
  readonly address: string;
  /** Folder of the bucket: plain files, by their keys. */
  readonly bucket: string;
  stop(): void;
}

/**
 * Starts a server with one empty bucket.
 *
 * @param options further ones of its command line
 * @param sizeMiB of a disk of its own; default: the machine's. Nobody else sees what is on it.
 */
export async function startS3(options: readonly string[] = [], sizeMiB?: number): Promise<S3Server> {
  const folder = temporaryFolder();
  const data = join(folder, "data");
  // One that is there when the server starts is a bucket of its root account.
  const makeBucket = `mkdir -p ${join(data, BUCKET)}`;
  const address = `127.0.0.1:${String(await freePort("127.0.0.1"))}`;
  const args = ["--port", address, "--region", "nbg1", "--quiet", ...options, "posix", data];
  const mount =
    sizeMiB === undefined ? "" : `mkdir ${data}; mount -t tmpfs -o size=${sizeMiB}m tmpfs ${data};`;
  const line = `set -e; ${mount} ${makeBucket}; exec "$0" "$@"`;
  const child: ChildProcess = spawn("unshare", ["--mount", "sh", "-c", line, VERSITYGW, ...args], {
    env: { ...process.env, ROOT_ACCESS_KEY: ID, ROOT_SECRET_KEY: KEY },
    stdio: "ignore",
  });
  await vi.waitFor(() => fetch(`http://${address}/`), { timeout: 20_000, interval: 50 });
  return { address, bucket: join(data, BUCKET), stop: () => void child.kill() };
}

/** docker, whose containers are files: `running/ID` and `paused/ID`. It writes down what it was told. What waits is in `waiting`. */
const DOCKER = `
state=$root/docker; verb=$1; shift
case $verb in
ps)
  [ ! -e "$root/docker-is-down" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }
  for word in "$@"; do case $word in status=*) ls "$state/\${word#status=}";; esac; done;;
pause) for id in "$@"; do mv "$state/running/$id" "$state/paused/$id" || exit 1; done; echo "pause $*" >>"$root/calls";;
exec) cat "$root/waiting" 2>/dev/null;;
unpause) for id in "$@"; do mv "$state/paused/$id" "$state/running/$id" || exit 1; done; echo "unpause $*" >>"$root/calls";;
esac`;

/** curl and resolvectl: nothing leaves. What is sent is noted. */
const CURL = `cat >/dev/null; echo "curl $*" >>"$root/curls"; [ ! -e "$root/curl-fails" ] || ! grep -qF -f "$root/curl-fails" <<<"$*"`;

export interface BackupHost extends HostFolder {
  readonly data: string;
  frozen(): string[];
  clones(): string[];
  state(): { lastSuccess?: Record<string, unknown>; lastFailure?: { reason: string; verb: string } };
  /** Runs beside the test; a signal goes to the script alone. */
  start(...args: readonly string[]): ChildProcess;
  /** Changes a line of the settings or the secrets. */
  setting(name: string, value: string): void;
}

/** What the plan writes for a host, aimed at the test's server: settings, and secrets. */
export function backupTexts(address: string, generation: number): { conf: string; env: string } {
  const changes = {
    backups: {
      endpoint: "nbg1.your-objectstorage.com",
      bucket: BUCKET,
      accessKeyId: ID,
      secretAccessKey: KEY,
    },
    generation,
  };
  const values: Record<string, string> = {
    ...{
      stackName: "dev",
      backupPassword: "p".repeat(40),
      backupAccessKeyId: ID,
      backupSecretAccessKey: KEY,
    },
  };
  const text = (role: string): string => {
    const { files, firstFiles } = planOf(rawWith(changes));
    return textOf({ files: [...files, ...firstFiles] }, role, (name) => values[name] ?? "");
  };
  return {
    conf: text("backup-settings").replace("s3:https://nbg1.your-objectstorage.com", `s3:http://${address}`),
    env: `${text("backup-secrets")}PING_URL='https://watch.example/ping/1'\n`,
  };
}

const SELF_HOSTING = "root/forwardemail.net/self-hosting";

/** Makes a host with a little data of each kind, and three containers. */
export function makeBackupHost(address: string, generation = 1): BackupHost {
  const { conf, env } = backupTexts(address, generation);
  const host = makeHostFolder(conf, { env: "backup.conf", scripts: BACKUP_PARTS });
  const at = (path: string): string => join(host.root, path);
  host.write("etc/mailstead/backup.env", env);
  host.write("etc/letsencrypt/live/example.com/privkey.pem", "a key\n");
  host.write(`${SELF_HOSTING}/.env`, 'HELPER_ENCRYPTION_KEY="kkkk"\nSMTP_TRANSPORT_PASS="pw"\n');
  host.write(`${SELF_HOSTING}/mongo-data/a.sqlite`, "m".repeat(100_000));
  for (const name of ["one", "two"])
    host.write(`${SELF_HOSTING}/sqlite-data/${name}.sqlite`, name.repeat(50_000));
  host.write(`${SELF_HOSTING}/sqlite-data/one-tmp.sqlite`, "t");
  host.program("docker", DOCKER);
  host.write("usr/local/lib/mailstead/waiting-mail.cjs", WAITING_MAIL);
  // In `restics` is what it was started for.
  host.program("restic", `echo "$1" >>"$root/restics"; exec ${resticOfHosts()} "$@"`);
  host.program("curl", CURL);
  host.program("resolvectl", 'echo "example.org IN MX 10 mx.example.org"');
  host.write("docker/paused/.keep", "");
  rmSync(at("docker/paused/.keep"));
  for (const id of ["aaa", "bbb", "ccc"]) host.write(`docker/running/${id}`, "");
  const environment = {
    PATH: [at("bin"), "/usr/sbin", "/usr/bin", "/sbin", "/bin"].join(delimiter),
    LC_ALL: "C",
  };
  return {
    ...host,
    data: at(SELF_HOSTING),
    frozen: () => readdirSync(at("docker/paused")),
    clones: () =>
      ["var/lib/mailstead/clones", "mnt/mailstead/clones"].flatMap((path) =>
        existsSync(at(path)) ? readdirSync(at(path)) : [],
      ),
    state: () =>
      JSON.parse(host.read("var/lib/mailstead/backup.json") || "{}") as ReturnType<BackupHost["state"]>,
    start: (...args) =>
      spawn(at("usr/local/lib/mailstead/backup.sh"), args, {
        env: environment,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    run(script, args) {
      const ended = spawnSync(at(`usr/local/lib/mailstead/${script}`), args, {
        ...{ env: environment, encoding: "utf8", timeout: 120_000 },
      });
      return { status: ended.status, said: `${ended.stdout}${ended.stderr}` };
    },
    setting(name, value) {
      for (const file of ["etc/mailstead/backup.conf", "etc/mailstead/backup.env"]) {
        const changed = host.read(file).replace(new RegExp(`^${name}=.*$`, "m"), `${name}='${value}'`);
        writeFileSync(at(file), changed);
      }
    },
  };
}
