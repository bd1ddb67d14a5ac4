/**
 * Proves: `mailstead` as a process of its own ends and prints, on both streams, as in the process of the tests, where most
 * of them run it: of every command that ends without a host one run, with each exit code, and faults of every origin.
 * Cannot prove: what a terminal makes of it; commandLine.test.ts does.
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { validRaw } from "../stack/support/validRaw.ts";
import { makeProject, type Project } from "./project.ts";

/** Nobody outside is asked: nothing listens there. */
const NOBODY = "http://127.0.0.1:9";
const ENVIRONMENT = {
  HCLOUD_TOKEN: "t".repeat(40),
  CLOUDFLARE_API_TOKEN: "t".repeat(40),
  HCLOUD_ENDPOINT: NOBODY,
  CLOUDFLARE_BASE_URL: NOBODY,
};

let project: Project;

beforeEach(() => {
  project = makeProject();
  project.stack("good", validRaw());
  project.stack("bad", { ...validRaw(), domain: "exa mple" });
  project.pulumi(`case "$*" in
    *--stack\\ locked*) echo 'error: the stack is currently locked by 1 lock(s)' >&2; exit 255 ;;
    *) echo '{"deployment": {}}' ;;
  esac`);
  project.stack("locked", validRaw());
});

afterEach(() => {
  project.remove();
});

test.each<[code: number, args: string[]]>([
  [0, ["render", "dns", "--stack", "good"]],
  [0, ["render", "env", "--stack", "good", "--json"]],
  [0, ["render", "--help"]],
  [1, ["audit", "--columns", "api", "--stack", "good", "--json"]],
  [1, ["preflight", "--stack", "locked"]],
  [1, ["rebuild", "--stack", "locked"]],
  [1, ["import", "--stack", "locked"]],
  [1, ["status", "--stack", "locked", "--json"]],
  [1, ["teardown", "--stack", "good"]],
  [1, ["logs", "mx", "--stack", "locked"]],
  [2, ["init", "exa_mple"]],
  [2, ["render", "dns", "--stack", "bad"]],
  [2, ["render", "dns", "--stack", "a/b"]],
  [2, ["preflight", "--stack", "good", "--fix", "--nosuch"]],
])("%i: %j", async (code, args) => {
  const started = await project.start(args, ENVIRONMENT);
  expect(started.code).toBe(code);
  expect(started.stdout + started.stderr).not.toBe("");
  expect(await project.run(args, ENVIRONMENT)).toEqual(started);
});
