/**
 * Proves: Ctrl-C lets the running step end; where it does not, and on a second Ctrl-C, the program ends and says what
 * to do next.
 * Cannot: send a signal from a keyboard; show what the step's own programs do with theirs.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { afterEach, expect, test } from "vitest";

const ADVICE = "What to do next.";
const MODULE = new URL("../../../../sandbox/process/interrupt.ts", import.meta.url).href;
const NEVER_MS = 600_000;

let child: ChildProcess | undefined;
let printed = "";
afterEach(() => child?.kill("SIGKILL"));

/** A program whose step goes on for ever, or until the first Ctrl-C where it heeds that. */
async function start(graceMs: number, step: "endless" | "heeds Ctrl-C"): Promise<ChildProcess> {
  const script = `
    import { watchInterrupt } from ${JSON.stringify(MODULE)};
    const interrupted = watchInterrupt(${JSON.stringify(ADVICE)}, ${String(graceMs)});
    const step = setInterval(() => {
      if (!${String(step === "heeds Ctrl-C")} || !interrupted()) return;
      clearInterval(step);
      process.exitCode = 7;
    }, 5);
    process.stderr.write("begun");`;
  printed = "";
  child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  await says(/begun/);
  return child;
}

async function says(text: RegExp): Promise<void> {
  while (!text.test(printed) && child?.stderr) await once(child.stderr, "data");
}

async function ends(of: ChildProcess): Promise<number | null> {
  await once(of, "close");
  return of.exitCode;
}

test("a step that heeds Ctrl-C ends by itself, with nothing said for it", async () => {
  const program = await start(NEVER_MS, "heeds Ctrl-C");
  program.kill("SIGINT");
  expect(await ends(program)).toBe(7);
  expect(printed).not.toContain(ADVICE);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "a second %s ends at once, and says what to do next",
  async (name) => {
    const program = await start(NEVER_MS, "endless");
    program.kill(name);
    await says(/Ctrl-C again stops at once/);
    expect(printed).not.toContain(ADVICE);
    program.kill(name);
    expect(await ends(program)).toBe(130);
    expect(printed).toContain(ADVICE);
  },
);

test("a step that goes on after the grace is left, and it is said what to do next", async () => {
  const program = await start(20, "endless");
  program.kill("SIGINT");
  expect(await ends(program)).toBe(130);
  expect(printed).toContain(ADVICE);
});
