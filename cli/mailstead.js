#!/usr/bin/env node
// Plain JavaScript, so that an old Node can read it and say what is needed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freshBundle } from "./bundle/fresh.js";

const NEEDED = [22, 18];
const folder = dirname(fileURLToPath(import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);

if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
  // Node keeps what it made of our modules: types stripped, code compiled. It halves the time until a command begins;
  // that they are in few files halves it again.
  module.enableCompileCache?.(join(folder, "../node_modules/.cache/mailstead"));
  const bundle = freshBundle(dirname(folder));
  const { main } = await import(bundle === undefined ? "./main.ts" : join(bundle, "main.js"));
  process.exitCode = await main(process.argv.slice(2));
} else {
  const installed = join(folder, "../.sandbox/cache/node/node_modules/.bin/node");
  if (existsSync(installed)) {
    const run = spawnSync(installed, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: "inherit",
    });
    process.exitCode = run.status ?? 1;
  } else {
    console.error(
      `mailstead needs Node ${NEEDED.join(".")} or newer, and this is ${process.versions.node}.\n` +
        "Next step: install a newer Node (https://nodejs.org), or type `make install` to get one for this folder alone.",
    );
    process.exitCode = 1;
  }
}
