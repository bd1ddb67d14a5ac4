/**
 * Proves: the command has the host run its script and says what came of it, as text and as JSON, with the exit code and the
 * next step of each outcome; a stack whose certificate a person places is told so without the host being asked.
 * Cannot prove: what the script does (certificateNow.test.ts), since `ssh` and `pulumi` are played by scripts.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rawWith } from "../stack/support/validRaw.ts";
import { makeProject, type Project, type Ran } from "./project.ts";

const ANSWER = {
  ...{
    outcome: "renewed",
    names: ["example.com", "*.example.com"],
    directory: "https://acme.example/directory",
  },
  ...{ validUntil: "2026-06-01T00:00:00Z", before: "2026-03-10T00:00:00Z", ordersAnew: false },
  ...{ readers: ["imap", "smtp"], restarted: ["imap", "smtp"], notRestarted: [], nextTry: "", reason: "" },
};

let project: Project;

beforeEach(() => {
  project = makeProject();
  project.stack("good", rawWith({}));
  project.stack("hand", rawWith({ "certificates.method": "manual" }));
  for (const stack of ["good", "hand"]) {
    const keys = join(project.folder, `.mailstead/${stack}`);
    mkdirSync(keys, { recursive: true });
    for (const name of ["deploy_key", "known_hosts"]) writeFileSync(join(keys, name), "");
  }
  project.pulumi(`echo '{"addresses":{"ipv4":"203.0.113.10"}}'`);
  project.program(
    "ssh",
    `echo "$*" >"$HOME/told"; echo "mailstead: asking" >&2; cat "$HOME/answer"; exit "$(cat "$HOME/code" 2>/dev/null || echo 0)"`,
  );
});
afterEach(() => {
  project.remove();
});

function renew(answer: object, ...args: readonly string[]): Promise<Ran> {
  writeFileSync(join(project.folder, "answer"), JSON.stringify({ ...ANSWER, ...answer }));
  return project.start(["renew", "--stack", "good", ...args]);
}

/** What of the command line reached the host; undefined where nothing was run. */
function told(): string | undefined {
  const file = join(project.folder, "told");
  return existsSync(file) ? readFileSync(file, "utf8").split(" 203.0.113.10 ")[1]?.trim() : undefined;
}

test.each([
  [[], "now"],
  [["--force"], "now --force"],
  [["--dry-run"], "try"],
])("%j runs the script with %s", async (args, words) => {
  expect((await renew({ outcome: words === "try" ? "passed" : "renewed" }, ...args)).code).toBe(0);
  expect(told()).toBe(`/usr/local/lib/mailstead/certificate.sh ${words}`);
});

test("renewed: until when, before, and who was restarted; what goes on is shown meanwhile", async () => {
  const { code, stdout, stderr } = await renew({});
  expect([code, stderr]).toEqual([0, "mailstead: asking\n"]);
  expect(stdout).toContain("valid until 2026-06-01T00:00:00Z (before: 2026-03-10T00:00:00Z)");
  expect(stdout).toContain("restarted: imap, smtp");
  expect(JSON.parse((await renew({}, "--json")).stdout)).toEqual(ANSWER);
});

test("not due: 0, and how it is renewed all the same", async () => {
  const { code, stdout } = await renew({ outcome: "kept", restarted: [] });
  expect(code).toBe(0);
  expect(stdout).toContain("valid until 2026-06-01T00:00:00Z, and not due yet; no container was restarted");
  expect(stdout).toContain("./mailstead renew --force");
});

test.each([
  [
    "refused",
    { reason: "no TXT record" },
    "the order was refused: no TXT record",
    "./mailstead renew --dry-run",
  ],
  [
    "waits",
    { nextTry: "2120-01-01T00:00:00Z" },
    "refuses until 2120-01-01T00:00:00Z",
    "tries again by itself",
  ],
  ["unread", { notRestarted: ["imap"] }, "not restarted: imap", "./mailstead status"],
])("%s: 1, why, and the next step", async (outcome, more, why, next) => {
  const { code, stderr } = await renew({ outcome, ...more });
  expect(code).toBe(1);
  expect(stderr).toContain(why);
  expect(stderr).toContain(next);
  const json = await renew({ outcome, ...more }, "--json");
  expect([json.code, (JSON.parse(json.stdout) as { outcome: string }).outcome]).toEqual([1, outcome]);
});

test("a dry run says what would be done, and what the trial came to", async () => {
  const { code, stdout } = await renew({ outcome: "passed", restarted: [] }, "--dry-run");
  expect(code).toBe(0);
  expect(stdout).toContain(
    "valid until 2026-06-01T00:00:00Z; it would order a new one once certbot finds it due",
  );
  expect(stdout).toContain("restart imap, smtp");
  expect(stdout).toContain("went through; nothing was changed");
  expect((await renew({ outcome: "refused", reason: "no" }, "--dry-run")).code).toBe(1);
});

test("a host with an earlier script is told of", async () => {
  writeFileSync(join(project.folder, "code"), "2");
  const { code, stderr } = await renew({});
  expect([code, stderr]).toEqual([2, expect.stringContaining("run `pulumi up` first")]);
});

test("a certificate that a person places is not renewed, and the host is not asked", async () => {
  const { code, stderr } = await project.start(["renew", "--stack", "hand"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("certificates.method is manual")]);
  expect(stderr).toContain("docs/guides/certificates.md");
  expect(told()).toBeUndefined();
});
