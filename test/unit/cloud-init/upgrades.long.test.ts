/**
 * Proves: the night's script installs what unattended-upgrades gives, writes down what came of it, restarts the server only
 * where that is needed and wanted, after the containers were stopped and the record was written; asks a registry without
 * credentials, page by page, and writes to the contact once for each newer release; apt itself reads our settings as
 * security origins and nothing else.
 * Cannot prove: what unattended-upgrades installs; programs play it and Docker here.
 */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { planOf, textOf } from "../stack/support/planOf.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { rawWith } from "../stack/support/validRaw.ts";
import { type HostFolder, makeHostFolder } from "./hostFolder.ts";

const SCRIPTS = ["upgrades.sh", "upgrades-records.py", "contact-mail.sh"];
const STATE = "var/lib/mailstead/upgrades.json";

let host: HostFolder;
let registry: Server;
let keys: string;
let image: string;
let tags: readonly string[];

/** A registry that gives its tags in two pages, to who has the token that it gives to anybody. */
function answer({ url = "", headers }: IncomingMessage, response: ServerResponse): void {
  const own = `https://${image.split("/")[0] ?? ""}`;
  if (url.startsWith("/token?service=here&scope=repository")) response.end('{"token":"for-anybody"}');
  else if (headers.authorization !== "Bearer for-anybody")
    response
      .writeHead(401, {
        "WWW-Authenticate": `Bearer realm="${own}/token",service="here",scope="repository:a/app:pull"`,
      })
      .end("{}");
  else if (url.includes("last=")) response.end(JSON.stringify({ tags: tags.slice(2) }));
  else
    response
      .writeHead(200, { Link: '</v2/a/app/tags/list?last=2>; rel="next"' })
      .end(JSON.stringify({ tags: tags.slice(0, 2) }));
}

beforeAll(async () => {
  keys = temporaryFolder();
  execFileSync(
    "openssl",
    [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=r",
      ],
      ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", join(keys, "key"), "-out", join(keys, "cert")],
    ],
    { stdio: "ignore" },
  );
  registry = createServer(
    { key: readFileSync(join(keys, "key")), cert: readFileSync(join(keys, "cert")) },
    answer,
  );
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  image = `127.0.0.1:${String((registry.address() as AddressInfo).port)}/a/app`;
});
afterAll(() => {
  registry.close();
});

function settings(changes: Readonly<Record<string, unknown>> = {}): string {
  return textOf(planOf(rawWith(changes)), "upgrades-settings", String)
    .replace(/^IMAGE=.*$/m, `IMAGE='${image}'`)
    .replace(/^RELEASE=.*$/m, "RELEASE='v1.9.0'");
}

beforeEach(() => {
  tags = ["v1.8.0", "v1.10.0-rc1", "latest", "v1.9.0"];
  host = makeHostFolder(settings(), { env: "upgrades.env", scripts: SCRIPTS });
  host.write("var/log/none", "");
  host.program(
    "apt-get",
    `case "$*" in *update*) [ ! -e "$root/broken" ] || { echo "E: no archive"; exit 100; };; *) echo "Inst base-files [1] (2 Debian:stable)";; esac`,
  );
  host.program(
    "unattended-upgrade",
    `echo unattended-upgrade >>"$root/calls"; echo "2026-03-10 04:05:00,000 INFO Packages that will be upgraded: openssl libssl3t64"`,
  );
  host.program(
    "systemctl",
    `echo "systemctl $*, $(grep -c restarted "$root/${STATE}") recorded" >>"$root/calls"`,
  );
  host.program("resolvectl", `echo "example.org IN MX 10 mail.example.org"`);
  host.program(
    "curl",
    `words="$*"; cat >/dev/null
    file=\${words#*--upload-file }; cp "\${file%% *}" "$root/mail"; echo "curl \${words##* }" >>"$root/calls"`,
  );
  host.write("usr/local/lib/mailstead/data.sh", `#!/bin/bash\necho "data.sh $*" >>${host.root}/calls\n`);
  execFileSync("chmod", ["0755", join(host.root, "usr/local/lib/mailstead/data.sh")]);
});

