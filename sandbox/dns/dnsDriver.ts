/** The vendor APIs' hand on the authoritative server. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DnsDriver } from "../cloud/drivers.ts";
import { addresses, outside, paths } from "../groundPlan.ts";
import { dropZone, loadZone, serveZone, writeRootZone } from "./knot.ts";
import { reverseZoneContents } from "./zoneFile.ts";
import { writeWhole } from "../process/writeWhole.ts";

const reverseFile = join(paths.dnsDir, "reverse.json");
const allowedZone = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/;

/**
 * A driver for the sandbox's knot. Calls are done one after another, in the order they came.
 * One driver at a time may be in use: it takes the files in `.sandbox/run/dns` for its own.
 */
export function createDnsDriver(): DnsDriver {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (action: () => Promise<void>): Promise<void> => {
    const next = last.then(action, action);
    last = next;
    return next;
  };
  return {
    setZone: (zone, sets, nameServers) =>
      inTurn(async () => {
        if (!allowedZone.test(zone))
          throw new Error(`${zone}: no name for a zone (lower case, no final dot)`);
        await serveZone({ zone, nameServers, sets });
        if (await writeRootZone()) await loadZone("");
      }),
    removeZone: (zone) =>
      inTurn(async () => {
        await dropZone(zone);
        if (await writeRootZone()) await loadZone("");
      }),
    setReverse: (address, name) =>
      inTurn(async () => {
        const before = await readReverseNames();
        const rest = Object.entries(before).filter(([known]) => known !== address);
        await writeReverseNames(Object.fromEntries(name === undefined ? rest : [...rest, [address, name]]));
      }),
  };
}

/** Address → name, as far as the sandbox knows. */
export async function readReverseNames(): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(reverseFile, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
  if (text !== undefined) return JSON.parse(text) as Record<string, string>;
  return { [addresses.outside.ipv4]: outside.host, [addresses.outside.ipv6]: outside.host };
}

async function writeReverseNames(names: Readonly<Record<string, string>>): Promise<void> {
  // Rendered first: a bad address must leave both the list and the zones as they were.
  const contents = reverseZoneContents(names);
  for (const content of contents) await serveZone(content);
  await writeWhole(reverseFile, JSON.stringify(names, undefined, 2));
}
