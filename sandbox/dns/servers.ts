/** Starts the two DNS servers with the sandbox's own zones. */

import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addresses, paths } from "../groundPlan.ts";
import { run } from "../process/command.ts";
import { startService } from "../process/service.ts";
import type { Service } from "../process/service.ts";
import { waitUntil } from "../process/waitUntil.ts";
import { readReverseNames } from "./dnsDriver.ts";
import {
  isConfigured,
  knotAnswers,
  knotConfigDb,
  knotDir,
  loadZone,
  serveZone,
  writeRootZone,
  writeZoneFile,
} from "./knot.ts";
import { renderKnotConfig, renderRootHints, renderUnboundConfig } from "./serverConfig.ts";
import { outsideZone, reverseZoneContents } from "./zoneFile.ts";
import type { ZoneContent } from "./zoneFile.ts";

const resolverDir = join(paths.dnsDir, "resolver");

/** knot, ready when it serves the root. */
export const authoritativeService: Service = {
  name: "authoritative",
  command: "knotd",
  args: ["--confdb", knotConfigDb],
  ready: async () => (await knotAnswers()) && (await ask(addresses.authoritative.ipv4, ".", "SOA")) !== "",
  readyTimeoutSeconds: 15,
};

/** unbound, ready when it gives a validated answer. */
export const resolverService: Service = {
  name: "resolver",
  command: "unbound",
  args: ["-d", "-c", join(resolverDir, "unbound.conf")],
  ready: async () => {
    const answer = await kdig([`@${addresses.resolver.ipv4}`, "api.hetzner.cloud", "A", "+adflag"]);
    return /^;; Flags:.*\bad\b/m.test(answer);
  },
  readyTimeoutSeconds: 15,
};

/** Starts both. Zones that vendor APIs made are kept. */
export async function startDns(): Promise<boolean> {
  await mkdir(join(knotDir, "zones"), { recursive: true });
  await mkdir(join(knotDir, "db"), { recursive: true });
  const own = [outsideZone(), ...reverseZoneContents(await readReverseNames())];
  const changed = new Set<string>();
  for (const content of own) if (await writeZoneFile(content)) changed.add(content.zone);
  if (await writeRootZone()) changed.add("");
  if (!(await exists(knotConfigDb))) await importKnotConfig();
  const started = await startService(authoritativeService);
  // A start that was broken off may have left a file that knot has not heard of.
  for (const content of own) {
    if (changed.has(content.zone) || !(await isConfigured(content.zone))) await serveZone(content);
  }
  if (changed.has("") && !started) await loadZone("");
  await waitForZones(own);
  return (await startResolver()) || started;
}

async function importKnotConfig(): Promise<void> {
  const file = join(knotDir, "knot.conf");
  await writeFile(file, renderKnotConfig(knotDir));
  await run("knotc", ["--confdb", knotConfigDb, "conf-import", file]);
}

async function waitForZones(own: readonly ZoneContent[]): Promise<void> {
  for (const { zone } of own) {
    await waitUntil(async () => (await ask(addresses.authoritative.ipv4, zone, "SOA")) !== "", {
      what: `the zone ${zone} on the authoritative server`,
      timeoutSeconds: 10,
    });
  }
}

async function startResolver(): Promise<boolean> {
  await mkdir(resolverDir, { recursive: true });
  // Only the running server knows the key that it has made for its root.
  const keys = (await ask(addresses.authoritative.ipv4, ".", "DNSKEY")).split("\n").filter(Boolean);
  if (keys.length === 0) throw new Error("the root has no DNSKEY: it is not signed");
  await writeFile(join(resolverDir, "root.key"), keys.map((key) => `. 3600 IN DNSKEY ${key}\n`).join(""));
  await writeFile(join(resolverDir, "root.hints"), renderRootHints());
  await writeFile(join(resolverDir, "unbound.conf"), renderUnboundConfig(resolverDir));
  return startService(resolverService);
}

/** The answer's RDATA, one a line; empty when there is none. */
async function ask(server: string, name: string, type: string): Promise<string> {
  return (await kdig([`@${server}`, name, type, "+short"])).trim();
}

async function kdig(args: readonly string[]): Promise<string> {
  return run("kdig", ["+timeout=2", "+retry=0", ...args], { inside: true, timeoutSeconds: 10 });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
