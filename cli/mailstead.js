#!/usr/bin/env node
// Plain JavaScript, so that an old Node can read it and say what is needed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadEntry } from "../startup/startup.js";

const NEEDED = [22, 18];
/** What a shell says of a program that ended by SIGPIPE, as most do whose reader has seen enough (`… | head`). */
const PIPE_CLOSED = 141;
/** Where standard output cannot be written to. */
const WAYS_OUT = { ENOSPC: "the disk is full: make room, or write it elsewhere" };
const folder = dirname(fileURLToPath(import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);

/**
 * @param {number} code 1 for an audit, of which 2 says drift; else 2
 * @param {string} problem
 * @param {string} nextStep
 */
function stop(code, problem, nextStep) {
  if (wantsJson)
    process.stdout.write(`${JSON.stringify({ error: { message: problem, nextStep } }, null, 2)}\n`);
  say(problem, nextStep);
  process.exitCode = code;
}

/**
 * @param {string} problem
 * @param {string} nextStep
 */
function say(problem, nextStep) {
  process.stderr.write(`error: ${problem}\nNext step: ${nextStep}\n`);
}

/** `ssh` hands its arguments on to the host. */
const wantsJson = process.argv.includes("--json") && process.argv[2] !== "ssh";
const cannotRun = process.argv[2] === "audit" ? 1 : 2;

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (error.code === "EPIPE") process.exit(PIPE_CLOSED);
    // Where nothing can be told either, the exit code alone says it.
    if (stream === process.stdout)
      say(
        `what was asked for cannot be written: ${error.code}`,
        WAYS_OUT[error.code] ?? "write it elsewhere",
      );
    process.exit(1);
  });
}

/** Runs the command in this Node. */
async function run() {
  try {
    const { main } = await loadEntry(dirname(folder), "main");
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND" || existsSync(join(folder, "../node_modules/commander")))
      throw error;
    const into = `cd '${dirname(folder)}' && npm ci --ignore-scripts && npm run prepare`;
    stop(cannotRun, "the libraries of this command are not installed", into);
  }
}

/** Hands over to the Node that `make install` laid beside us, where it did. */
function handOver() {
  const installed = join(folder, "../.sandbox/cache/node/node_modules/.bin/node");
  if (existsSync(installed)) {
    const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
    process.exitCode = spawnSync(installed, args, { stdio: "inherit" }).status ?? 1;
    return;
  }
  stop(
    cannotRun,
    `mailstead needs Node ${NEEDED.join(".")} or newer, and this is ${process.versions.node}.`,
    "install a newer Node (https://nodejs.org), or type `make install` to get one for this folder alone.",
  );
}

if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) await run();
else handOver();
