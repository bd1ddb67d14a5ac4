/** What happens to a zone between two audits: by hand at the vendor, at the name servers alone, in the zone above. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT_ADDITIONS } from "../../sandbox/dns/zoneFile.ts";
import { inside, project, succeed } from "./sandbox.ts";
import { cloudflare } from "./vendors.ts";

const DNS = join(project, ".sandbox/run/dns");

/** A record at Cloudflare. */
export interface CloudflareRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

/** The one record of a name and type at Cloudflare. */
export async function recordAt(path: string, name: string, type: string): Promise<CloudflareRecord> {
  const { result } = (await cloudflare(`${path}?name=${name}&type=${type}`)) as {
    result: CloudflareRecord[];
  };
  const [only] = result;
  if (only === undefined || result.length > 1) throw new Error(`${result.length} records ${type} ${name}`);
  return only;
}

async function knotc(...args: readonly string[]): Promise<void> {
  await succeed(["knotc", "--socket", join(DNS, "knot.sock"), "--blocking", "--timeout", "20", ...args]);
}

/** Changes a zone at the name servers alone, past the vendor's books: each line is the rest of a `knotc zone-…`. */
export async function changeServed(zone: string, changes: readonly (readonly string[])[]): Promise<void> {
  await knotc("zone-begin", `${zone}.`);
  for (const [verb = "", ...rest] of changes) await knotc(`zone-${verb}`, `${zone}.`, ...rest);
  await knotc("zone-commit", `${zone}.`);
}

/** Makes the name servers serve a zone again as its file has it. */
export async function serveAsWritten(zone: string): Promise<void> {
  await knotc("zone-reload", `${zone}.`);
}

/**
 * Adds records to the root, in place of what was added before, as lines of a zone file. In its file: another life makes or
 * drops a zone meanwhile, and the root is read anew for it.
 */
export async function addToRoot(...lines: readonly string[]): Promise<void> {
  await writeFile(join(DNS, "zones", ROOT_ADDITIONS), lines.map((line) => `${line}\n`).join(""));
  await serveAsWritten("");
}

/** Makes the resolver forget a zone and what is below. */
export async function forget(zone: string): Promise<void> {
  const config = join(DNS, "resolver/unbound.conf");
  await succeed(["unbound-control", "-c", config, "flush_zone", zone]);
}

/** What the resolver answers; it remembers that. */
export async function resolve(name: string, type: string): Promise<string> {
  return (await inside(["dig", "+short", "@203.0.113.2", name, type])).stdout.trim();
}
