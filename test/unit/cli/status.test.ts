/**
 * Proves: a part of the status that cannot be had is a finding with its next step beside those of the other parts, as
 * text and with --json; no SSH is one finding; what was not asked is said and costs no exit code.
 * Cannot prove: what a host answers, since `ssh` and `pulumi` are played by scripts.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestPart } from "../../../stack/guards/bundleMark.ts";
import type { Finding } from "../../../verify/model/finding.ts";
import { planOf } from "../stack/support/planOf.ts";
import { dkimKey, rawWith } from "../stack/support/validRaw.ts";
import { makeProject, type Project, type Ran } from "./project.ts";

const RAW = rawWith({
  backups: {
    ...{ endpoint: "s3.example.net", bucket: "mail" },
    ...{ accessKeyId: "AN0ACCESS0KEY", secretAccessKey: "a-secret-of-the-bucket" },
  },
  "dns.verification": "Abcdefghij",
  "dns.dkim": [{ selector: "fe-1a2b3c", publicKey: dkimKey(2048) }],
});
const DAY = 86_400;
const ADMIN = { MAILSTEAD_ADMIN_EMAIL: "me@example.com", MAILSTEAD_ADMIN_PASSWORD: "secret word" };

/** Answers of a host on which all is well, by what is asked. */
const WELL = {
  containers: planOf(RAW)
    .containers.map(({ name: Names }) => JSON.stringify({ Names, State: "running", Status: "Up (healthy)" }))
    .join("\n"),
  certificate: [
    '{"status":"valid"}',
    "subject=CN = example.com",
    "issuer=CN = R11",
    `notBefore=${new Date(0).toUTCString()}`,
    `notAfter=${new Date(90 * DAY * 1000).toUTCString()}`,
    `now=${String(DAY)}`,
  ].join("\n"),
  gate: '{"domain":"example.com","state":"open","since":"2026-01-01T00:00:00Z","answer":"known 2"}\nloaded\nopen',
  health: [
    "disk / 41% 7% 32212254720",
    "memory MemTotal: 4000000",
    "memory MemAvailable: 2000000",
    "queue 0 0",
  ].join("\n"),
  state: [
    "{}",
    `mailstead state ${JSON.stringify({
      ...{ accounts: 1, members: 1, left: [] },
      domain: {
        token: "Abcdefghij",
        verifications: ["Abcdefghij"],
        selector: "fe-1a2b3c",
        bits: 2048,
        isKeyAnswered: true,
      },
    })}`,
    "signup 401",
  ].join("\n"),
  backups: 'now=1\nsince=0\nstate={"lastSuccess":{"at":"1970-01-01T00:00:00Z","snapshot":"0123456789"}}',
  upgrades: `now=1\nsince=0\nstate={"system":{"at":"1970-01-01T00:00:00Z","installed":[],"waiting":0,"failed":null},"releases":{"at":"1970-01-01T00:00:00Z","newest":"v1.0.0","failed":null}}`,
  port25: "4 open a.example.net\n6 open a.example.net",
  checklist: JSON.stringify({ checklist: [{ name: "a", type: "MX", expected: "b", pass: true }] }),
};

let project: Project;

/** The host answers this to one of the questions, or ends the script with a code. */
function answers(part: keyof typeof WELL, text: string, code = 0): void {
  writeFileSync(join(project.folder, `${part}.out`), code === 0 ? `${text}\n` : "");
  writeFileSync(join(project.folder, `${part}.err`), code === 0 ? "" : `${text}\n`);
  writeFileSync(join(project.folder, `${part}.code`), `${String(code)}\n`);
}

/** What is remembered of the last recovery bundle. */
function bundleOf(digests: object): void {
  const mark = { created: "2026-01-02T03:04:05.000Z", file: "/mnt/b.age", salt: "ab", digests };
  writeFileSync(join(project.folder, ".mailstead/good/bundle.json"), JSON.stringify(mark));
}

