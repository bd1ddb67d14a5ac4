/**
 * Proves: what a run of the certificate script leaves behind: a refused order or renewal is dated, tried again when the
 * date has come and not before, and forgotten once it was filled; exactly the readers of a new certificate are restarted,
 * and one that could not be is restarted by the next run; two runs do not meet.
 * Cannot prove: what certbot and docker do; programs play them here. The sandbox runs the real ones.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { certificateSettings as settings, type HostFolder, makeHostFolder } from "./hostFolder.ts";

const STATE = "var/lib/mailstead/certificate.json";
const SSL = "root/forwardemail.net/self-hosting/ssl";
const LIVE = "etc/letsencrypt/live/example.com";
/** A date that has come, and one that has not. */
const PAST = "2020-01-01 00:00:00";
const FUTURE = "2120-01-01 00:00:00";

/** certbot, with an authority that does what the file `authority` says: `gives NAME`, `refuses DATE` or `keeps`. */
const CERTBOT = `
read -r does what <"$root/authority"
flock --nonblock "$root/run/mailstead-certificate.lock" true && echo "certbot beside another run" >>"$root/calls"
words="$*"
forced=; case $words in *--force-renewal*) forced=' forced';; esac
echo "certbot $1$forced" >>"$root/calls"
case $does in
refuses) printf 'Error: too many certificates\\nDetail: retry after %s UTC\\n' "$what"; exit 1;;
keeps) exit 0;;
esac
mkdir -p "$root/${LIVE}" "$root/etc/letsencrypt/renewal"
for name in privkey fullchain cert chain; do echo "$what" >"$root/${LIVE}/$name.pem"; done
if [ "$1" = certonly ]; then
  server=\${words#*--server }; plugin=\${words#*--authenticator }
  printf 'server = %s\\nauthenticator = %s\\n' "\${server%% *}" "\${plugin%% *}" >"$root/etc/letsencrypt/renewal/example.com.conf"
elif [[ $words = *--deploy-hook* ]]; then
  RENEWED_LINEAGE=$root/${LIVE} "\${words##* }" || true
fi`;

/** docker, which cannot restart what the file `stuck` names. */
const DOCKER = `
case "$1" in
container) printf '%s\\n' imap smtp web redis;;
restart) echo "$1 \${*: -1}" >>"$root/calls"; ! grep -qxF "\${*: -1}" "$root/stuck";;
esac`;

let host: HostFolder;

function authority(does: string): void {
  host.write("authority", `${does}\n`);
}

function stuck(...names: readonly string[]): void {
  host.write("stuck", names.map((name) => `${name}\n`).join(""));
}

function change(changes: Readonly<Record<string, unknown>>): void {
  host.write("etc/mailstead/certificate.env", settings(changes));
}

/** A run of the script: what it called, its exit code, and the state after it. */
function run(word: "issue" | "renew") {
  const { status, said } = host.run("certificate.sh", [word]);
  const state = JSON.parse(host.read(STATE)) as { status: string; nextTry: string; reason: string };
  return { exit: status, said, state, calls: host.calls() };
}

beforeEach(() => {
  host = makeHostFolder(settings());
  host.program("certbot", CERTBOT);
  host.program("docker", DOCKER);
  stuck();
  authority("gives first");
  expect(run("issue")).toMatchObject({
    exit: 0,
    state: { status: "valid" },
    calls: ["certbot certonly", "restart imap", "restart smtp"],
  });
});

describe("a refused order, with an older certificate at hand", () => {
  test.each([
    ["directory", { "certificates.directory": "letsencrypt-staging" }, "certbot certonly forced"],
    ["plugin", { "dns.provider": "digitalocean" }, "certbot certonly forced"],
    ["method", { "certificates.method": "http-01" }, "certbot certonly forced"],
    ["list of names", { "dns.mtaSts.mode": "testing" }, "certbot certonly"],
  ])(
    "of another %s waits for its date, is ordered again, and is green once it is had",
    (_, changes, call) => {
      change(changes);
      authority(`refuses ${FUTURE}`);
      const refused = run("issue");
      expect(refused).toMatchObject({ exit: 0, calls: [call] });
      expect(refused.state).toMatchObject({ status: "refused", nextTry: "2120-01-01T00:00:00Z" });
      expect(refused.said).toContain("next try: 2120-01-01T00:00:00Z");
      expect(host.read(`${SSL}/fullchain.pem`)).toBe("first\n");
      expect(run("renew")).toMatchObject({ exit: 0, calls: [], state: { status: "refused" } });

      authority(`refuses ${PAST}`);
      run("issue");
      host.calls();
      expect(run("renew")).toMatchObject({ exit: 0, calls: [call], state: { status: "refused" } });
      authority("gives second");
      expect(run("renew")).toMatchObject({
        calls: [call, "restart imap", "restart smtp"],
        state: { status: "valid", nextTry: "", reason: "" },
      });
      expect(host.read(`${SSL}/fullchain.pem`)).toBe("second\n");
    },
  );
});

