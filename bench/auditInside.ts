/** The part of audit.ts that runs inside the sandbox. Prints its times as JSON. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { stringify } from "yaml";
import type { AuditTimes } from "./audit.ts";
import { inTurn, median } from "./ratio.ts";
import { inTemporaryFolder } from "./temporaryFolder.ts";

const REPETITIONS = 9;
const FULL_REPETITIONS = 3;
const RECORDS = 30;
const ZONE = "example.com";
const API = "https://api.cloudflare.com/client/v4";
const root = join(import.meta.dirname, "..");
const [octodns = ""] = process.argv.slice(2);

async function call<Result>(method: string, path: string, body?: object): Promise<Result> {
  const headers = {
    authorization: `Bearer ${process.env["CLOUDFLARE_API_TOKEN"] ?? ""}`,
    "content-type": "application/json",
  };
  const answer = await fetch(`${API}/${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { result: Result }).result;
}

/** Adds records that nobody declared until there are enough; gives the way back. */
async function fillUp(): Promise<{ records: number; undo: () => Promise<void> }> {
  const [zone] = await call<{ id: string }[]>("GET", `zones?name=${ZONE}`);
  const path = `zones/${zone?.id ?? ""}/dns_records`;
  const { length } = await call<unknown[]>("GET", `${path}?per_page=500`);
  const added: string[] = [];
  for (let number = length; number < RECORDS; number += 1) {
    const body = { type: "TXT", name: `filling-${number}.${ZONE}`, content: '"filling"', ttl: 300 };
    added.push((await call<{ id: string }>("POST", path, body)).id);
  }
  const undo = async (): Promise<void> => {
    for (const id of added) await call("DELETE", `${path}/${id}`);
  };
  return { records: Math.max(length, RECORDS), undo };
}

/** Runs a program to its end; anything but the wanted exit code is no measurement. */
async function timed(file: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  await promisify(execFile)(file, args, { cwd: root, timeout: 120_000 });
  return performance.now() - start;
}

function audit(...options: string[]): Promise<number> {
  return timed(process.execPath, ["cli/mailstead.js", "audit", "--stack", "dev", ...options]);
}

/**
 * Makes the resolver forget all it knows. A server that was made anew has other addresses than what is remembered, and the
 * audit rightly says for some minutes that a change is on its way.
 */
async function forgetAnswers(): Promise<void> {
  const config = join(root, ".sandbox/run/dns/resolver/unbound.conf");
  await promisify(execFile)("unbound-control", ["-c", config, "flush_zone", "."], { timeout: 10_000 });
}

/** octodns' configuration: the zone of its own files is to be that of Cloudflare. */
function configure(folder: string): string {
  const zones = join(folder, "zones");
  mkdirSync(zones);
  const file = join(folder, "octodns.yaml");
  const providers = {
    config: { class: "octodns.provider.yaml.YamlProvider", directory: zones, enforce_order: false },
    cloudflare: {
      class: "octodns_cloudflare.CloudflareProvider",
      token: "env/CLOUDFLARE_API_TOKEN",
      pagerules: false,
    },
  };
  const zone = { sources: ["config"], targets: ["cloudflare"] };
  writeFileSync(file, stringify({ providers, zones: { [`${ZONE}.`]: zone } }));
  return file;
}

async function measure(folder: string): Promise<AuditTimes> {
  const { records, undo } = await fillUp();
  try {
    const config = configure(folder);
    const dump = ["--config-file", config, "--output-dir", join(folder, "zones"), `${ZONE}.`, "cloudflare"];
    await timed(join(octodns, "octodns-dump"), dump);
    const taken = await inTurn(
      REPETITIONS,
      () => audit("--columns", "api"),
      () => timed(join(octodns, "octodns-sync"), ["--config-file", config]),
    );
    await forgetAnswers();
    const full: number[] = [];
    for (let turn = 0; turn < FULL_REPETITIONS; turn += 1) full.push(await audit());
    return { ...taken, full: median(full), records, repetitions: REPETITIONS };
  } finally {
    await undo();
  }
}

console.log(JSON.stringify(await inTemporaryFolder("audit", measure)));
