/** A copy of the checkout with the stack's configuration as it is, to change: other tests run from the same sources. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { project, STACK, succeed } from "./sandbox.ts";

/** Of another name than the sandbox looks for, or it would lay its own over it. */
const CONFIG = "Pulumi.copied.yaml";

export interface ProjectCopy {
  readonly folder: string;
  /** Of the stack, with what the tests have set in it until now. */
  readonly configFile: string;
}

/** Copies what git knows or would take, with its times: what was made of a file is as good for the copy. */
function copySources(folder: string): void {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: project, encoding: "utf8" }).split("\0").filter(Boolean);
  for (const file of files)
    cpSync(join(project, file), join(folder, file), { preserveTimestamps: true, verbatimSymlinks: true });
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
}

/** A copy that uses the sandbox of the checkout. */
export async function copyProject(): Promise<ProjectCopy> {
  const folder = mkdtempSync(join(tmpdir(), "mailstead-copy-"));
  copySources(folder);
  rmSync(join(folder, `Pulumi.${STACK}.yaml`), { force: true });
  writeFileSync(join(folder, CONFIG), await succeed(["cat", `Pulumi.${STACK}.yaml`]));
  return { folder, configFile: join(folder, CONFIG) };
}

/** A copy that can have a sandbox of its own, from the same cache. Others may read it, as they may a checkout. */
export function copyForSandbox(folder: string): void {
  mkdirSync(join(folder, ".sandbox"), { recursive: true });
  copySources(folder);
  for (const shared of [".sandbox/cache", "sandbox/node_modules", "sandbox/images/app/node_modules"])
    symlinkSync(join(project, shared), join(folder, shared));
}

/** Changes a source of the copy. @throws where it does not have the text. */
export function changeSource(
  { folder }: ProjectCopy,
  file: string,
  [from, to]: readonly [string, string],
): void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  if (!text.includes(from)) throw new Error(`${file} does not have ${from}`);
  writeFileSync(path, text.replace(from, to));
}
