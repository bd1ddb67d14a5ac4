/** Remembers on this machine that an upgrade is under way, for the next preview. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sshDirectory } from "../../components/sshFiles.ts";
import { UPGRADE_MARK } from "../../components/upgradeMark.ts";
import { projectFolder } from "../engine.ts";

function locate(stack: string): { folder: string; file: string } {
  const folder = join(projectFolder(), sshDirectory(stack));
  return { folder, file: join(folder, UPGRADE_MARK) };
}

export function markUpgrade(stack: string, from: string, to: string): void {
  const { folder, file } = locate(stack);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, `from ${from} to ${to}\n`);
}

export function clearUpgrade(stack: string): void {
  rmSync(locate(stack).file, { force: true });
}
