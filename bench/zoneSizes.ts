/**
 * `mailstead audit --columns api` of zones of 100, 1,000 and 10,000 records: time a record, calls and memory.
 *
 * Each is a whole process against the sandbox's API over loopback. What a process costs that has nothing to audit is
 * taken off, so that the time a record is what the records cost; it is time of the processor, which others on the
 * machine do not add to. No engine is asked: there is none on PATH.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
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
import { inTemporaryFolder } from "./temporaryFolder.ts";

const SIZES = [100, 1_000, 10_000] as const;
const REPETITIONS = 9;
/** Records that Cloudflare gives a page at most, as the audit asks for them. */
const PAGE = 5_000;
const MEBIBYTE_LIMIT = 100;
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

/** The API of a zone of so many records, with a project whose stack it is. */
interface Api {
  readonly records: number;
  readonly folder: string;
  readonly base: string;
  readonly close: () => Promise<void>;
}

async function openApi(parent: string, records: number): Promise<Api> {
  const folder = join(parent, String(records));
  mkdirSync(folder);
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
  writeFileSync(join(folder, "Pulumi.yaml"), "name: mailstead\nruntime: nodejs\n");
  const raw = { ...readRawConfig(exampleConfig()), dns: { zoneId: ZONE_ID } };
  const config = Object.fromEntries(Object.entries(raw).map(([key, value]) => [`mailstead:${key}`, value]));
  writeFileSync(join(folder, "Pulumi.prod.yaml"), stringify({ config }));
  return { records, folder, base: `${cloud.cloudflareUrl}/client/v4`, close: () => cloud.close() };
}

/** List calls in the API's log. */
function lists(folder: string): number {
  const lines = readFileSync(join(folder, "requests.jsonl"), "utf8").split("\n");
  return lines.filter((line) => line.includes('"GET"') && line.includes("dns_records")).length;
}

function expectOneCallAPage({ records, folder }: Api): void {
  const [calls, pages] = [lists(folder) / REPETITIONS, Math.max(1, Math.ceil(records / PAGE))];
  if (calls !== pages) throw new Error(`${records} records: ${calls} list calls for ${pages} pages`);
}

/** Runs of each size, one size after the other in each turn, so that a machine's slow minutes hit all alike. */
async function measure(folder: string): Promise<ReadonlyMap<number, readonly Run[]>> {
  const apis = await Promise.all([0, ...SIZES].map((records) => openApi(folder, records)));
  try {
    const runs = new Map<number, Run[]>(apis.map(({ records }) => [records, []]));
    for (let turn = 0; turn < REPETITIONS; turn += 1)
      for (const api of apis) runs.get(api.records)?.push(await audit(api.folder, api.base));
    for (const api of apis) expectOneCallAPage(api);
    return runs;
  } finally {
    for (const api of apis) await api.close();
  }
}

/** Time a record of the largest zone over that of the middle one, and memory of the largest over its limit. */
export async function benchZoneSizes(): Promise<readonly Ratio[]> {
  const runs = await inTemporaryFolder("zones", measure);
  const time = (records: number): number =>
    median((runs.get(records) ?? []).map(({ milliseconds }) => milliseconds));
  const memory = (records: number): number =>
    Math.max(...(runs.get(records) ?? []).map(({ mebibytes }) => mebibytes));
  const each = (records: number): number => (time(records) - time(0)) / records;
  const [, middle, largest] = SIZES;
  const told = SIZES.map(
    (records) =>
      `${records}: ${(each(records) * 1000).toFixed(0)} µs a record, ${memory(records).toFixed(0)} MiB`,
  );
  const detail = `${told.join("; ")}; empty ${time(0).toFixed(0)} ms; one list call a page; medians of ${REPETITIONS}`;
  return [
    { name: "zone-time", value: each(largest) / each(middle), goal: 1, detail },
    { name: "zone-memory", value: Math.max(...SIZES.map(memory)) / MEBIBYTE_LIMIT, goal: 1, detail },
  ];
}
