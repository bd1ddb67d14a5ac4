/** A clone of the checkout for a stack of its own: neither its configuration nor its SSH files come near the sandbox's. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inside, project, succeed } from "./sandbox.ts";

/** An empty folder for the clone of a stack. */
export function cloneFolder(stack: string): string {
  return mkdtempSync(join(tmpdir(), `mailstead-${stack}-`));
}

/** Clones what is committed, writes the stack's file and makes the stack; nothing is at the vendors yet. */
export async function makeClone(clone: string, stack: string, config: object): Promise<void> {
  await succeed(["git", "clone", "--quiet", project, clone], { cwd: project });
  symlinkSync(join(project, "node_modules"), join(clone, "node_modules"));
  // The sandbox lays its own configuration over this one where it finds it.
  rmSync(join(clone, "Pulumi.dev.yaml"));
  writeFileSync(join(clone, `Pulumi.${stack}.yaml`), JSON.stringify({ config }, undefined, 2));
  await succeed(["pulumi", "stack", "init", "--stack", stack, "--non-interactive"], { cwd: clone });
}

/** Takes stack and clone away, also where a test failed half way. */
export async function endClone(clone: string, stack: string): Promise<void> {
  const pulumi = (...args: string[]): Promise<unknown> =>
    inside(["pulumi", ...args, "--stack", stack], { cwd: clone });
  await pulumi("config", "set", "mailstead:protect", "false");
  await pulumi("state", "unprotect", "--all", "--yes");
  await pulumi("destroy", "--yes", "--skip-preview");
  await pulumi("stack", "rm", "--yes");
  rmSync(clone, { recursive: true, force: true });
}
