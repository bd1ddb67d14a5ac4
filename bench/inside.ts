/** The parts of benches that run inside the sandbox. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..");

/**
 * Runs a part inside the sandbox, which has to be up.
 *
 * @param file its name in this folder.
 * @param limitMinutes how long it may take.
 * @returns what it prints as JSON: the caller says what that is.
 */
export async function runInside<Printed>(
  file: string,
  limitMinutes: number,
  ...args: readonly string[]
): Promise<Printed> {
  const inside = ["node", join(import.meta.dirname, file), ...args];
  const { stdout } = await promisify(execFile)(join(root, "sandbox/run"), inside, {
    cwd: root,
    timeout: limitMinutes * 60_000,
  });
  return JSON.parse(stdout) as Printed;
}
