/** The container registry behind ghcr.io and registry-1.docker.io, and how images get into it. */

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loopback, paths, ports } from "../groundPlan.ts";
import { run } from "../process/command.ts";
import { acceptsTcp, httpGet } from "../process/probe.ts";
import { startService } from "../process/service.ts";
import type { Service } from "../process/service.ts";

const configFile = join(paths.registryDir, "config.yml");

/** docker-registry, ready when its API answers. */
export const registryService: Service = {
  name: "registry",
  command: "docker-registry",
  args: ["serve", configFile],
  ready: async () => {
    await httpGet(`http://${loopback(ports.registry)}/v2/`);
    return true;
  },
  readyTimeoutSeconds: 10,
};

/** The gate before it (gate.ts), ready when it asks for a token. */
export const registryGateService: Service = {
  name: "registry-gate",
  command: process.execPath,
  args: [join(import.meta.dirname, "main.ts")],
  ready: async () => acceptsTcp("127.0.0.1", ports.registryGate),
  readyTimeoutSeconds: 20,
};

/**
 * Starts the registry, which takes pushes from anyone on loopback and asks for no token, and the gate, through which the
 * world sees it.
 */
export async function startRegistry(): Promise<boolean> {
  const data = join(paths.registryDir, "data");
  await mkdir(data, { recursive: true });
  // relativeurls: upload addresses then fit whatever name and scheme the client came by.
  const config = {
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: data }, delete: { enabled: true } },
    http: { addr: loopback(ports.registry), relativeurls: true },
  };
  await writeFile(configFile, `${JSON.stringify(config, undefined, 2)}\n`);
  const started = await startService(registryService);
  return (await startService(registryGateService)) || started;
}

/**
 * Pushes an image from an OCI layout and gives its digest (`sha256:…`).
 *
 * @param layoutDir Folder with `oci-layout` and `index.json` that holds one image.
 * @param reference As docker writes it: `ghcr.io/a/b:1`, `redis:7.2`, `docker.io/library/redis:7.2`.
 * @throws {CommandError} with skopeo's words.
 */
export async function pushLayout(layoutDir: string, reference: string): Promise<string> {
  const digestFile = join(paths.registryDir, `digest-${process.pid}-${(pushes += 1)}`);
  const target = `docker://${loopback(ports.registry)}/${registryPath(reference)}`;
  await run(
    "skopeo",
    [
      ...["--insecure-policy", "copy", "--quiet", "--preserve-digests", "--dest-tls-verify=false"],
      ...["--digestfile", digestFile, `oci:${layoutDir}`, target],
    ],
    { inside: true, timeoutSeconds: 300 },
  );
  const digest = (await readFile(digestFile, "utf8")).trim();
  await rm(digestFile);
  return digest;
}

let pushes = 0;

/**
 * The path and tag of a reference inside the one registry. Docker Hub's short names live under `library/` there.
 *
 * @throws {Error} for another registry's name.
 */
export function registryPath(reference: string): string {
  const first = reference.split("/")[0] ?? "";
  const isHost =
    reference.includes("/") && (first.includes(".") || first.includes(":") || first === "localhost");
  const rest = isHost ? reference.slice(first.length + 1) : reference;
  if (isHost && first === "ghcr.io") return rest;
  if (isHost && !["docker.io", "index.docker.io", "registry-1.docker.io"].includes(first)) {
    throw new Error(`${reference}: the sandbox has no registry of the name ${first}`);
  }
  return rest.includes("/") ? rest : `library/${rest}`;
}
