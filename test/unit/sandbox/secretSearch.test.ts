/**
 * Proves: the search for secrets finds what is planted, plain or in another form, in a file, in a folder and in the
 * arguments of a process; what the engine and the command print is kept for it, but for what a test asked for.
 * Cannot: prove that the product has no secret anywhere (test/sandbox/first/secrets.ts, second/generation.ts).
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keepPrinted, mustHoldNoSecret } from "../../support/printed.ts";
import { longestLine, searchFiles, secretsIn, watchArguments } from "../../support/secretSearch.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const SECRETS = [
  { name: "planted", value: "a planted/value+of enough length" },
  { name: "other", value: "another value that is nowhere" },
];
const PLANTED = SECRETS[0]?.value ?? "";

test.each([
  ["plain", PLANTED],
  ["base64", Buffer.from(PLANTED).toString("base64")],
  ["URL form", encodeURIComponent(PLANTED)],
])("a value in %s is found", (_, form) => {
  expect(secretsIn(`before ${form} after`, SECRETS)).toEqual(["planted"]);
  expect(secretsIn("before and after", SECRETS)).toEqual([]);
});

test("of a key in many lines the last long one counts", () => {
  expect(
    longestLine("-----BEGIN A LONG TITLE OF A KEY-----\npublic..\nsecret..\nshort\n-----END-----\n"),
  ).toBe("secret..");
});

test("files are searched one by one, below a folder or alone", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "deep"));
  writeFileSync(join(folder, "deep/bad"), `{"text":"${PLANTED}"}`);
  writeFileSync(join(folder, "good"), "nothing");
  writeFileSync(join(folder, "one.token"), PLANTED);
  const found = searchFiles(folder, SECRETS, /\.token$/).map((one) => [one.file, one.found]);
  expect(new Map(found as [string, string[]][])).toEqual(
    new Map([
      [join(folder, "deep/bad"), ["planted"]],
      [join(folder, "good"), []],
    ]),
  );
  expect(searchFiles(join(folder, "one.token"), SECRETS)).toMatchObject([{ found: ["planted"] }]);
  expect(() => searchFiles(join(folder, "not there"), SECRETS)).toThrow("ENOENT");
});

test("a secret in the arguments of a process is seen while work goes on, and the program is named", async () => {
  const work = (): Promise<string> =>
    new Promise((resolve) => {
      const child = spawn("sh", ["-c", "sleep 0.4; :", "sh", PLANTED], { stdio: "ignore" });
      child.on("close", (code) => {
        resolve(`ended with ${String(code)}`);
      });
    });
  const { result, seen, leaks } = await watchArguments(SECRETS, work);
  expect(result).toBe("ended with 0");
  expect(seen).toContain("sleep 0.4");
  expect(leaks).toEqual(["planted in sh"]);
});

test("what the engine and the command print is kept, but for what was asked for", () => {
  expect(mustHoldNoSecret(["pulumi", "up"])).toBe(true);
  expect(mustHoldNoSecret(["node", "cli/mailstead.js", "status"])).toBe(true);
  expect(mustHoldNoSecret(["node", "/clone/cli/mailstead.js", "audit"])).toBe(true);
  expect(mustHoldNoSecret(["pulumi", "stack", "output", "--show-secrets"])).toBe(false);
  expect(mustHoldNoSecret(["node", "cli/mailstead.js", "ssh", "--", "cat"])).toBe(false);
  expect(mustHoldNoSecret(["dig", "example.com"])).toBe(false);

  const folder = temporaryFolder();
  keepPrinted(["pulumi", "up"], `one\n${PLANTED}`, folder);
  keepPrinted(["pulumi", "preview"], "two", folder);
  keepPrinted(["pulumi", "config", "--show-secrets"], "three", folder);
  const [file = "", ...others] = readdirSync(join(folder, "printed"));
  expect(others).toEqual([]);
  expect(readFileSync(join(folder, "printed", file), "utf8")).toBe(
    `$ pulumi up\none\n${PLANTED}\n$ pulumi preview\ntwo\n`,
  );
  keepPrinted(["pulumi", "up"], "nowhere to be kept", join(folder, "gone"));
  expect(readdirSync(folder)).toEqual(["printed"]);
});
