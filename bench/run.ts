/**
 * `npm run bench -- [NAME …]`: speed as ratios, taken in one run.
 *
 * Prints `NAME ratio VALUE goal GOAL` for each; exits 1 when a goal is missed, 2 when it could not be measured.
 * `preview` needs a sandbox with the server in it (`make sandbox`), and root; so does `up`, which makes that server anew.
 */
import { join } from "node:path";
import process from "node:process";
import { buildBundle } from "../cli/bundle/build.js";
import { isMet, line, type Ratio } from "./ratio.ts";

/** A bench: one or more ratios. Loaded when it is wanted, so that none weighs on another. */
const BENCHES: Readonly<Record<string, () => Promise<readonly Ratio[]>>> = {
  plan: async () => (await import("./plan.ts")).benchPlan(),
  load: async () => (await import("./load.ts")).benchLoad(),
  preview: async () => (await import("./preview.ts")).benchPreview(),
  up: async () => (await import("./up.ts")).benchUp(),
  audit: async () => (await import("./audit.ts")).benchAudit(),
  zones: async () => (await import("./zoneSizes.ts")).benchZoneSizes(),
};

/** @throws a short account of why a bench could not be run, which is not the same as a goal missed. */
async function measured(name: string, bench: () => Promise<readonly Ratio[]>): Promise<readonly Ratio[]> {
  try {
    return await bench();
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: string };
    throw new Error(`bench ${name} could not be run: ${stderr ?? message}`, { cause });
  }
}

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => BENCHES[name] === undefined);
  if (unknown.length > 0) {
    console.error(`no bench ${unknown.join(", ")}: there are ${Object.keys(BENCHES).join(", ")}`);
    return 2;
  }
  // As an install leaves it: a source may have changed since.
  await buildBundle(join(import.meta.dirname, ".."));
  let missed = 0;
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const ratio of await measured(name, bench)) {
      console.log(line(ratio));
      console.error(`  ${ratio.detail}`);
      if (!isMet(ratio)) missed += 1;
    }
  }
  return missed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
