/**
 * `mailstead audit --columns api` of a zone of 30 records, against octodns planning the same zone.
 *
 * Both are whole processes, on the same API in the sandbox: the deployed stack's zone, filled up with records that
 * nobody declared. octodns has the zone dumped into its own file, and so nothing to plan. A full audit, with name
 * servers and resolvers, is timed beside.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { runInside } from "./inside.ts";
import type { Ratio } from "./ratio.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const LIMIT_MINUTES = 10;
/** Outside of the sandbox's `run`, which goes with it. */
const OCTODNS = join(root, ".sandbox/cache/octodns-1.22.0");
const PACKAGES = ["octodns==1.22.0", "octodns-cloudflare==1.2.0"];

/** Medians in milliseconds, as auditInside.ts prints them. */
export interface AuditTimes {
  readonly ours: number;
  readonly theirs: number;
  readonly full: number;
  readonly records: number;
  readonly repetitions: number;
}

async function installOctodns(): Promise<void> {
  if (existsSync(join(OCTODNS, "bin/octodns-sync"))) return;
  await run("python3", ["-m", "venv", OCTODNS]);
  await run(join(OCTODNS, "bin/pip"), ["install", "--quiet", ...PACKAGES], {
    timeout: LIMIT_MINUTES * 60_000,
  });
}

/** Our audit over octodns' plan. Needs a sandbox with a deployed server, and Python with `venv`. */
export async function benchAudit(): Promise<readonly Ratio[]> {
  await installOctodns();
  const { ours, theirs, full, records, repetitions } = await runInside<AuditTimes>(
    "auditInside.ts",
    LIMIT_MINUTES,
    join(OCTODNS, "bin"),
  );
  const detail = `audit ${ours.toFixed(0)} ms, octodns ${theirs.toFixed(0)} ms, full audit ${full.toFixed(0)} ms; ${records} records, medians of ${repetitions}`;
  return [{ name: "audit", value: ours / theirs, goal: 0.4, detail }];
}
