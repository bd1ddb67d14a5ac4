/** Brings the sandbox up for the tests, and takes it away again when it was not up before. */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { olderAppFile } from "./printed.ts";
import { project } from "./sandbox.ts";

function main(command: "up" | "down"): void {
  const run = spawnSync(process.execPath, ["sandbox/main.ts", command], { cwd: project, stdio: "inherit" });
  if (run.status !== 0) throw new Error(`sandbox ${command} ended with ${String(run.status)}`);
}

/** Builds the app image of the older kind once, for whoever deploys it, and notes its tag and digest. */
function buildOlderApp(): void {
  const run = spawnSync(join(project, "sandbox/run"), [process.execPath, "sandbox/images/variant.ts"], {
    cwd: project,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (run.status !== 0) throw new Error(`the older app image could not be built: ${String(run.status)}`);
  writeFileSync(olderAppFile, run.stdout);
}

export default function setup(): () => void {
  const wasUp = existsSync(join(project, ".sandbox/run/env"));
  main("up");
  buildOlderApp();
  return () => {
    if (!wasUp) main("down");
  };
}
