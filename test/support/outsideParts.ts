/** Parts for the outside host's test: names by knot, certificates by openssl, all on loopback. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createConnection } from "node:net";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Port of the name server on 127.0.0.1. */
export const DNS_PORT = 20053;
/** Port that mail moves on. */
export const MAIL_PORT = 20025;
/** Port of the outside host's control API. */
export const CONTROL_PORT = 20103;

const ZONE = `$ORIGIN test.
$TTL 5
@ SOA ns.test. hostmaster.test. 1 60 60 600 2
@ NS ns.test.
ns A 127.0.0.1
mx.outside A 127.0.0.1
inside MX 0 mx.inside
mx.inside A 127.0.0.2
mx.inside AAAA ::1
inside TXT "v=spf1 ip4:127.0.0.3 -all"
_dmarc.inside TXT "v=DMARC1; p=reject"
good.inside A 127.0.0.3
liar.inside A 127.0.0.9
`;
const REVERSE = `$TTL 5
@ SOA ns.test. hostmaster.test. 1 60 60 600 2
@ NS ns.test.
3 PTR good.inside.test.
4 PTR liar.inside.test.
`;

/** Certificates of the test: `ca.pem` vouches for `good.pem`, and not for `stranger.pem`. */
export function makeCertificates(folder: string): void {
  for (const name of ["good", "stranger"]) {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    const san = ["-addext", "subjectAltName=DNS:mx.inside.test,DNS:mx.outside.test"];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        ...key,
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.pem`,
        "-subj",
        `/CN=${name}`,
        "-days",
        "30",
        ...san,
      ],
      { cwd: folder, stdio: "ignore" },
    );
  }
  writeFileSync(join(folder, "ca.pem"), readFileSync(join(folder, "good.pem")));
}

/** Makes a DKIM key and answers its PEM; the zone publishes it under `s._domainkey.inside.test`. */
export function makeSigningKey(folder: string): { pem: string; record: string } {
  execFileSync("openssl", ["genrsa", "-out", "dkim.key", "2048"], { cwd: folder, stdio: "ignore" });
  const der = execFileSync("openssl", ["rsa", "-in", "dkim.key", "-pubout", "-outform", "DER"], {
    cwd: folder,
    stdio: "pipe",
  });
  const text = `v=DKIM1; k=rsa; p=${der.toString("base64")};`;
  return {
    pem: readFileSync(join(folder, "dkim.key"), "utf8"),
    record: `"${text.slice(0, 200)}" "${text.slice(200)}"`,
  };
}

/** Starts the name server. */
export async function startNames(folder: string, dkimRecord: string): Promise<ChildProcess> {
  mkdirSync(join(folder, "db"), { recursive: true });
  writeFileSync(join(folder, "test.zone"), `${ZONE}s._domainkey.inside TXT ${dkimRecord}\n`);
  writeFileSync(join(folder, "0.0.127.in-addr.arpa.zone"), REVERSE);
  writeFileSync(
    join(folder, "knot.conf"),
    [
      `server:\n  rundir: ${folder}\n  listen: 127.0.0.1@${String(DNS_PORT)}`,
      `template:\n  - id: default\n    storage: ${folder}`,
      `database:\n  storage: ${folder}/db`,
      "zone:\n  - domain: test\n    file: test.zone\n  - domain: 0.0.127.in-addr.arpa\n    file: 0.0.127.in-addr.arpa.zone\n",
    ].join("\n"),
  );
  const server = spawn("knotd", ["-c", join(folder, "knot.conf")], { stdio: "ignore" });
  await until("the name server to listen", () => accepts(DNS_PORT));
  return server;
}

/** Starts the outside host as the sandbox does, on loopback. */
export async function startOutside(folder: string): Promise<ChildProcess> {
  const options = {
    folder: join(folder, "outside"),
    key: join(folder, "good.key"),
    certificate: join(folder, "good.pem"),
    ca: join(folder, "ca.pem"),
    ipv4: "127.0.0.1",
    ipv6: "",
    port: String(MAIL_PORT),
    control: String(CONTROL_PORT),
    resolver: `127.0.0.1:${String(DNS_PORT)}`,
    retry: "0.3",
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const main = join(import.meta.dirname, "../../sandbox/outside/main.ts");
  const child = spawn(process.execPath, [main, ...args], { stdio: "inherit" });
  await until("the outside host to listen", () => accepts(CONTROL_PORT));
  return child;
}

/** Ends a process and waits for its end. */
export async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

/** Asks again until the answer is there; after 30 s the error says what was waited for. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const limit = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > limit) throw new Error(`waited 30 s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
