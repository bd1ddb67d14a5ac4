/**
 * `node sandbox/main.ts up|down|status|card`: the sandbox's own command.
 *
 * Exit codes: 0 good, 1 failed (the message says what), 2 wrong use, 77 this machine cannot hold a sandbox, 130 Ctrl-C.
 */

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { isAnythingUp, takeDown } from "./down.ts";
import { cacheDir, repository } from "./groundPlan.ts";
import { INTERRUPTED, watchInterrupt } from "./process/interrupt.ts";
import { onlyOneUp } from "./process/onlyOneUp.ts";
import { runSteps, terminal } from "./progress/steps.ts";
import { card } from "./project/deploy.ts";
import { missingRequirements } from "./requirements.ts";
import { sandboxState } from "./status.ts";
import { sandboxSteps, serverSteps } from "./up.ts";

const usage = `usage: node sandbox/main.ts COMMAND

  up            bring the sandbox up, and the mail server in it (make sandbox)
  up --bare     the sandbox alone, no server
  down          take everything away (make sandbox-down)
  status        what runs; exit code 1 when something does not
  card          where the mail server is, and what to type next
`;

const STOPPED = "\nStopped. `make sandbox` goes on from here, `make sandbox-down` takes everything away.\n";

async function up(options: readonly string[]): Promise<number> {
  const missing = await missingRequirements();
  if (missing.length > 0) {
    const list = missing.map((line) => `  - ${line}\n`).join("");
    process.stderr.write(
      `This machine cannot hold the sandbox. It lacks:\n${list}What runs without: make check\n`,
    );
    return 77;
  }
  await onlyOneUp();
  const interrupted = watchInterrupt(STOPPED);
  const steps = options.includes("--bare") ? sandboxSteps : [...sandboxSteps, ...serverSteps];
  try {
    await runSteps(steps, {
      ...terminal(),
      stopped: () => (interrupted() ? "stopped by Ctrl-C" : undefined),
    });
  } catch (error) {
    if (!interrupted()) throw error;
    process.stderr.write(STOPPED);
    return INTERRUPTED;
  }
  return options.includes("--bare") ? 0 : showCard();
}

async function down(): Promise<number> {
  if (process.getuid?.() !== 0) {
    process.stderr.write("Taking the sandbox down needs root, as bringing it up did.\n");
    return 77;
  }
  if (!(await isAnythingUp())) {
    process.stdout.write("No sandbox is up.\n");
    return 0;
  }
  const left = await takeDown();
  for (const line of left) process.stderr.write(`not removed: ${line}\n`);
  if (left.length > 0) return 1;
  process.stdout.write(
    "The sandbox is gone. What is costly to make is kept in .sandbox/cache (make clean).\n",
  );
  return 0;
}

async function status(): Promise<number> {
  const parts = await sandboxState();
  const width = Math.max(...parts.map((part) => part.name.length));
  for (const part of parts) {
    const log = part.good || part.log === undefined ? "" : `  (${part.log})`;
    process.stdout.write(`${part.name.padEnd(width)}  ${part.state}${log}\n`);
  }
  return parts.every((part) => part.good) ? 0 : 1;
}

async function showCard(): Promise<number> {
  if (!existsSync(join(repository, "Pulumi.yaml"))) return 0;
  process.stdout.write(`\n${await card()}\n`);
  return 0;
}

/** The sandbox's own programs first; those of the system's folders last, which not every user has on PATH. */
function extendPath(): void {
  const first = [join(cacheDir, "node", "node_modules", ".bin"), join(cacheDir, "bin")];
  const last = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/go/bin"];
  process.env["PATH"] = [...first, process.env["PATH"] ?? "", ...last].join(delimiter);
}

const commands: Readonly<Record<string, (options: readonly string[]) => Promise<number>>> = {
  up,
  down,
  status,
  card: showCard,
};

const [name = "", ...options] = process.argv.slice(2);
const command = commands[name];
if (command === undefined || options.some((option) => name !== "up" || option !== "--bare")) {
  const asked = ["help", "--help", "-h"].includes(name);
  (asked ? process.stdout : process.stderr).write(usage);
  process.exitCode = asked ? 0 : 2;
} else {
  extendPath();
  try {
    process.exitCode = await command(options);
  } catch (error) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
