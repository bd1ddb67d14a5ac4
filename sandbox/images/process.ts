/** Runs the build's outside programs. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a program to its end and answers its standard output; on failure the error holds the last lines it wrote. */
export async function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  try {
    const { stdout } = await execute(program, args, {
      maxBuffer: 1 << 26,
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    return stdout;
  } catch (error) {
    const output = (error as { stderr?: string }).stderr ?? String(error);
    const tail = output.trim().split("\n").slice(-8).join("\n");
    throw new Error(`${program} ${args[0] ?? ""} failed:\n${tail}`, { cause: error });
  }
}
