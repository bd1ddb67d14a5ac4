/**
 * The cloud as a process: all vendors' APIs over real drivers. Runs inside the namespace, until it gets SIGTERM.
 *
 * Its books are in `.sandbox/run/cloud`, so another process can go on where this one ended.
 */

import { readFile } from "node:fs/promises";
import { createDnsDriver } from "../dns/dnsDriver.ts";
import {
  addresses,
  bridge,
  cacheDir,
  namespace,
  nameServers,
  paths,
  ports,
  runDir,
  vendorZones,
} from "../groundPlan.ts";
import { ensureBase } from "../hosts/base.ts";
import { createHostDriver } from "../hosts/driver.ts";
import { ensureInstalled } from "../hosts/installedLayer.ts";
import { startCloud } from "./startCloud.ts";

const baseDir = await ensureBase(cacheDir);

const cloud = await startCloud({
  folder: paths.cloudDir,
  hosts: createHostDriver({
    runDir,
    baseDir,
    installedDir: await ensureInstalled(cacheDir, baseDir, paths.aptDir),
    caFile: paths.caCertificate,
    namespace,
    bridge,
    resolvers: [addresses.resolver.ipv4, addresses.resolver.ipv6],
  }),
  dns: createDnsDriver(),
  zones: vendorZones.cloudflare,
  nameServers: nameServers.cloudflare,
  hetznerZones: vendorZones.hetzner,
  hetznerNameServers: nameServers.hetzner,
  digitaloceanDomains: vendorZones.digitalocean,
  digitaloceanNameServers: nameServers.digitalocean,
  hetznerToken: await readFile(paths.hetznerToken, "utf8"),
  cloudflareToken: await readFile(paths.cloudflareToken, "utf8"),
  digitaloceanToken: await readFile(paths.digitaloceanToken, "utf8"),
  otherTokens: {
    hetzner: await readFile(paths.otherTokens.hetzner, "utf8"),
    cloudflare: await readFile(paths.otherTokens.cloudflare, "utf8"),
    digitalocean: await readFile(paths.otherTokens.digitalocean, "utf8"),
  },
  hetznerPort: ports.hetzner,
  cloudflarePort: ports.cloudflare,
  digitaloceanPort: ports.digitalocean,
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    cloud.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`closing: ${String(error)}\n`);
        process.exit(1);
      },
    );
  });
}
