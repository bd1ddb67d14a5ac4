/** The look at what runs now, before anything is declared that a change could destroy. */
import * as pulumi from "@pulumi/pulumi";
import { bootHash } from "../../cloud-init/renderUserData.ts";
import type { PlannedServer } from "../../stack/model/plan.ts";
import { STACK_LABEL } from "../../stack/vendors/names.ts";
import type { CloudResources, ReviewedServer } from "../vendors/cloud.ts";
import { readAsset } from "../assets.ts";
import { askVendor } from "./askVendor.ts";
import { reviewDeployed } from "./reviewDeployed.ts";

/**
 * Asks the vendor what runs now, warns of what waits (in a preview, once) and refuses what would lose mail.
 *
 * A preview goes on when the vendor does not answer; an update does not.
 */
export function reviewPlanned(cloud: CloudResources, planned: PlannedServer, stack: string): ReviewedServer {
  const reviewed = pulumi.output(review(cloud, planned, stack));
  return { name: reviewed.apply(() => planned.name), location: reviewed.apply(() => planned.location) };
}

async function review(cloud: CloudResources, planned: PlannedServer, stack: string): Promise<true> {
  const servers = await askVendor(planned.provider, {
    asked: `which servers bear the label ${STACK_LABEL}=${stack}`,
    unknown: "what waits for the next generation is not known",
    question: () => cloud.stackServers(stack),
  });
  const deployed = servers?.find(({ name }) => name === planned.name);
  if (deployed === undefined) return true;
  const lines = reviewDeployed(planned, deployed, (server) => bootHash(server, { asset: readAsset }));
  if (pulumi.runtime.isDryRun()) for (const line of lines) await pulumi.log.warn(line);
  return true;
}
