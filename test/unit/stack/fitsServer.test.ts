/**
 * Proves: MongoDB's cache has the limit of the configuration, by default one that leaves room on the default server; what is
 * counted as needed grows with cache and containers; the look at the processor, run by a shell, passes with AVX or ARM's
 * atomics and else ends with what to do; the gate stands as long as the configuration says.
 * Cannot prove: how much memory the containers really take; upstream names 4 GB for all of them.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { planOf, textOf } from "./support/planOf.ts";
import { rawWith, validRaw } from "./support/validRaw.ts";

/** A line of `.env`. */
function variable(name: string, changes: Readonly<Record<string, unknown>>): string | undefined {
  const lines = textOf(planOf(rawWith(changes)), "env").split("\n");
  return lines.find((line) => line.startsWith(`${name}=`));
}

function mongoCommand(changes: Readonly<Record<string, unknown>>): readonly string[] {
  return planOf(rawWith(changes)).containers.find(({ name }) => name === "mongodb")?.command ?? [];
}

test.each([
  [{}, "0.5"],
  [{ "mail.mongoCacheMib": 256 }, "0.25"],
  [{ "mail.mongoCacheMib": 3000 }, "2.9296875"],
])("%j gives MongoDB %s GB", (changes, gb) => {
  expect(mongoCommand(changes).slice(-2)).toEqual(["--wiredTigerCacheSizeGB", gb]);
});

test("what is needed is what the default server has, and grows with cache and containers", () => {
  const usual = planOf(validRaw()).memoryMib;
  expect(usual).toBeGreaterThan(2048);
  expect(usual).toBeLessThanOrEqual(4096);
  expect(planOf(rawWith({ "mail.mongoCacheMib": 1024 })).memoryMib).toBe(usual + 512);
  expect(planOf(rawWith({ "mail.storage": false })).memoryMib).toBeLessThan(usual);
});

test.each([
  ["flags\t\t: fpu sse4_2 avx avx2", true],
  ["Features\t: fp asimd aes atomics fphp", true],
  ["flags\t\t: fpu sse4_2 xavx", false],
  ["Features\t: fp asimd aes", false],
])("a processor of %j: %s", (line, good) => {
  const file = join(temporaryFolder(), "cpuinfo");
  writeFileSync(file, `processor\t: 0\n${line}\n`);
  const { command = "" } = planOf(validRaw()).steps.find(({ role }) => role === "processor") ?? {};
  // logger is the system's: here it says what it was given.
  const script = `logger() { echo "$4" >&2; }; ${command.replace("/proc/cpuinfo", file)}`;
  const { status, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  expect(status).toBe(good ? 0 : 1);
  if (good) expect(stderr).toBe("");
  else expect(stderr).toMatch(/AVX.*set mailstead:server\.type to another type/);
});

test.each([
  [{}, "true"],
  [{ "mail.gate": "first" }, "false"],
])("with %j AUTH_BASIC_ALWAYS is %s", (changes, always) => {
  expect(variable("AUTH_BASIC_ALWAYS", changes)).toBe(`AUTH_BASIC_ALWAYS=${always}`);
});

test("nobody is spared the limit of the API", () => {
  expect(variable("API_RATELIMIT_WHITELIST", {})).toBe("API_RATELIMIT_WHITELIST=");
});
