/**
 * Proves: the host's script hands the program and its settings to the container by standard input alone, prints our lines
 * and no others, keeps the result for root, and ends well when the container has no answer.
 * Cannot prove: what the program does in the app; its own test does.
 */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readAsset } from "../../../components/assets.ts";
import { makeHostFolder } from "./hostFolder.ts";

const STATE = "var/lib/mailstead/onboarding.json";
const PIECES = ["onboarding-guard.cjs", "onboarding-look.cjs", "onboarding-make.cjs", "onboarding.cjs"];

/** A host whose `docker` runs these lines. */
function run(docker: string) {
  const host = makeHostFolder("", { env: "none.env", scripts: ["onboarding.sh", ...PIECES] });
  host.program("docker", `echo "docker $*" >>$root/calls; cat >$root/given\n${docker}`);
  const ended = spawnSync(join(host.root, "usr/local/lib/mailstead/onboarding.sh"), [], {
    encoding: "utf8",
    input: '{"account":{"password":"s3cret"}}\n',
    env: { PATH: `${join(host.root, "bin")}:/usr/bin:/bin`, LC_ALL: "C" },
    timeout: 20_000,
  });
  const state = JSON.parse(host.read(STATE)) as { at: string; result: Record<string, unknown> };
  return { host, state, status: ended.status, printed: ended.stdout, err: ended.stderr };
}

test("program and settings travel by standard input; our lines are printed, and the result is kept for root", () => {
  const result = { domain: "example.com", made: ["alias you"], found: [], left: [] };
  const { host, state, status, printed, err } = run(
    `echo "the app says s3cret"; echo "mailstead made alias you"; echo "s3cret" >&2
    echo 'mailstead result ${JSON.stringify(result)}'`,
  );
  expect([status, printed, err]).toEqual([0, "made alias you\n", ""]);
  expect(host.calls()).toEqual(["docker exec --interactive web node -"]);
  const settings = '{"account":{"password":"s3cret"}}';
  expect(host.read("given")).toBe(
    `${PIECES.map(readAsset).join("")}globalThis.mailstead.run(${settings});\n`,
  );
  expect(state.result).toEqual(result);
  expect(state.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+Z$/);
  expect(statSync(join(host.root, STATE)).mode & 0o777).toBe(0o600);
});

test.each([
  ["the container is not there", "echo 'No such container: web' >&2; exit 1", "1"],
  ["it dies on the way", 'echo "mailstead made account a@b.example"; exit 137', "137"],
  ["it says nothing of ours", "echo hello", "0"],
])("%s: said, and no fault of the up", (_, docker, code) => {
  const { state, status, printed } = run(docker);
  expect(status).toBe(0);
  expect(printed.trimEnd().split("\n").at(-1)).toBe(`left no-answer ${code}`);
  expect(state.result["left"]).toEqual([{ code: "no-answer", about: code }]);
});