beforeEach(() => {
  project = makeProject();
  project.stack("good", RAW);
  const keys = join(project.folder, ".mailstead/good");
  mkdirSync(keys, { recursive: true });
  for (const name of ["deploy_key", "known_hosts"]) writeFileSync(join(keys, name), "");
  bundleOf({});
  project.pulumi(`case "$*" in
    *"stack export"*) echo '{"version":3,"deployment":{"resources":[{"urn":"a::b","type":"t","id":"1","protect":true}]}}' ;;
    *) echo '{"addresses":{"ipv4":"203.0.113.10","ipv6":"2001:db8::1"}}' ;;
  esac`);
  project.program(
    "ssh",
    `case "$(cat)" in
    *upgrade.sh*) [ "$(cat "$HOME/containers.code")" != 255 ] || part=containers; [ -n "$part" ] || exit 0 ;;
    *'docker ps'*) part=containers ;; *certificate.json*) part=certificate ;;
    *mail-gate.json*) part=gate ;; *backup.json*) part=backups ;; *upgrades.json*) part=upgrades ;; *askState*) part=state ;;
    *MemAvailable*) part=health; date '+clock %s.%N yes' ;;
    *dev/tcp*) part=port25 ;; *setup/dns*) part=checklist ;;
    esac
    cat "$HOME/$part.out"; cat "$HOME/$part.err" >&2; exit "$(cat "$HOME/$part.code")"`,
  );
  for (const [part, text] of Object.entries(WELL)) answers(part as keyof typeof WELL, text);
});

afterEach(() => {
  project.remove();
});

function status(...args: readonly string[]): Promise<Ran> {
  return project.run(["status", "--stack", "good", ...args], ADMIN);
}

function findingsOf({ stdout, stderr }: Ran): readonly Finding[] {
  expect(stderr).toBe("");
  return (JSON.parse(stdout) as { findings: Finding[] }).findings;
}

function notWell(ran: Ran): readonly Finding[] {
  return findingsOf(ran).filter(({ state }) => state !== "ok");
}

test("all is well: 0, and every part is there", async () => {
  const ran = await status("--json");
  expect(ran.code).toBe(0);
  expect(notWell(ran)).toEqual([]);
  const subjects = findingsOf(ran).map(({ subject }) => subject);
  for (const subject of [
    "container web",
    "certificate",
    "outbound port 25 over IPv6",
    "sending",
    "sign-up",
    "checklist MX a",
    "backups",
    "security updates",
    "releases",
    "disk /",
    "clock",
    "recovery bundle",
  ])
    expect(subjects).toContain(subject);
});

/** What may stand in a log, an answer of the host or its error text. */
const HOSTILE = "\u001b]0;title\u0007 \u001b[2J \u009b31m \u202eevil \r\u0008gone";
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test("nothing from outside reaches the terminal as more than text", async () => {
  const container = { State: "exited", Status: `Exited ${HOSTILE}`, Names: "web" };
  answers("containers", `${JSON.stringify(container)}\n== web\n| ${HOSTILE}`);
  answers("certificate", HOSTILE, 3);
  for (const args of [[], ["--json"]]) {
    const ran = await status(...args);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("evil");
    expect(ran.stdout + ran.stderr).not.toMatch(HARMFUL);
  }
});

test("nor does what a log holds", async () => {
  project.program(
    "ssh",
    `printf '%b' 'a\\tb \\033]0;t\\007\\033[31mred\\033[0m \\302\\233 \\342\\200\\256x\\nnext\\n'; printf 'e\\033[2J\\n' >&2; exit 4`,
  );
  const ran = await project.run(["logs", "web", "--stack", "good"]);
  expect(ran).toEqual({ code: 4, stdout: "a\tb red \\x9b \\u{202e}x\nnext\n", stderr: "e\n" });
});

