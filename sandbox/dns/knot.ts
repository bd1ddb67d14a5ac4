/** The authoritative server: its zone files, and the control of knot. */

import { access, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nameServers, outside, paths } from "../groundPlan.ts";
import { run, succeeds } from "../process/command.ts";
import { reverseZones } from "./reverseName.ts";
import { absolute, renderZoneFile, rootZone, sandboxNameServer } from "./zoneFile.ts";
import type { ZoneContent } from "./zoneFile.ts";

/** Folder with configuration, database, zones and control socket. */
export const knotDir = paths.dnsDir;
/** knot's own configuration database; zones are added to it while it runs. */
export const knotConfigDb = join(knotDir, "confdb");
const zonesDir = join(knotDir, "zones");
const socket = join(knotDir, "knot.sock");

/** Runs one `knotc` command and waits for its effect. */
export async function knotc(...args: readonly string[]): Promise<string> {
  return run("knotc", ["--socket", socket, "--blocking", "--timeout", "20", ...args]);
}

/** Writes a zone's file. Gives false when it held the same already. */
export async function writeZoneFile(content: ZoneContent): Promise<boolean> {
  const file = zoneFile(content.zone);
  const text = renderZoneFile(content);
  if ((await readFile(file, "utf8").catch(() => undefined)) === text) return false;
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
  return true;
}

/** Writes the root from the zone files that are there. Gives false when nothing is new. */
export async function writeRootZone(): Promise<boolean> {
  const sandboxOwn: readonly string[] = [outside.domain, ...Object.values(reverseZones)];
  const zones = (await readdir(zonesDir))
    .filter((name) => name.endsWith(".zone") && name !== "root.zone")
    .sort();
  return writeZoneFile(
    rootZone(
      zones
        .map((name) => name.slice(0, -".zone".length))
        .map((zone) => ({
          zone,
          nameServers: sandboxOwn.includes(zone) ? [sandboxNameServer] : nameServers,
        })),
    ),
  );
}

/** Makes the running knot serve what the zone's file holds. */
export async function loadZone(zone: string): Promise<void> {
  if (zone !== "" && !(await isConfigured(zone))) {
    await knotc("conf-begin");
    try {
      await knotc("conf-set", `zone[${absolute(zone)}]`);
      await knotc("conf-commit");
    } catch (error) {
      await succeeds("knotc", ["--socket", socket, "conf-abort"]);
      throw error;
    }
  }
  await knotc("zone-reload", absolute(zone));
}

/** True when knot takes commands. */
export async function knotAnswers(): Promise<boolean> {
  return access(socket).then(
    () => succeeds("knotc", ["--socket", socket, "status"]),
    () => false,
  );
}

async function isConfigured(zone: string): Promise<boolean> {
  return succeeds("knotc", ["--socket", socket, "conf-read", `zone[${absolute(zone)}]`]);
}

function zoneFile(zone: string): string {
  return join(zonesDir, zone === "" ? "root.zone" : `${zone}.zone`);
}
