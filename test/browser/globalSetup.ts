/** Installs what tests look at things with, where it is missing; without root those tests skip, visibly. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { project } from "../support/sandbox.ts";

const INSTALL = `
  import { testPackages, installPackages } from "./sandbox/install.ts";
  await installPackages(testPackages);
`;

export default function setup(): void {
  if (process.getuid?.() !== 0) return;
  // At once, not beside: the sandbox's own set-up may want apt's lock next.
  const run = spawnSync(process.execPath, ["--input-type=module", "--eval", INSTALL], {
    cwd: project,
    stdio: "inherit",
  });
  if (run.status !== 0) throw new Error("packages for the tests could not be installed");
}