test("an order that was cut off before it was answered is made up for", () => {
  change({ "certificates.directory": "letsencrypt-staging" });
  authority("gives second");
  expect(run("renew").calls).toEqual(["certbot certonly forced", "restart imap", "restart smtp"]);
});

describe("a renewal", () => {
  test("that is not due yet asks certbot alone", () => {
    authority("keeps");
    expect(run("renew")).toMatchObject({ exit: 0, calls: ["certbot renew"], state: { status: "valid" } });
  });

  test("restarts the readers that are there, once, and no other container", () => {
    authority("gives second");
    expect(run("renew")).toMatchObject({
      exit: 0,
      calls: ["certbot renew", "restart imap", "restart smtp"],
      state: { status: "valid" },
    });
    expect(host.read(`${SSL}/privkey.pem`)).toBe("second\n");
  });

  test("that is refused is dated and told why, and tried again when the date has come", () => {
    authority(`refuses ${FUTURE}`);
    const refused = run("renew");
    expect(refused).toMatchObject({ exit: 0, calls: ["certbot renew"] });
    expect(refused.state).toMatchObject({ status: "refused", nextTry: "2120-01-01T00:00:00Z" });
    expect(refused.state.reason).toContain("Error: too many certificates Detail: retry after");
    expect(run("renew").calls).toEqual([]);
    host.write(STATE, host.read(STATE).replace("2120", "2020"));
    authority("gives second");
    expect(run("renew")).toMatchObject({
      calls: ["certbot certonly", "restart imap", "restart smtp"],
      state: { status: "valid" },
    });
  });

  test("by somebody's own hand reaches the readers with the next run", () => {
    host.write(`${LIVE}/fullchain.pem`, "by hand\n");
    authority("keeps");
    expect(run("renew").calls).toEqual(["certbot renew", "restart imap", "restart smtp"]);
  });
});

describe("a reader that cannot be restarted", () => {
  test("does not keep the others from it, is named, and is restarted by the next run", () => {
    stuck("imap");
    authority("gives second");
    // Once by certbot's call of the hook, once by the script's own, which has the one that is left.
    const first = run("renew");
    expect(first.calls).toEqual(["certbot renew", "restart imap", "restart smtp", "restart imap"]);
    expect(first.exit).toBe(1);
    expect(first.state.status).toBe("unread");
    expect(first.state.reason).toMatch(/still to restart: imap *$/);
    stuck();
    authority("keeps");
    expect(run("renew")).toMatchObject({
      exit: 0,
      calls: ["certbot renew", "restart imap"],
      state: { status: "valid" },
    });
    expect(run("renew").calls).toEqual(["certbot renew"]);
  });

  test("fails an order too, and one of a certificate placed by hand", () => {
    stuck("smtp");
    authority("gives second");
    expect(run("issue")).toMatchObject({ exit: 1, state: { status: "unread" } });
    host.write("etc/mailstead/certificate.env", settings().replace(/^METHOD=.*$/m, "METHOD=provided"));
    expect(run("issue")).toMatchObject({
      exit: 1,
      calls: ["restart imap", "restart smtp"],
      state: { status: "unread" },
    });
    stuck();
    expect(run("issue")).toMatchObject({ exit: 0, state: { status: "valid" } });
  });

  test("is not forgotten where docker does not answer", () => {
    host.program("docker", "exit 1");
    authority("gives second");
    expect(run("renew")).toMatchObject({ exit: 1, state: { status: "unread" } });
    host.program("docker", DOCKER);
    authority("keeps");
    expect(run("renew").calls).toEqual(["certbot renew", "restart imap", "restart smtp"]);
  });
});

test("a run waits until another has ended", () => {
  authority("keeps");
  const { status, stderr } = spawnSync(
    "bash",
    [
      "--norc",
      "-c",
      `exec 8>run/mailstead-certificate.lock; flock 8
      usr/local/lib/mailstead/certificate.sh renew 8>&- &
      until pgrep --parent $! --exact flock >/dev/null; do sleep 0.05; done
      echo "the other ends" >>calls
      exec 8>&-
      wait $!`,
    ],
    { cwd: host.root, encoding: "utf8", env: { PATH: `${host.root}/bin:/usr/bin:/bin` }, timeout: 20_000 },
  );
  expect([status, stderr]).toEqual([0, ""]);
  expect(host.calls()).toEqual(["the other ends", "certbot renew"]);
});

describe("a certificate that a power cut left in the middle", () => {
  test("is ordered anew, and one that is whole is not", () => {
    run("issue");
    authority("keeps");
    expect(run("issue").said).not.toContain("not whole");
    rmSync(join(host.root, LIVE, "fullchain.pem"));
    authority("gives second");
    const { exit, said, state } = run("issue");
    expect([exit, said, state.status]).toEqual([0, expect.stringContaining("is not whole"), "valid"]);
    expect(host.read(`${SSL}/fullchain.pem`)).toBe("second\n");
  });
});
