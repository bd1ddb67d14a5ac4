/** Files of a drill that is under way, in `.mailstead/STACK/drill/`: who makes it, and the configuration of its stack. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { sshDirectory } from "../../components/sshFiles.ts";
import { drillStack } from "../../stack/drill/drillStack.ts";
import { projectFolder } from "../engine.ts";
import { CommandError } from "../output/terminal.ts";

function locate(stack: string, name = ""): string {
  return join(projectFolder(), sshDirectory(stack), "drill", name);
}

/** The file of the drill's stack. It is not among the project's own, where other commands would take it for a stack. */
export function drillFile(stack: string): string {
  return locate(stack, `Pulumi.${drillStack(stack)}.yaml`);
}

/** Whether a process is there, whosever it is. */
export function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Process that makes a drill of the stack on this machine now; undefined where none does. */
export function drillUnderWay(stack: string): number | undefined {
  const path = locate(stack, "process");
  const id = existsSync(path) ? Number(readFileSync(path, "utf8")) : NaN;
  return Number.isInteger(id) && id > 0 && isAlive(id) ? id : undefined;
}

/** @throws CommandError where a drill of the stack is under way */
export function takeTurn(stack: string): void {
  const other = drillUnderWay(stack);
  if (other !== undefined)
    throw new CommandError(
      `a drill of ${stack} is under way (process ${String(other)})`,
      "wait for its end, or end it by Ctrl-C: it takes away what it made",
    );
  mkdirSync(locate(stack), { recursive: true, mode: 0o700 });
  writeFileSync(locate(stack, "process"), `${String(process.pid)}\n`, { mode: 0o600 });
}

/** Takes all files of the drill away, its SSH key too. */
export function leavePlace(stack: string): void {
  rmSync(join(projectFolder(), sshDirectory(drillStack(stack))), { recursive: true, force: true });
  rmSync(locate(stack), { recursive: true, force: true });
}

/** Nobody makes a drill any more; what is needed to take it away stays. */
export function giveTurnBack(stack: string): void {
  rmSync(locate(stack, "process"), { force: true });
}
