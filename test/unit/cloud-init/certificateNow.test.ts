/**
 * Proves: a renewal that somebody asks for tells what came of it, until when the certificate is valid and which containers
 * were restarted; it does not wait for the timer's own hour but for the date of an authority; only `--force` renews what
 * is not due; a trial asks the test service and leaves no trace beside what certbot itself was told to write elsewhere.
 * Cannot prove: what certbot and docker do; programs play them here. The sandbox runs the real ones (second/certificate.ts).
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { certificateSettings as settings, type HostFolder, makeHostFolder } from "./hostFolder.ts";

const SSL = "root/forwardemail.net/self-hosting/ssl";
const STATE = "var/lib/mailstead/certificate.json";

/** certbot, with an authority that does what the file `authority` says: `gives`, `refuses TEXT` or `keeps`. */
const CERTBOT = `
read -r does what <"$root/authority"
words="$*"
case $words in *--force-renewal*) [ "$does" = refuses ] || does=gives;; esac
case $words in
*--dry-run*)
  echo "trial $words" >>"$root/calls"
  config=\${words#*--config-dir }; mkdir -p "\${config%% *}/accounts"
  [ "$does" != refuses ] || { printf 'Detail: %s\\n' "$what"; exit 1; }
  exit 0;;
esac
echo "certbot $1" >>"$root/calls"
case $does in
refuses) printf 'Some challenges have failed.\\nDetail: %s\\n' "$what"; exit 1;;
keeps) exit 0;;
esac
live=$root/etc/letsencrypt/live/example.com
mkdir -p "$live" "$root/etc/letsencrypt/renewal"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 60 -subj /CN=example.com \\
  -keyout "$live/privkey.pem" -out "$live/fullchain.pem" 2>/dev/null
cp "$live/fullchain.pem" "$live/cert.pem"; cp "$live/fullchain.pem" "$live/chain.pem"
if [ "$1" = certonly ]; then
  server=\${words#*--server }; plugin=\${words#*--authenticator }
  printf 'server = %s\\nauthenticator = %s\\n' "\${server%% *}" "\${plugin%% *}" >"$root/etc/letsencrypt/renewal/example.com.conf"
fi`;

const DOCKER = `
case "$1" in
container) printf '%s\\n' imap smtp web;;
restart) ! grep -qxF "\${*: -1}" "$root/stuck" 2>/dev/null;;
esac`;

let host: HostFolder;

function authority(does: string): void {
  host.write("authority", `${does}\n`);
}

interface Told {
  readonly outcome: string;
  readonly [key: string]: unknown;
}

/** What the script prints on standard output, as the command reads it, and what it says meanwhile. */
function ask(...words: readonly string[]): { told: Told; said: string; calls: string[] } {
  const ended = spawnSync(join(host.root, "usr/local/lib/mailstead/certificate.sh"), words, {
    encoding: "utf8",
    env: { PATH: [join(host.root, "bin"), "/usr/bin", "/bin"].join(":"), LC_ALL: "C" },
    timeout: 20_000,
  });
  expect([ended.status, ended.stderr]).toEqual([0, expect.any(String)]);
  return { told: JSON.parse(ended.stdout) as Told, said: ended.stderr, calls: host.calls() };
}

beforeEach(() => {
  host = makeHostFolder(settings());
  host.program("certbot", CERTBOT);
  host.program("docker", DOCKER);
  authority("gives");
  host.run("certificate.sh", ["issue"]);
  host.calls();
});

test("due: until when, of before too, and who was restarted", () => {
  const { told, said, calls } = ask("now");
  expect(told).toMatchObject({
    outcome: "renewed",
    names: ["example.com", "*.example.com"],
    directory: "https://acme-v02.api.letsencrypt.org/directory",
    validUntil: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/) as string,
    before: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/) as string,
    restarted: ["imap", "smtp"],
    notRestarted: [],
    ordersAnew: false,
  });
  expect(calls).toEqual(["certbot renew"]);
  expect(said).toContain(
    "mailstead: asking https://acme-v02.api.letsencrypt.org/directory for example.com *.example.com",
  );
});

test("not due: nothing is restarted; forced it is renewed", () => {
  authority("keeps");
  expect(ask("now").told).toMatchObject({ outcome: "kept", restarted: [] });
  expect(ask("now", "--force").told).toMatchObject({ outcome: "renewed", restarted: ["imap", "smtp"] });
});

test("refused without a date: why, and the next call tries at once, where the timer waits", () => {
  authority("refuses no TXT record found");
  const { told, said } = ask("now");
  expect(told).toMatchObject({ outcome: "refused", reason: "Detail: no TXT record found", restarted: [] });
  expect(said).toContain("mailstead: certbot: Some challenges have failed.");
  host.run("certificate.sh", ["renew"]);
  expect(host.calls()).toEqual([]);
  expect(ask("now").calls).toEqual(["certbot certonly"]);
});

test("refused until a date of the authority: nobody is asked before", () => {
  authority("refuses too many certificates, retry after 2120-01-01 00:00:00 UTC");
  expect(ask("now").told["outcome"]).toBe("refused");
  const { told, calls } = ask("now", "--force");
  expect(told).toMatchObject({ outcome: "waits", nextTry: "2120-01-01T00:00:00Z" });
  expect(calls).toEqual([]);
  host.write(STATE, host.read(STATE).replace("2120", "2020"));
  authority("gives");
  expect(ask("now").told["outcome"]).toBe("renewed");
});

test("a container that could not be restarted is named, and restarted by the next call", () => {
  host.write("stuck", "imap\n");
  expect(ask("now").told).toMatchObject({ outcome: "unread", restarted: ["smtp"], notRestarted: ["imap"] });
  host.write("stuck", "");
  authority("keeps");
  expect(ask("now").told).toMatchObject({ outcome: "kept", restarted: ["imap"], notRestarted: [] });
});

test("without its volume nothing is ordered", () => {
  host.write("etc/mailstead/data.conf", "");
  const ended = host.run("certificate.sh", ["now"]);
  expect(ended).toMatchObject({
    status: 1,
    said: expect.stringContaining("the data volume is not mounted") as string,
  });
  expect(host.calls()).toEqual([]);
});

test("a trial asks the test service, by a folder of its own, and changes nothing", () => {
  const before = [host.read(`${SSL}/fullchain.pem`), host.read(STATE)];
  const passed = ask("try");
  expect(passed.told).toMatchObject({ outcome: "passed", readers: ["imap", "smtp", "pop3"], restarted: [] });
  expect(passed.calls).toEqual([
    expect.stringMatching(/^trial certonly --dry-run .*--dns-cloudflare-credentials /),
  ]);
  expect(passed.calls[0]).not.toContain("--server");
  authority("refuses the token may not write");
  expect(ask("try").told).toMatchObject({ outcome: "refused", reason: "Detail: the token may not write" });
  expect([host.read(`${SSL}/fullchain.pem`), host.read(STATE)]).toEqual(before);
  expect(existsSync(join(host.root, "etc/letsencrypt/accounts"))).toBe(false);
  expect(readdirSync(join(host.root, "run"))).toEqual(["mailstead-certificate.lock"]);
});

test("of an authority without a test service a trial says so, and asks nobody", () => {
  host.write(
    "etc/mailstead/certificate.env",
    settings({ "certificates.directory": "https://ca.example.net/acme" }),
  );
  const { told, calls } = ask("try");
  expect(told).toMatchObject({ outcome: "untested", ordersAnew: true });
  expect(calls).toEqual([]);
});
