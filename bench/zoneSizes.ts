/**
 * `mailstead audit --columns api` of zones of 100, 1,000 and 10,000 records: time a record, calls and memory.
 *
 * Each is a whole process against the sandbox's API over loopback. What a process costs that has nothing to audit is
 * taken off, so that the time a record is what the records cost; it is time of the processor, which others on the
 * machine do not add to. No engine is asked: there is none on PATH.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { stringify } from "yaml";
import type { CloudflareState } from "../sandbox/cloud/cloudflare/state.ts";
import { startCloud } from "../sandbox/cloud/startCloud.ts";
import { memoryDns, memoryHosts } from "../test/support/memoryDrivers.ts";
import { readRawConfig } from "../stack/config/readRawConfig.ts";
import { exampleConfig } from "./exampleConfig.ts";
import { median, type Ratio } from "./ratio.ts";

const SIZES = [100, 1_000, 10_000] as const;
const REPETITIONS = 5;
/** Records that Cloudflare gives a page at most, as the audit asks for them. */
const PAGE = 5_000;
const MEBIBYTE_LIMIT = 200;
const CLOUDFLARE_TOKEN = "c".repeat(40);
const ZONE_ID = "c7915704a794c5f99111b674c1985c3a";
const usage = join(import.meta.dirname, "usage.js");
const command = join(import.meta.dirname, "../cli/mailstead.js");

interface Run {
  readonly milliseconds: number;
  readonly mebibytes: number;
}

async function audit(folder: string, base: string): Promise<Run> {
  const environment = {
    HOME: folder,
    PATH: "",
    CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
    CLOUDFLARE_BASE_URL: base,
  };
  const args = ["--import", usage, command, "audit", "--columns", "api", "--json"];
  const limits = { cwd: folder, env: environment, timeout: 120_000, maxBuffer: 64 * 1024 * 1024 };
  // Nothing that is declared is in these zones: the exit code says so.
  const { stderr } = await promisify(execFile)(process.execPath, args, limits).catch(
    (ended: unknown) => ended as { stderr: string },
  );
  const [, milliseconds, kibibytes] = /^used (\S+) (\d+)$/m.exec(stderr) ?? [];
  if (kibibytes === undefined) throw new Error(`no audit was made: ${stderr}`);
  return { milliseconds: Number(milliseconds), mebibytes: Number(kibibytes) / 1024 };
}

/** The vendor's memory of a zone; each record made by a request of its own would take minutes. */
function stateOf(records: number): CloudflareState {
  const now = new Date().toISOString();
  const record = (number: number): CloudflareState["zones"][number]["records"][number] => ({
    id: number.toString(16).padStart(32, "0"),
    name: `filling-${number}.example.com`,
    type: "TXT",
    content: `"filling number ${number}"`,
    ttl: 300,
    proxied: false,
    createdOn: now,
    modifiedOn: now,
  });
  const all = Array.from({ length: records }, (_, number) => record(number));
  return { zones: [{ id: ZONE_ID, name: "example.com", createdOn: now, records: all }] };
}

/** Runs something with the API of a zone of so many records. */
async function withApi<Result>(
  records: number,
  action: (folder: string, base: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "mailstead-zones-"));
  writeFileSync(join(folder, "cloudflare.json"), JSON.stringify(stateOf(records)));
  const cloud = await startCloud({
    folder,
    hosts: memoryHosts(),
    dns: memoryDns(),
    hetznerToken: "h".repeat(64),
    cloudflareToken: CLOUDFLARE_TOKEN,
    digitaloceanToken: `dop_v1_${"d".repeat(64)}`,
    zones: [{ name: "example.com", id: ZONE_ID }],
    hetznerPort: 0,
    cloudflarePort: 0,
    digitaloceanPort: 0,
  });
  try {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: mailstead\nruntime: nodejs\n");
    const raw = { ...readRawConfig(exampleConfig()), dns: { zoneId: ZONE_ID } };
    const config = Object.fromEntries(Object.entries(raw).map(([key, value]) => [`mailstead:${key}`, value]));
    writeFileSync(join(folder, "Pulumi.prod.yaml"), stringify({ config }));
    return await action(folder, `${cloud.cloudflareUrl}/client/v4`);
  } finally {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** List calls in the API's log. */
function lists(folder: string): number {
  const lines = readFileSync(join(folder, "requests.jsonl"), "utf8").split("\n");
  return lines.filter((line) => line.includes('"GET"') && line.includes("dns_records")).length;
}

interface Size {
  readonly milliseconds: number;
  readonly mebibytes: number;
}

function measure(records: number): Promise<Size> {
  return withApi(records, async (folder, base) => {
    const runs: Run[] = [];
    for (let turn = 0; turn < REPETITIONS; turn += 1) runs.push(await audit(folder, base));
    const [calls, pages] = [lists(folder) / REPETITIONS, Math.max(1, Math.ceil(records / PAGE))];
    if (calls !== pages) throw new Error(`${records} records: ${calls} list calls for ${pages} pages`);
    return {
      milliseconds: median(runs.map((one) => one.milliseconds)),
      mebibytes: Math.max(...runs.map((one) => one.mebibytes)),
    };
  });
}

/** Time a record of the largest zone over that of the middle one, and memory of the largest over its limit. */
export async function benchZoneSizes(): Promise<readonly Ratio[]> {
  const empty = await measure(0);
  const perRecord: number[] = [];
  const told: string[] = [];
  let most = 0;
  for (const records of SIZES) {
    const { milliseconds, mebibytes } = await measure(records);
    const each = (milliseconds - empty.milliseconds) / records;
    perRecord.push(each);
    most = Math.max(most, mebibytes);
    told.push(`${records}: ${(each * 1000).toFixed(0)} µs a record, ${mebibytes.toFixed(0)} MiB`);
  }
  const [, middle = 0, largest = 0] = perRecord;
  const detail = `${told.join("; ")}; empty ${empty.milliseconds.toFixed(0)} ms; one list call a page; medians of ${REPETITIONS}`;
  return [
    { name: "zone-time", value: largest / middle, goal: 1, detail },
    { name: "zone-memory", value: most / MEBIBYTE_LIMIT, goal: 1, detail },
  ];
}
