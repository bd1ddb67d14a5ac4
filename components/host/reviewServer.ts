/** The look at what runs now, before anything is declared that a change could destroy. */
import { getServers } from "@pulumi/hcloud/getServers.js";
import * as pulumi from "@pulumi/pulumi";
import { bootHash } from "../../cloud-init/renderUserData.ts";
import type { PlannedServer } from "../../stack/model/plan.ts";
import { STACK_LABEL } from "../../stack/vendors/names.ts";
import { readAsset } from "../assets.ts";
import { causeText, outsideError } from "../errors.ts";
import { reviewDeployed } from "./deployedServer.ts";
import { COMMAND } from "../../stack/values/command.ts";

/**
 * Name and location of a planned server, known once it may be declared.
 *
 * Whatever the engine would replace takes its inputs from here, so that a refused change stops with its reason before
 * the engine comes to a protected resource.
 */
export interface ReviewedServer {
  readonly name: pulumi.Output<string>;
  readonly location: pulumi.Output<string>;
}

/**
 * Asks Hetzner what runs now, warns of what waits (in a preview, once) and refuses what would lose mail.
 *
 * A preview goes on when the vendor does not answer; an update does not.
 */
export function reviewServer(planned: PlannedServer, stack: string): ReviewedServer {
  const reviewed = pulumi.output(review(planned, stack));
  return { name: reviewed.apply(() => planned.name), location: reviewed.apply(() => planned.location) };
}

async function review(planned: PlannedServer, stack: string): Promise<true> {
  const selector = `${STACK_LABEL}=${stack}`;
  let deployed;
  try {
    const { servers } = await getServers({ withSelector: selector });
    deployed = servers.find(({ name }) => name === planned.name);
  } catch (cause) {
    const what = `Hetzner did not say which servers bear the label ${selector}`;
    if (!pulumi.runtime.isDryRun()) throw outsideError(what, cause, `run \`${COMMAND} preflight\`.`);
    await pulumi.log.warn(`${what}, so what waits for the next generation is not known: ${causeText(cause)}`);
    return true;
  }
  if (deployed === undefined) return true;
  const lines = reviewDeployed(planned, deployed, (server) => bootHash(server, { asset: readAsset }));
  if (pulumi.runtime.isDryRun()) for (const line of lines) await pulumi.log.warn(line);
  return true;
}
