/** The ACME server: pebble, behind the front under Let's Encrypt's names, asking the authoritative servers. */

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeTrust } from "../front/certificates.ts";
import { addresses, loopback, paths, ports } from "../groundPlan.ts";
import { httpGet } from "../process/probe.ts";
import { startService } from "../process/service.ts";
import type { Service } from "../process/service.ts";

const configFile = join(paths.acmeDir, "pebble.json");

/** Pebble, ready when its directory answers. */
export const acmeService: Service = {
  name: "acme",
  command: "pebble",
  // A resolver would answer a second order within the TTL from its cache; the real authorities keep next to none.
  args: ["-config", configFile, "-dnsserver", `${addresses.authoritative.ipv4}:53`],
  // All three are pebble's own chaos: a random sleep before a validation, good nonces refused at random, and, of an
  // account's second order for a name, the challenge left out half of the time.
  env: { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0", PEBBLE_AUTHZREUSE: "0" },
  ready: async () => {
    await httpGet(`https://${loopback(ports.acme)}/dir`, paths.caCertificate);
    return true;
  },
  readyTimeoutSeconds: 10,
};

/** Starts pebble, and keeps the root of its certificates where clients find it. */
export async function startAcme(): Promise<boolean> {
  await mkdir(paths.acmeDir, { recursive: true });
  await writeFile(configFile, renderPebbleConfig());
  const started = await startService(acmeService);
  const root = await httpGet(`https://${loopback(ports.acmeManagement)}/roots/0`, paths.caCertificate);
  await rm(paths.acmeRoot, { force: true });
  await writeFile(paths.acmeRoot, root);
  await writeTrust();
  return started;
}

function renderPebbleConfig(): string {
  return JSON.stringify({
    pebble: {
      listenAddress: loopback(ports.acme),
      managementListenAddress: loopback(ports.acmeManagement),
      certificate: join(paths.caDir, "front.pem"),
      privateKey: join(paths.caDir, "front.key"),
      httpPort: 80,
      tlsPort: 443,
      ocspResponderURL: "",
      externalAccountBindingRequired: false,
    },
  });
}
