/**
 * Proves: a stack's file, however it is broken, ends in a plan or in faults that have a place, words and a next step, and
 * never in an exception; what is planned can be written as zone file and user-data. 5,000 seeded files; more by
 * MAILSTEAD_FUZZ=COUNT, others by MAILSTEAD_FUZZ_SEED=NUMBER. A failure prints its seed and the smallest file.
 * Cannot prove: that the faults are the right ones; the tests of each do.
 */
import assert from "node:assert/strict";
import process from "node:process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { renderGuideUserData } from "../../../cloud-init/renderUserData.ts";
import { placeholder } from "../../../cloud-init/sources.ts";
import { readStackFile } from "../../../cli/stackFile/readStackFile.ts";
import { parseConfig } from "../../../stack/config/parseConfig.ts";
import { readRawConfig } from "../../../stack/config/readRawConfig.ts";
import { renderZoneFile } from "../../../stack/dns/zoneFile.ts";
import type { Issue } from "../../../stack/model/issue.ts";
import { planMailServer } from "../../../stack/planMailServer.ts";
import { brokenFile } from "./support/brokenFiles.ts";

const numRuns = Number(process.env["MAILSTEAD_FUZZ"] ?? "5000");
const seed = Number(process.env["MAILSTEAD_FUZZ_SEED"] ?? "20");

/** Where a file ended, in a word. */
type End = "no YAML" | "faults" | "faults of the plan" | "plan";

/** By `assert`, as all that is asked of each file: some 60,000 times of 5,000, and `expect` takes ten times as long. */
function words(...texts: readonly string[]): void {
  for (const text of texts) {
    assert.notEqual(text, "");
    assert.doesNotMatch(text, /\bundefined\b|\[object |\bNaN\b/);
  }
}

function named(issues: readonly Issue[]): void {
  for (const { path, rule, message, fix } of issues) {
    // A misspelt namespace is told by the key as it stands.
    if (rule !== "unknown-key" || path.startsWith("mailstead:")) assert.match(path, /^mailstead:/);
    else assert.match(fix, /^write it as mailstead:/);
    words(message, fix);
  }
}

function follow(bytes: Buffer): End {
  const file = readStackFile(bytes, "mailstead");
  if (file.faults !== undefined) {
    assert.ok(file.faults.length > 0);
    for (const { line, column, message, fix } of file.faults) {
      assert.ok(Math.min(line, column) >= 1);
      words(message, fix);
    }
    return "no YAML";
  }
  const { config, issues } = parseConfig(readRawConfig(file.values));
  named(issues);
  if (config === undefined) {
    assert.ok(issues.some(({ severity }) => severity === "error"));
    return "faults";
  }
  const { plan, issues: planIssues } = planMailServer(config);
  named(planIssues);
  if (planIssues.some(({ severity }) => severity === "error")) return "faults of the plan";
  assert.match(
    renderZoneFile(plan.records, (name) => name),
    /IN/,
  );
  assert.match(renderGuideUserData(plan.server.boot, { slot: placeholder }), /^#cloud-config/);
  return "plan";
}

test(
  `${String(numRuns)} broken files end in a plan or in named faults`,
  { timeout: 60_000 + numRuns * 30 },
  () => {
    const ends: Record<End, number> = { "no YAML": 0, faults: 0, "faults of the plan": 0, plan: 0 };
    fc.assert(
      fc.property(brokenFile, ({ bytes }) => {
        ends[follow(bytes)] += 1;
      }),
      { seed, numRuns },
    );
    // Each end is reached, so that none is proved by files that never come there.
    console.log(ends);
    for (const count of [ends["no YAML"], ends.faults, ends.plan])
      expect(count).toBeGreaterThan(numRuns / 50);
  },
);
