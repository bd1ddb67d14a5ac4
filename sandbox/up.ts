/** The steps of `up`, in order. Each can be repeated and then changes nothing. */

import { startAcme } from "./acme/acme.ts";
import { startDns } from "./dns/servers.ts";
import { writeEnvironment } from "./environment.ts";
import { ensureCertificates, startFront } from "./front/front.ts";
import { networkUp } from "./network/network.ts";
import type { Step } from "./progress/steps.ts";
import { startRegistry } from "./registry/registry.ts";

/** The table that `node sandbox/main.ts up` runs. */
export function upSteps(): readonly Step[] {
  return [
    { title: "Network", run: quietly(networkUp) },
    { title: "Tokens and environment", run: quietly(writeEnvironment) },
    { title: "Certificate authority", run: quietly(ensureCertificates) },
    { title: "DNS: root, zones, resolver", run: started(startDns) },
    { title: "TLS front and Debian mirror", run: started(startFront) },
    { title: "ACME server", run: started(startAcme) },
    { title: "Container registry", run: started(startRegistry) },
  ];
}

function quietly(action: () => Promise<void>): Step["run"] {
  return async () => {
    await action();
    return undefined;
  };
}

function started(action: () => Promise<boolean>): Step["run"] {
  return async () => ((await action()) ? "started" : "runs already");
}
