/** Making, starting, watching and removing a container at the daemon. */
import { setTimeout as delay } from "node:timers/promises";
import type { Engine } from "../engineClient.ts";
import { DaemonError } from "../engineClient.ts";
import { createBody, endpointOf } from "./createBody.ts";
import type { ContainerInputs } from "./inputs.ts";
import { inspectionOf } from "./inspection.ts";
import type { Inspection } from "./inspection.ts";
import { uploadArchive } from "./uploads.ts";

const LOOK_EVERY_MS = 500;

/** Makes a container, joins its networks and puts its uploads in. Answers its id. Does not start it. */
export async function makeContainer(engine: Engine, inputs: ContainerInputs): Promise<string> {
  const answer = await engine
    .send("POST", "/containers/create", { query: { name: inputs.name }, body: createBody(inputs) })
    .catch((error: unknown) => {
      throw new Error(`Unable to create container: ${text(error)}`, { cause: error });
    });
  return (answer as { Id: string }).Id;
}

/** Joins the networks after the first (which the create call joins) and puts the uploads in. */
export async function prepareContainer(engine: Engine, id: string, inputs: ContainerInputs): Promise<void> {
  for (const network of inputs.networksAdvanced.slice(1)) {
    const body = { Container: id, EndpointConfig: endpointOf(network) };
    await engine.send("POST", `/networks/${encodeURIComponent(network.name)}/connect`, { body });
  }
  const archive = uploadArchive(inputs.uploads);
  if (archive === undefined) return;
  await engine.send("PUT", `/containers/${id}/archive`, { query: { path: "/" }, body: archive });
}

/** Starts a container. */
export async function startContainer(engine: Engine, id: string): Promise<void> {
  try {
    await engine.send("POST", `/containers/${id}/start`);
  } catch (error) {
    throw new Error(`Unable to start container: ${text(error)}`, { cause: error });
  }
}

/** Looks at a container; `undefined` when the daemon does not know the id. */
export async function inspectContainer(engine: Engine, id: string): Promise<Inspection | undefined> {
  const answer = await engine.find(`/containers/${id}/json`);
  return answer === undefined ? undefined : inspectionOf(answer);
}

/** Waits until the container is healthy. Throws when it has no check, or is not healthy in `waitTimeout` seconds. */
export async function waitHealthy(
  engine: Engine,
  id: string,
  inputs: ContainerInputs,
  signal: AbortSignal,
): Promise<void> {
  const limit = performance.now() + inputs.waitTimeout * 1000;
  for (;;) {
    const health = (await inspectContainer(engine, id))?.State.Health;
    if (!health) {
      throw new Error(
        "you have supplied a 'wait' argument, but the container does not have a healthcheck defined. " +
          "Please remove the 'wait' argument or add a healthcheck",
      );
    }
    if (health.Status === "healthy") return;
    if (performance.now() >= limit) throw new Error("container failed to be in healthy state");
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Removes a container, stopping it first when a grace is given. An unknown id is no error. */
export async function removeContainer(engine: Engine, id: string, inputs: ContainerInputs): Promise<void> {
  const grace = inputs.destroyGraceSeconds ?? 0;
  const query = { force: "true", v: `${inputs.removeVolumes}` };
  try {
    if (grace > 0) await engine.send("POST", `/containers/${id}/stop`, { query: { t: `${grace}` } });
    await engine.send("DELETE", `/containers/${id}`, { query });
  } catch (error) {
    if (!(error instanceof DaemonError) || error.status !== 404) throw error;
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
