/**
 * `npm run bench -- [NAME …]`: speed as ratios, taken in one run.
 *
 * Prints `NAME ratio VALUE goal GOAL` for each; exits 1 when a goal is missed, 2 when it could not be measured.
 * What needs the sandbox, and so root, brings it up, and takes it away again when it was not up before; `rebuild` and `up`
 * make the server in it anew.
 */
import { join } from "node:path";
import process from "node:process";
import { buildBundle } from "../startup/build.js";
import bringSandboxUp from "../test/support/sandboxUp.ts";
import { isMet, line, type Ratio } from "./ratio.ts";

interface Bench {
  /** One or more ratios. Loaded when it is wanted, so that none weighs on another. */
  readonly measure: () => Promise<readonly Ratio[]>;
  readonly inSandbox?: true;
}

/** In their order: what runs in the sandbox comes last, so that its services disturb none of the others. */
const BENCHES: Readonly<Record<string, Bench>> = {
  plan: { measure: async () => (await import("./plan.ts")).benchPlan() },
  load: { measure: async () => (await import("./load.ts")).benchLoad() },
  zones: { measure: async () => (await import("./zoneSizes.ts")).benchZoneSizes() },
  init: { measure: async () => (await import("./init.ts")).benchInit(), inSandbox: true },
  preview: { measure: async () => (await import("./preview.ts")).benchPreview(), inSandbox: true },
  audit: { measure: async () => (await import("./audit.ts")).benchAudit(), inSandbox: true },
  backup: { measure: async () => (await import("./backup.ts")).benchBackup(), inSandbox: true },
  upgrade: { measure: async () => (await import("./upgrade.ts")).benchUpgrade(), inSandbox: true },
  rebuild: { measure: async () => (await import("./rebuild.ts")).benchRebuild(), inSandbox: true },
  up: { measure: async () => (await import("./up.ts")).benchUp(), inSandbox: true },
};

/** @throws a short account of why a bench could not be run, which is not the same as a goal missed. */
async function measured(name: string, { measure }: Bench): Promise<readonly Ratio[]> {
  try {
    return await measure();
  } catch (cause) {
    const { stderr = "", message } = cause as Error & { stderr?: string };
    throw new Error(`bench ${name} could not be run: ${stderr === "" ? message : stderr}`, { cause });
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
  const chosen = Object.entries(BENCHES).filter(([name]) => wanted.length === 0 || wanted.includes(name));
  let missed = 0;
  let leave: (() => void) | undefined;
  try {
    for (const [name, bench] of chosen) {
      if (bench.inSandbox === true) leave ??= bringSandboxUp();
      for (const ratio of await measured(name, bench)) {
        console.log(line(ratio));
        console.error(`  ${ratio.detail}`);
        if (!isMet(ratio)) missed += 1;
      }
    }
  } finally {
    leave?.();
  }
  return missed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
