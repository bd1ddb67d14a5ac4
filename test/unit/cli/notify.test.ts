/**
 * Proves: `mailstead audit --notify` tells a webhook and `sendmail` what came and what went, on change only and until it
 * was taken; a secret address is printed nowhere; the systemd units name what they start, and systemd takes them.
 * Cannot prove: that mail leaves the machine; `sendmail` is played by a script.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { auditService, auditTimer } from "../../../cli/auditUnits.ts";
import { parseConfig } from "../../../stack/config/parseConfig.ts";
import { cloudflareForm } from "../../../stack/vendors/cloudflare/dnsForm.ts";
import type { ZoneRecord } from "../../../stack/model/zoneRecord.ts";
import { planMailServer } from "../../../stack/planMailServer.ts";
import { listDesiredSets } from "../../../verify/judge/sets/desiredSets.ts";
import { rawWith } from "../stack/support/validRaw.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { makeProject, type Project, type Ran } from "./project.ts";

const ZONE = { name: "example.com", id: "c7915704a794c5f99111b674c1985c3a" };
const VALUES: Readonly<Record<string, string>> = {
  serverIpv4: "203.0.113.10",
  serverIpv6: "2001:db8:a:1::1",
  dkimPublicKey: "M".repeat(392),
};
const raw = rawWith({ "dns.zoneId": ZONE.id });
const { config } = parseConfig(raw);
if (config === undefined) throw new Error("no configuration");
const CLEAN: readonly ZoneRecord[] = listDesiredSets(
  planMailServer(config).plan.records,
  (name) => VALUES[name],
).flatMap(({ values, ...set }) => values.map((value) => ({ ...set, value })));
const UNMANAGED: ZoneRecord = { name: "blog.example.com", type: "A", ttlSeconds: 300, value: "192.0.2.9" };

interface Posted {
  readonly text: string;
  readonly exitCode: number;
  readonly appeared: readonly string[];
  readonly gone: readonly string[];
}

let project: Project;
let server: Server;
let base: string;
let zone: readonly ZoneRecord[];
let posted: Posted[];
/** What the webhook answers. */
let status: number;

beforeEach(async () => {
  [zone, posted, status] = [CLEAN, [], 204];
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      if (request.method === "POST") {
        posted.push(JSON.parse(text) as Posted);
        response.writeHead(status).end();
        return;
      }
      const result = cloudflareForm.write(zone, ZONE);
      response.end(JSON.stringify({ success: true, result, result_info: { total_count: result.length } }));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  project = makeProject();
  project.stack("prod", raw);
  mkdirSync(join(project.folder, ".mailstead/prod"), { recursive: true });
  writeFileSync(join(project.folder, ".mailstead/prod/values.json"), JSON.stringify(VALUES));
});

afterEach(() => {
  project.remove();
  server.closeAllConnections();
  server.close();
});

function audit(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return project.run(["audit", "--columns", "api", ...args], {
    CLOUDFLARE_API_TOKEN: "token",
    CLOUDFLARE_BASE_URL: base,
    ...environment,
  });
}

test("a webhook hears what came and what went, once each", async () => {
  const hook = { MAILSTEAD_NOTIFY: `webhook:${base}/SECRETPATH` };
  await audit([], hook);
  expect(posted).toEqual([]);
  zone = [...CLEAN, UNMANAGED];
  const { stdout, stderr, code } = await audit([], hook);
  expect(code).toBe(0);
  expect(posted).toHaveLength(1);
  expect(posted[0]).toMatchObject({
    exitCode: 0,
    appeared: ["unmanaged A blog.example.com: 192.0.2.9"],
    gone: [],
  });
  expect(posted[0]?.text).toMatch(/^DNS of example\.com: \d+ record sets: .*\nNew:\n {2}unmanaged A blog/);
  await audit([], hook);
  expect(posted).toHaveLength(1);
  zone = CLEAN;
  await audit([], hook);
  expect(posted[1]).toMatchObject({ appeared: [], gone: ["unmanaged A blog.example.com: 192.0.2.9"] });
  expect(stdout + stderr).not.toContain("SECRETPATH");
}, 60_000);

