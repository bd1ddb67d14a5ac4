/** Brings the sandbox up for the tests, and takes it away again when it was not up before. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { project } from "./sandbox.ts";

function main(command: "up" | "down"): void {
  const run = spawnSync(process.execPath, ["sandbox/main.ts", command], { cwd: project, stdio: "inherit" });
  if (run.status !== 0) throw new Error(`sandbox ${command} ended with ${String(run.status)}`);
}

export default function setup(): () => void {
  const wasUp = existsSync(join(project, ".sandbox/run/env"));
  main("up");
  return () => {
    if (!wasUp) main("down");
  };
}
