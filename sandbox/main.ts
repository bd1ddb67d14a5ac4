/**
 * `node sandbox/main.ts up|down|status|card`: the sandbox's own command.
 *
 * Exit codes: 0 good, 1 failed (the message says what), 2 wrong use, 77 this machine cannot hold a sandbox, 130 Ctrl-C.
 */

import { takeDown } from "./down.ts";
import { terminal, runSteps } from "./progress/steps.ts";
import { upSteps } from "./up.ts";

const usage = "usage: node sandbox/main.ts up|down|status|card\n";

async function up(): Promise<number> {
  await runSteps(upSteps(), terminal());
  return 0;
}

async function down(): Promise<number> {
  const left = await takeDown();
  for (const line of left) process.stderr.write(`not removed: ${line}\n`);
  if (left.length === 0)
    process.stdout.write("The sandbox is gone. What is costly to make is kept in .sandbox/cache.\n");
  return left.length === 0 ? 0 : 1;
}

const commands: Readonly<Record<string, () => Promise<number>>> = { up, down };

const command = commands[process.argv[2] ?? ""];
if (command === undefined) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