test("whatever a record says, a chat rings for nobody, and gets no more than it takes", async () => {
  const said = "@channel @here @everyone <!channel> <@U123> <https://a.example|b> \u202e";
  zone = [
    ...CLEAN,
    ...Array.from({ length: 60 }, (_, index) => ({
      ...UNMANAGED,
      name: `t${String(index)}.example.com`,
      type: "TXT" as const,
      value: said,
    })),
  ];
  await audit([], { MAILSTEAD_NOTIFY: `webhook:${base}/x` });
  const { text, ...rest } = posted[0] ?? { text: "" };
  expect(text).toContain("channel");
  expect(text).not.toMatch(/@[a-z]|<[!@#]|<https|\u202e/i);
  expect(text.length).toBeLessThanOrEqual(4000);
  expect(rest).toMatchObject({ allowed_mentions: { parse: [] }, link_names: false });
});

test("news that were not taken come again, and the failure is said without the address", async () => {
  const hook = ["--notify", `webhook:${base}/SECRETPATH`];
  [zone, status] = [[...CLEAN, UNMANAGED], 503];
  const failed = await audit(hook);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain("unmanaged");
  expect(failed.stderr).toMatch(/the webhook at 127\.0\.0\.1:\d+ answered 503/);
  expect(failed.stderr).not.toContain("SECRETPATH");
  status = 200;
  await audit(hook);
  await audit(hook);
  expect(posted).toHaveLength(2);
}, 60_000);

test("mail goes through sendmail, its text out of reach of the head", async () => {
  const script = join(project.folder, "bin/sendmail");
  writeFileSync(script, `#!/bin/sh\necho "$@" > args; cat > message\n`);
  chmodSync(script, 0o755);
  zone = [...CLEAN, { ...UNMANAGED, type: "TXT", value: "x\nBcc: other@example.net" }];
  expect((await audit(["--notify", "mail:you@example.org"])).code).toBe(0);
  expect(readFileSync(join(project.folder, "args"), "utf8")).toBe("-i -t\n");
  const [head = "", body = ""] = readFileSync(join(project.folder, "message"), "utf8").split("\n\n");
  expect(head).toBe(`To: you@example.org
Subject: DNS of example.com: 1 new, 0 gone
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64`);
  const text = Buffer.from(body, "base64").toString();
  expect(text).toMatch(
    /^New:\n {2}unmanaged TXT blog\.example\.com: x\\x0aBcc: other@example\.net\n\nDNS of /,
  );
});

const hasSendmail = ["/usr/bin", "/bin", "/usr/sbin", "/usr/lib"].some((folder) =>
  existsSync(join(folder, "sendmail")),
);

test.skipIf(hasSendmail)("without sendmail it is said what to do (needs a machine without it)", async () => {
  zone = [...CLEAN, UNMANAGED];
  const { code, stderr } = await audit(["--notify", "mail:you@example.org"]);
  expect(code).toBe(1);
  expect(stderr).toContain("there is no sendmail on this machine\nNext step: install one, such as msmtp-mta");
});

test.each(["mail:nobody", "webhook:ftp://example.net/KEY", "webhook:KEY", "pager:1"])(
  "%s is no place to tell: said before anybody is asked, and not repeated",
  async (place) => {
    const { code, stdout, stderr } = await audit(["--notify", place]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("Next step: give mail:you@example.org or webhook:https://");
    expect(stderr).not.toContain("KEY");
  },
);

const UNIT = {
  ...{ domain: "example.com", stack: "prod", project: "/srv/100% mine", node: "/usr/bin/node" },
  command: '/srv/100% mine/$x "cli"/mailstead.js',
  engine: '/opt/100% $x "tools"',
};

test("paths with blanks, quotes and signs of systemd's own stay what they are", () => {
  const unit = auditService(UNIT);
  expect(unit).toContain("\nWorkingDirectory=/srv/100%% mine\n");
  expect(unit).toContain(
    String.raw`ExecStart="/usr/bin/node" "/srv/100%% mine/$$x \"cli\"/mailstead.js" audit --stack "prod"`,
  );
  expect(unit).toContain(String.raw`
Environment="PATH=/opt/100%% $x \"tools\":/usr/local/sbin:`);
  expect(unit).toContain("\nSuccessExitStatus=3\n");
  // systemd gives a service no folder of the user's own.
  expect(auditService({ ...UNIT, engine: undefined })).toContain(
    '\nEnvironment="PATH=%h/.pulumi/bin:/usr/local/sbin:',
  );
});

test("render prints both units for this project", async () => {
  const service = await project.run(["render", "audit-service"]);
  expect(service.stdout).toContain(`\nWorkingDirectory=${project.folder}\n`);
  expect(service.stdout).toContain(`ExecStart="${process.execPath}" "`);
  expect((await project.run(["render", "audit-timer"])).stdout).toContain("\nOnCalendar=hourly\n");
});

const analyze = ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"].find((path) => existsSync(path));

test.skipIf(analyze === undefined)("systemd takes the units (needs systemd-analyze)", () => {
  const folder = temporaryFolder();
  const service = join(folder, "mailstead-audit.service");
  const timer = join(folder, "mailstead-audit.timer");
  writeFileSync(service, auditService({ ...UNIT, project: "/", node: "/bin/sh", command: "/a b/%c" }));
  writeFileSync(timer, auditTimer(UNIT));
  // It wants a place of its own even to read units.
  const env = { XDG_RUNTIME_DIR: folder, HOME: folder };
  const verify = ["verify", "--user", "--man=no", service, timer];
  const ran = spawnSync(analyze ?? "", verify, { encoding: "utf8", env });
  rmSync(folder, { recursive: true, force: true });
  expect({ status: ran.status, said: ran.stdout + ran.stderr }).toEqual({ status: 0, said: "" });
});