/** Runs the script beside the registry of this process. */
async function run(): Promise<{
  code: number | null;
  said: string;
  calls: string[];
  state: Record<string, unknown>;
}> {
  const script = join(host.root, "usr/local/lib/mailstead/upgrades.sh");
  const env = {
    PATH: [join(host.root, "bin"), "/usr/bin", "/bin"].join(":"),
    LC_ALL: "C.UTF-8",
    SSL_CERT_FILE: join(keys, "cert"),
  };
  const child = spawn(script, ["run"], { env, stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (said += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, said, calls: host.calls(), state: JSON.parse(host.read(STATE)) as Record<string, unknown> };
}

test("installs, writes it down, and leaves a server that needs no restart alone", async () => {
  const { code, calls, state } = await run();
  expect([code, calls]).toEqual([0, ["unattended-upgrade"]]);
  expect(state).toMatchObject({
    system: { installed: ["libssl3t64", "openssl"], waiting: 1, failed: null },
    releases: { newest: "v1.9.0", failed: null },
  });
});

test("an archive that does not answer is written down with its reason, and nothing is installed", async () => {
  host.write("broken", "");
  const { code, calls, state } = await run();
  expect([code, calls]).toEqual([1, []]);
  expect(state).toMatchObject({ system: { installed: [], failed: "E: no archive" } });
});

test("where a restart is needed the containers are stopped, and the record is written, before it", async () => {
  host.write("run/reboot-required", "");
  const { code, calls } = await run();
  expect([code, calls]).toEqual([0, ["unattended-upgrade", "data.sh stop", "systemctl reboot, 1 recorded"]]);
});

test("a restart that is not wanted is said and not made", async () => {
  host.write("run/reboot-required", "");
  host.write("etc/mailstead/upgrades.env", settings({ "upgrades.reboot": false }));
  const { said, calls } = await run();
  expect(calls).toEqual(["unattended-upgrade"]);
  expect(said).toContain("mailstead:upgrades.reboot is false");
});

test("a newer release is proposed once, by its numbers and with the command; a trial of one is none", async () => {
  tags = [...tags, "v1.10.0", "v1.9.1"];
  const first = await run();
  expect(first.code).toBe(0);
  expect(first.calls).toEqual(["curl smtp://mail.example.org:25/mx.example.com", "unattended-upgrade"]);
  const mail = host.read("mail");
  expect(mail).toContain("Subject: Forward Email v1.10.0 for example.com\r\n");
  expect(mail).toContain("\r\n    ./mailstead upgrade v1.10.0\r\n");
  expect((await run()).calls).toEqual(["unattended-upgrade"]);
  tags = [...tags, "v2.0.0"];
  expect((await run()).calls).toContain("curl smtp://mail.example.org:25/mx.example.com");
});

test("a mail that nobody took is tried again the next night", async () => {
  tags = [...tags, "v1.10.0"];
  host.program("curl", 'cat >/dev/null; echo curl >>"$root/calls"; exit 7');
  expect((await run()).calls).toContain("curl");
  expect((await run()).calls).toContain("curl");
});

test("a registry that cannot be asked is written down, and the updates go on", async () => {
  host.write("etc/mailstead/upgrades.env", settings().replace(/^IMAGE=.*$/m, "IMAGE='127.0.0.1:1/a/app'"));
  const { code, calls, state } = await run();
  expect([code, calls]).toEqual([1, ["unattended-upgrade"]]);
  expect(state).toMatchObject({
    releases: { newest: null, failed: expect.stringMatching(/refused/) as string },
  });
});

test("what is switched off is not done", async () => {
  host.write("run/reboot-required", "");
  host.write("etc/mailstead/upgrades.env", settings({ "upgrades.system": "off" }));
  tags = [...tags, "v1.10.0"];
  expect((await run()).calls).toEqual(["curl smtp://mail.example.org:25/mx.example.com"]);
});

test("apt reads our settings as security origins alone, whatever the distribution's own say", () => {
  const folder = temporaryFolder();
  const own = join(folder, "50unattended-upgrades");
  writeFileSync(
    own,
    'Unattended-Upgrade::Origins-Pattern { "origin=Debian,codename=trixie"; };\nUnattended-Upgrade::Allowed-Origins { "Ubuntu:noble"; };\nUnattended-Upgrade::Automatic-Reboot "true";\nAPT::Periodic::Unattended-Upgrade "1";\n',
  );
  const ours = join(import.meta.dirname, "../../../cloud-init/files/upgrades.conf");
  writeFileSync(join(folder, "both"), readFileSync(own, "utf8") + readFileSync(ours, "utf8"));
  const dumped = execFileSync("apt-config", ["-c", join(folder, "both"), "dump"], { encoding: "utf8" });
  const lines = dumped
    .split("\n")
    .filter((line) => /^(Unattended-Upgrade|APT::Periodic::Unattended)/.test(line));
  expect(lines.toSorted()).toEqual(
    [
      'APT::Periodic::Unattended-Upgrade "0";',
      'Unattended-Upgrade "";',
      'Unattended-Upgrade::Allowed-Origins "";',
      'Unattended-Upgrade::Automatic-Reboot "false";',
      'Unattended-Upgrade::Origins-Pattern "";',
      'Unattended-Upgrade::Origins-Pattern:: "origin=Debian,codename=${distro_codename}-security,label=Debian-Security";',
      'Unattended-Upgrade::Origins-Pattern:: "origin=Ubuntu,archive=${distro_codename}-security";',
    ].toSorted(),
  );
});
