/** The TLS front and the Debian mirror: one nginx. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addresses, frontNames, mirrorNames, outside, paths, ports } from "../groundPlan.ts";
import { run } from "../process/command.ts";
import { acceptsTcp } from "../process/probe.ts";
import { startService, stopService } from "../process/service.ts";
import type { Service } from "../process/service.ts";
import { ensureAuthority, ensureLeaf } from "./certificates.ts";
import { renderNginxConfig } from "./nginxConfig.ts";

const configFile = join(paths.frontDir, "nginx.conf");

/** nginx, ready when both of its addresses answer. */
export const frontService: Service = {
  name: "front",
  command: "nginx",
  args: ["-p", paths.frontDir, "-e", "stderr", "-c", configFile],
  ready: async () =>
    (await acceptsTcp(addresses.front.ipv4, 443)) && (await acceptsTcp(addresses.debianMirror.ipv4, 80)),
  readyTimeoutSeconds: 10,
};

/** Makes the CA and all leaves: the front's (also pebble's own) and the outside mail host's. */
export async function ensureCertificates(): Promise<void> {
  await ensureAuthority();
  await ensureLeaf("front", [...Object.keys(frontNames), "localhost", "127.0.0.1"]);
  await ensureLeaf("outside", [outside.host, outside.domain]);
}

/** Starts the front, or starts it again when its configuration has changed. */
export async function startFront(): Promise<boolean> {
  await mkdir(paths.frontDir, { recursive: true });
  await mkdir(paths.aptDir, { recursive: true });
  const text = renderNginxConfig({
    folder: paths.frontDir,
    certificate: join(paths.caDir, "front.pem"),
    key: join(paths.caDir, "front.key"),
    tlsAddress: addresses.front.ipv4,
    backends: frontNames,
    acmeNames: namesOf(ports.acme),
    mirrorAddress: addresses.debianMirror.ipv4,
    mirrorNames,
    mirrorFolder: paths.aptDir,
  });
  const before = await readFile(configFile, "utf8").catch(() => undefined);
  if (before !== text) {
    await writeFile(configFile, text);
    await run("nginx", ["-t", "-q", "-p", paths.frontDir, "-e", "stderr", "-c", configFile], {
      inside: true,
    });
    if (before !== undefined) await stopService(frontService.name);
  }
  return startService(frontService);
}

function namesOf(port: number): string[] {
  return Object.entries(frontNames).flatMap(([name, backend]) => (backend === port ? [name] : []));
}
