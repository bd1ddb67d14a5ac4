/**
 * Load of the program to its first resource, against loading `@pulumi/pulumi` alone.
 *
 * Each repetition is a new process (loadedProcess.ts). Both clocks start when the process does; ours ends when the
 * program asks for its first resource, the other's when the SDK is loaded. It runs without engine and network.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { exampleConfig } from "./exampleConfig.ts";
import { inTurn, type Ratio } from "./ratio.ts";
import { inTemporaryFolder } from "./temporaryFolder.ts";

const REPETITIONS = 15;
const script = join(import.meta.dirname, "loadedProcess.ts");

async function milliseconds(what: "sdk" | "program", folder: string): Promise<number> {
  const env = {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(exampleConfig()),
    // No one is asked with it: the program stops without any.
    CLOUDFLARE_API_TOKEN: "no-token",
  };
  const { stdout } = await promisify(execFile)(process.execPath, [script, what], {
    cwd: folder,
    env,
    timeout: 60_000,
  });
  const time = Number(/^loaded (\S+)$/m.exec(stdout)?.[1]);
  if (!(time > 0)) throw new Error(`${what} was never loaded; it printed ${stdout}`);
  return time;
}

/** Program load over SDK load. */
export function benchLoad(): Promise<readonly Ratio[]> {
  // The program writes its SSH files below the working directory.
  return inTemporaryFolder("load", async (folder) => {
    const { ours, theirs } = await inTurn(
      REPETITIONS,
      () => milliseconds("program", folder),
      () => milliseconds("sdk", folder),
    );
    const detail = `program ${ours.toFixed(0)} ms, SDK alone ${theirs.toFixed(0)} ms, medians of ${REPETITIONS}`;
    return [{ name: "load", value: ours / theirs, goal: 1.15, detail }];
  });
}