test("what the server has takes the place of what the configuration lacks; where it is not told that stands: 1", async () => {
  project.stack("good", rawWith({}));
  answers("state", WELL.state.replace('"left":[]', '"left":[{"code":"domain-not-approved","about":""}]'));
  const told = await status("--json");
  expect(told.code).toBe(1);
  expect(notWell(told)).toMatchObject([
    { subject: "sending", state: "bad", fix: "approve it at https://example.com/en/admin/domains" },
  ]);
  answers("state", "{}\nmailstead left unexpected #config isSelfHosted is not true\nsignup 200");
  expect(notWell(await status("--json")).map(({ subject, state }) => `${state} ${subject}`)).toEqual([
    "warn the mail server itself",
    ...["warn sign-up", "bad site verification", "warn DKIM key of the domain"],
  ]);
});

test("without a login it is said that the checklist was not asked, and how to have it asked: 0", async () => {
  const ran = await project.run(["status", "--stack", "good", "--json"]);
  expect(ran.code).toBe(0);
  expect(notWell(ran)).toMatchObject([
    { subject: "the server's checklist", state: "warn", seen: "was not asked" },
  ]);
  expect(notWell(ran)[0]?.fix).toContain("MAILSTEAD_ADMIN_PASSWORD");
});

test("a part whose script fails is a finding beside those of the others: 1", async () => {
  answers("containers", "Cannot connect to the Docker daemon\nIs it running?", 1);
  const ran = await status("--json");
  expect(ran.code).toBe(1);
  expect(notWell(ran)).toEqual([
    {
      subject: "containers",
      state: "bad",
      seen: "the host answered with 1: Cannot connect to the Docker daemon",
      fix: "try `./mailstead ssh`",
      detail: ["Is it running?"],
    },
  ]);
  expect(findingsOf(ran).map(({ subject }) => subject)).toContain("certificate");
});

test.each([
  ["checklist", "<html>log in</html>", "the server's checklist: the server answered a page", "log in at"],
  ["certificate", '{"status":"val', "certificate: the answer cannot be read: ", "look at the host itself: `"],
] as const)(
  "an answer about the %s that is no JSON is a finding, without a stack trace: 1",
  async (part, text, said, next) => {
    answers(part, part === "certificate" ? WELL.certificate.replace(/^.*/, text) : text);
    const ran = await status();
    expect(ran).toMatchObject({ code: 1, stderr: "" });
    expect(ran.stdout).toContain(`✗ ${said}`);
    expect(ran.stdout).toContain(`next: ${next}`);
    expect(ran.stdout).toContain("✓ container web");
    expect(ran.stdout).not.toMatch(/^\s+at /m);
    expect(ran.stdout).not.toContain("secret word");
  },
);

test("no SSH is one finding for all that could not be asked; what the configuration tells is there: 1", async () => {
  for (const part of Object.keys(WELL)) answers(part as keyof typeof WELL, "connection timed out", 255);
  project.stack("good", rawWith({}));
  const ran = await status("--json");
  expect(ran.code).toBe(1);
  expect(findingsOf(ran)).toMatchObject([
    {
      subject:
        "upgrade, containers, certificate, the host's health, the mail server itself, upgrades, port 25, outbound port 25, the server's checklist",
      state: "bad",
      seen: "no SSH to 203.0.113.10: connection timed out",
      fix: expect.stringContaining("is the server on") as string,
    },
    { subject: "recovery bundle", state: "ok" },
    { subject: "site verification", state: "bad" },
    { subject: "DKIM key of the domain", state: "warn" },
  ]);
});

test("a recovery bundle that is not there, or holds less than the stack has, is told: 0", async () => {
  bundleOf({
    things: digestPart("ab", { "a::b": "2" }),
    settings: digestPart("ab", {}),
    keys: "unknown now",
  });
  const old = await status("--json");
  expect([old.code, notWell(old)]).toEqual([
    0,
    [
      {
        ...{ subject: "recovery bundle", state: "warn", fix: "./mailstead bundle create FILE" },
        seen: "what is protected changed after the bundle of 2026-01-02T03:04:05.000Z (/mnt/b.age)",
      },
    ],
  ]);
  rmSync(join(project.folder, ".mailstead/good/bundle.json"));
  expect(notWell(await status("--json"))).toMatchObject([
    {
      subject: "recovery bundle",
      state: "warn",
      seen: expect.stringContaining("none was made here yet") as string,
    },
  ]);
});
