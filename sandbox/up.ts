/** The steps of `up`, in order. Each can be repeated and then changes nothing. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startAcme } from "./acme/acme.ts";
import { startDns } from "./dns/servers.ts";
import { ensureEngine } from "./engine/build.ts";
import { writeEnvironment } from "./environment.ts";
import { ensureCertificates, startFront } from "./front/front.ts";
import { cacheDir, paths, ports, repository, runDir } from "./groundPlan.ts";
import { ensureArchive } from "./hosts/archive.ts";
import { ensureBase } from "./hosts/base.ts";
import { ensureInstalled } from "./hosts/installedLayer.ts";
import { buildImages } from "./images/build.ts";
import { installPackages } from "./install.ts";
import { networkUp } from "./network/network.ts";
import { ensureObjectsServer, startObjects } from "./objects/objects.ts";
import { startService } from "./process/service.ts";
import type { Service } from "./process/service.ts";
import type { Step, StepResult } from "./progress/steps.ts";
import { deploy, selectStack } from "./project/deploy.ts";
import { findRealPlugins, installPlugins } from "./providers/install.ts";
import { pushLayout, startRegistry } from "./registry/registry.ts";
import { cloudService, isWritten, outsideService, pluginsService } from "./services.ts";
import { writeWhole } from "./process/writeWhole.ts";

/** The table that `up` runs. What is costly comes first, so that it fails before anything is up. */
export const sandboxSteps: readonly Step[] = [
  { title: "Debian packages", run: packages },
  {
    title: "Pulumi engine (about 5 minutes the first time)",
    run: async () => ({ word: await ensureEngine(cacheDir) }),
  },
  {
    title: "S3 server (about 2 minutes the first time)",
    run: async () => ({ word: await ensureObjectsServer(cacheDir) }),
  },
  {
    title: "Machine image: Debian 13 (about a minute the first time)",
    run: plainly(() => ensureBase(cacheDir)),
  },
  { title: "Network", run: plainly(networkUp) },
  { title: "Tokens and environment", run: plainly(writeEnvironment) },
  { title: "Certificate authority", run: plainly(ensureCertificates) },
  { title: "DNS: signed root, zones, resolver", run: started(startDns) },
  { title: "Debian archive", run: plainly(() => ensureArchive(cacheDir, runDir)) },
  {
    title: "Machine image with packages, for all machines but the first",
    run: plainly(async () => ensureInstalled(cacheDir, await ensureBase(cacheDir), paths.aptDir)),
  },
  { title: "TLS front and Debian mirror", run: started(startFront) },
  { title: "ACME server", run: started(startAcme) },
  { title: "Container registry", run: started(startRegistry) },
  { title: "S3 bucket", run: started(startObjects) },
  { title: "Container images (some minutes the first time)", run: images },
  { title: "Provider plugins", run: plugins },
  { title: "Mail host of the world outside", run: own(outsideService) },
  { title: "Vendor APIs", run: own(cloudService) },
];

/** After those: the real engine runs the program. */
export const serverSteps: readonly Step[] = [{ title: "Mail server: pulumi up", run: server, streams: true }];

async function packages(): Promise<StepResult> {
  const installed = await installPackages();
  return { word: installed.length === 0 ? "all there" : `${installed.length} installed` };
}

async function images(): Promise<StepResult> {
  const built = await buildImages({
    cacheDir: join(cacheDir, "images"),
    push: pushLayout,
    trust: await readFile(paths.acmeRoot, "utf8"),
  });
  // The digests of what this sandbox built; the stack's configuration gets them from here.
  const file = join(runDir, "images.json");
  const text = `${JSON.stringify(built, undefined, 2)}\n`;
  // Kept untouched where it says the same: who is made from it looks at its time.
  if ((await readFile(file, "utf8").catch(() => "")) !== text) {
    await writeWhole(file, text);
  }
  return { word: `${Object.keys(built).length} at the registry` };
}

async function plugins(): Promise<StepResult> {
  const real = await findRealPlugins(join(cacheDir, "plugins-real"));
  const home = join(paths.pulumiDir, "home", "plugins");
  const installed = await installPlugins(home, process.execPath, real, ports.plugins);
  if (installed.some(({ source }) => source === "stand-in")) await startService(pluginsService);
  const kinds = (["real", "stand-in"] as const).map((kind) => {
    const names = installed.filter(({ source }) => source === kind).map(({ name }) => name);
    return `${kind}: ${names.length === 0 ? "none" : names.join(", ")}`;
  });
  const warnings = installed.flatMap((plugin) => (plugin.warning === undefined ? [] : [plugin.warning]));
  return { word: kinds.join("; "), notes: warnings };
}

async function server(): Promise<StepResult> {
  if (!existsSync(join(repository, "Pulumi.yaml")))
    return { word: "skipped: there is no Pulumi.yaml", skipped: true };
  await selectStack();
  await deploy();
  return {};
}

function own(service: Service): Step["run"] {
  return async () => {
    if (!isWritten(service)) return { word: `skipped: ${service.name}/main.ts is not there`, skipped: true };
    return { word: (await startService(service)) ? "started" : "runs already" };
  };
}

function plainly(action: () => Promise<unknown>): Step["run"] {
  return async () => {
    await action();
    return {};
  };
}

function started(action: () => Promise<boolean>): Step["run"] {
  return async () => ({ word: (await action()) ? "started" : "runs already" });
}
