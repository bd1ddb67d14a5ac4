/** A program of records alone (test/sandbox/programs), stood up for a test file and taken away after it. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type Ended, inside, project, succeed } from "./sandbox.ts";

export interface DnsProgram {
  /** `pulumi COMMAND …` on its stack, whatever the exit code. */
  readonly pulumi: (...args: string[]) => Promise<Ended>;
  /** The same, which must succeed; returns what it printed. */
  readonly mustRun: (...args: string[]) => Promise<string>;
}

/** Brings the stack up before the tests of the file, and destroys it after them. */
export function standingProgram(name: string, stack: string): DnsProgram {
  const folder = join(project, "test/sandbox/programs", name);
  const pulumi = (...args: string[]): Promise<Ended> =>
    inside(["pulumi", ...args, "--stack", stack, "--non-interactive"], { cwd: folder });
  const mustRun = async (...args: string[]): Promise<string> => {
    const ended = await pulumi(...args);
    if (ended.code === 0) return ended.stdout;
    throw new Error(
      `${args.join(" ")} ended with ${ended.code}\n${ended.stdout.slice(-6000)}${ended.stderr.slice(-2000)}`,
    );
  };
  beforeAll(async () => {
    await succeed(["pulumi", "stack", "select", "--create", stack], { cwd: folder });
    const printed = await mustRun("up", "--yes", "--skip-preview");
    console.log(printed.split("\n").slice(-7).join("\n"));
  });
  afterAll(async () => {
    await pulumi("destroy", "--yes", "--skip-preview");
    await inside(["pulumi", "stack", "rm", "--yes", stack], { cwd: folder });
    rmSync(join(folder, `Pulumi.${stack}.yaml`), { force: true });
  });
  return { pulumi, mustRun };
}

/** What a name server says itself. */
export async function digServer(server: string, name: string, type: string): Promise<string[]> {
  const printed = await succeed(["dig", "+short", "+norecurse", "+timeout=5", `@${server}`, name, type]);
  return printed.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
}
