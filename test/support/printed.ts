/** What the engine and the command printed while tests ran, kept beside the sandbox for the search for secrets. */
import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/** The sandbox's folder. */
export const runFolder: string = join(import.meta.dirname, "../../.sandbox/run");

/** Reference and digest of the app image of the older kind, which runs as root (sandboxUp.ts). */
export const olderAppFile: string = join(runFolder, "olderApp.json");

/**
 * Whether what a command prints must be free of secrets: all of the engine and of `mailstead`, but where a test asks for
 * secrets by their option, and what a host answers to `ssh`, which is what the test asked it.
 */
export function mustHoldNoSecret(command: readonly string[]): boolean {
  const [program = "", script = "", subcommand = ""] = command;
  if (command.includes("--show-secrets")) return false;
  return program === "pulumi" || (script.endsWith("cli/mailstead.js") && subcommand !== "ssh");
}

/** Keeps what a command printed, in one file for each process of the tests; nothing where no sandbox is up. */
export function keepPrinted(command: readonly string[], printed: string, folder = runFolder): void {
  if (!mustHoldNoSecret(command) || !existsSync(folder)) return;
  const kept = join(folder, "printed");
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  appendFileSync(join(kept, `${process.pid}.log`), `$ ${command.join(" ")}\n${printed}\n`, { mode: 0o600 });
}
