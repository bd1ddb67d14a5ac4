/** The part of init.ts that runs inside the sandbox. Prints its times as JSON. */
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { loopback, ports } from "../sandbox/groundPlan.ts";
import type { InitTimes } from "./init.ts";
import { inTurn } from "./ratio.ts";
import { inTemporaryFolder } from "./temporaryFolder.ts";

const REPETITIONS = 15;
const DOMAIN = "second.example";
const FILE = "Pulumi.second-example.yaml";
const root = join(import.meta.dirname, "..");
const OPTIONS = [
  ...["--email", "postmaster@outside.test", "--location", "nbg1"],
  ...["--admin-network", "203.0.113.0/24", "--mailbox", "jane"],
];

async function run(file: string, args: readonly string[], cwd: string): Promise<string> {
  return (await promisify(execFile)(file, args, { cwd, timeout: 60_000 })).stdout;
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** The tag that a new stack has of Redis; the sandbox's own image has an older one's name alone. */
async function nameRedis(): Promise<void> {
  const at = (tag: string): string => `docker://${loopback(ports.registry)}/library/redis:${tag}`;
  const plain = ["--src-tls-verify=false", "--dest-tls-verify=false"];
  const copy = ["--insecure-policy", "copy", "--quiet", "--preserve-digests", ...plain];
  await run("skopeo", [...copy, at("7.4"), at("8.2")], root);
}

/** Both have found the same images, or one of them did less. @throws Error where they did not */
function compare(file: string, bare: string): void {
  const digests = (text: string): string => [...new Set(text.match(/sha256:[0-9a-f]{64}/g))].sort().join(" ");
  if (digests(bare) === "" || digests(file) !== digests(bare))
    throw new Error(`init found ${digests(file)}, the bare calls ${digests(bare)}`);
}

async function measure(folder: string): Promise<InitTimes> {
  copyFileSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  await nameRedis();
  const init = [join(root, "cli/mailstead.js"), "init", DOMAIN, ...OPTIONS];
  let [file, bare] = ["", ""];
  const ours = async (): Promise<number> => {
    const time = await timed(() => run(process.execPath, init, folder));
    file = readFileSync(join(folder, FILE), "utf8");
    rmSync(join(folder, FILE));
    return time;
  };
  const theirs = (): Promise<number> =>
    timed(async () => {
      bare = await run(process.execPath, [join(import.meta.dirname, "bareCalls.js"), DOMAIN], folder);
    });
  const taken = await inTurn(REPETITIONS, ours, theirs);
  compare(file, bare);
  return { ...taken, repetitions: REPETITIONS };
}

process.stdout.write(`${JSON.stringify(await inTemporaryFolder("init", measure))}\n`);
