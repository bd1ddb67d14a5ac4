/** The authoritative server: its zone files, and the control of knot. */

import { access, appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "../groundPlan.ts";
import { run, succeeds } from "../process/command.ts";
import { absolute, nameServersIn, renderZoneFile, ROOT_ADDITIONS, rootZone } from "./zoneFile.ts";
import type { ZoneContent } from "./zoneFile.ts";
import { writeWhole } from "../process/writeWhole.ts";

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
  await writeWhole(file, text);
  return true;
}

/** Writes the root from the zone files that are there, each delegated to the name servers in it. Gives false when nothing is new. */
export async function writeRootZone(): Promise<boolean> {
  await appendFile(join(zonesDir, ROOT_ADDITIONS), "");
  const files = (await readdir(zonesDir)).filter((name) => name.endsWith(".zone") && name !== "root.zone");
  const zones = files.sort().map(async (file) => {
    const zone = file.slice(0, -".zone".length);
    return { zone, nameServers: nameServersIn(zone, await readFile(join(zonesDir, file), "utf8")) };
  });
  return writeZoneFile(rootZone(await Promise.all(zones)));
}

/**
 * Writes a zone's file and makes the running knot serve it; a zone that is new to knot is added to its configuration.
 * Where knot refuses the new data, the file is put back as it was and a new zone is forgotten again.
 *
 * @throws {CommandError} with knot's words; its log says which line it was.
 */
export async function serveZone(content: ZoneContent): Promise<void> {
  const file = zoneFile(content.zone);
  const before = await readFile(file, "utf8").catch(() => undefined);
  const isNew = !(await isConfigured(content.zone));
  await writeZoneFile(content);
  try {
    if (isNew) await changeConfig("conf-set", content.zone);
    await loadZone(content.zone);
  } catch (error) {
    if (before !== undefined) await writeFile(file, before);
    else await rm(file, { force: true });
    if (isNew) await changeConfig("conf-unset", content.zone);
    throw error;
  }
}

/** Makes knot forget a zone, with its file. Nothing is done where there is none. */
export async function dropZone(zone: string): Promise<void> {
  if (await isConfigured(zone)) await changeConfig("conf-unset", zone);
  await rm(zoneFile(zone), { force: true });
}

/** Makes knot read a zone's file, and resolves when it serves it. */
export async function loadZone(zone: string): Promise<void> {
  await knotc("zone-reload", absolute(zone));
}

async function changeConfig(verb: "conf-set" | "conf-unset", zone: string): Promise<void> {
  await knotc("conf-begin");
  try {
    await knotc(verb, `zone[${absolute(zone)}]`);
    await knotc("conf-commit");
  } catch (error) {
    await succeeds("knotc", ["--socket", socket, "conf-abort"]);
    throw error;
  }
}

/** True when knot takes commands. */
export async function knotAnswers(): Promise<boolean> {
  return access(socket).then(
    () => succeeds("knotc", ["--socket", socket, "status"]),
    () => false,
  );
}

/** True when the zone is in knot's configuration. */
export async function isConfigured(zone: string): Promise<boolean> {
  return succeeds("knotc", ["--socket", socket, "conf-read", `zone[${absolute(zone)}]`]);
}

function zoneFile(zone: string): string {
  return join(zonesDir, zone === "" ? "root.zone" : `${zone}.zone`);
}
