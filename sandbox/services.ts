/** The sandbox's own servers that are programs of this repository, and the list of all. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { acmeService } from "./acme/acme.ts";
import { authoritativeService, resolverService } from "./dns/servers.ts";
import { frontService } from "./front/front.ts";
import { addresses, outside, paths, ports } from "./groundPlan.ts";
import { objectsService } from "./objects/objects.ts";
import { acceptsTcp } from "./process/probe.ts";
import type { Service } from "./process/service.ts";
import { registryGateService, registryService } from "./registry/registry.ts";

const trust = { NODE_EXTRA_CA_CERTS: paths.trust };

/** The vendor APIs with their drivers, in one process. */
export const cloudService: Service = {
  name: "cloud",
  command: process.execPath,
  args: [join(import.meta.dirname, "cloud", "main.ts")],
  env: trust,
  ready: async () =>
    (await acceptsTcp("127.0.0.1", ports.hetzner)) &&
    (await acceptsTcp("127.0.0.1", ports.cloudflare)) &&
    (await acceptsTcp("127.0.0.1", ports.digitalocean)),
  readyTimeoutSeconds: 20,
};

/** The mail host of the world outside. */
export const outsideService: Service = {
  name: "outside",
  command: process.execPath,
  args: [
    join(import.meta.dirname, "outside", "main.ts"),
    ...["--folder", paths.outsideDir, "--name", outside.host, "--ca", paths.trust],
    ...["--key", join(paths.caDir, "outside.key"), "--certificate", join(paths.caDir, "outside.pem")],
    ...["--ipv4", addresses.outside.ipv4, "--ipv6", addresses.outside.ipv6],
    ...["--resolver", addresses.resolver.ipv4, "--control", String(ports.outsideControl)],
  ],
  env: trust,
  ready: async () =>
    (await acceptsTcp("127.0.0.1", ports.outsideControl)) && (await acceptsTcp(addresses.outside.ipv4, 25)),
  readyTimeoutSeconds: 20,
};

/** All stand-in plugins of the engine, as whoever runs an engine in here would start them: with the sandbox's resolver too. */
export const pluginsService: Service = {
  name: "plugins",
  command: join(import.meta.dirname, "run"),
  args: [
    process.execPath,
    join(import.meta.dirname, "providers", "shared", "main.ts"),
    String(ports.plugins),
  ],
  ready: () => acceptsTcp("127.0.0.1", ports.plugins),
  readyTimeoutSeconds: 20,
};

/** In the order of their start. */
export const allServices: readonly Service[] = [
  authoritativeService,
  resolverService,
  frontService,
  acmeService,
  registryService,
  registryGateService,
  objectsService,
  pluginsService,
  outsideService,
  cloudService,
];

/** True when a program of this repository is there to be started. */
export function isWritten(service: Service): boolean {
  return service.command !== process.execPath || existsSync(service.args[0] ?? "");
}
