/** `docker:index/container:Container`. */
import { autoName } from "../autoName.ts";
import { withEngine } from "../engineClient.ts";
import type { Engine } from "../engineClient.ts";
import { ensureImage } from "../images.ts";
import { plannedCreate } from "../../protocol/preview.ts";
import { PartialFailure } from "../../protocol/handler.ts";
import type { CallContext, Deployed, Known, ResourceHandler } from "../../protocol/handler.ts";
import { UNKNOWN } from "../../protocol/value.ts";
import type { Properties, Value } from "../../protocol/value.ts";
import { TAINT, containerChange, deployedInputs } from "./change.ts";
import { updateBody } from "./createBody.ts";
import { containerInputsOf, containerSchema, normalisedInputs, unsupportedInputs } from "./inputs.ts";
import type { ContainerInputs } from "./inputs.ts";
import { outputsOf } from "./inspection.ts";
import {
  inspectContainer,
  makeContainer,
  prepareContainer,
  removeContainer,
  startContainer,
  waitHealthy,
} from "./lifecycle.ts";

/** Containers over the provider's host; each call opens one connection and closes it. */
export const container: ResourceHandler = {
  schema: containerSchema,
  normalise: normalisedInputs,
  check(news, olds, context) {
    const failures = unsupportedInputs
      .filter((key) => news[key] !== undefined)
      .map((property) => ({ property, reason: `this stand-in does not know ${property}` }));
    return { inputs: autoName(news, olds, context), failures };
  },
  diff: containerChange,
  previewCreate(inputs) {
    const computed = (containerSchema.optionalComputed ?? []).map((key): [string, Value] => [key, UNKNOWN]);
    return { ...Object.fromEntries(computed), ...plannedCreate(containerSchema, inputs) };
  },
  create: (inputs, context) => connected(context, (engine) => create(engine, inputs, context)),
  read: (id, outputs, inputs, context) => connected(context, (engine) => read(engine, id, outputs, inputs)),
  update: (id, olds, news, context) => connected(context, (engine) => update(engine, id, olds.outputs, news)),
  delete: (id, olds, context) =>
    connected(context, (engine) => removeContainer(engine, id, removalInputs(olds.outputs))),
};

function connected<T>(context: CallContext, work: (engine: Engine) => Promise<T>): Promise<T> {
  return withEngine(context, work);
}

async function create(engine: Engine, asked: Known, context: CallContext): Promise<Deployed> {
  const inputs = containerInputsOf(asked);
  await ensureImage(engine, inputs.image, context.config).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Unable to create container with image ${inputs.image}: ${reason}`, { cause: error });
  });
  const id = await makeContainer(engine, inputs);
  try {
    await bringUp(engine, id, inputs, context);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const outputs = { ...(await outputsNow(engine, id, asked)), [TAINT]: true };
    throw new PartialFailure(reason, { id, outputs, inputs: asked });
  }
  return { id, outputs: await outputsNow(engine, id, asked) };
}

async function bringUp(
  engine: Engine,
  id: string,
  inputs: ContainerInputs,
  context: CallContext,
): Promise<void> {
  await prepareContainer(engine, id, inputs);
  if (!inputs.start) return;
  await startContainer(engine, id);
  if (inputs.wait) await waitHealthy(engine, id, inputs, context.signal);
}

/** Outputs after the container was made; what was asked for where the daemon does not answer any more. */
async function outputsNow(engine: Engine, id: string, asked: Known): Promise<Properties> {
  const found = await inspectContainer(engine, id).catch(() => undefined);
  return found === undefined ? { ...containerSchema.defaults, ...asked } : outputsOf(asked, found);
}

async function read(
  engine: Engine,
  id: string,
  outputs: Known,
  inputs: Known,
): Promise<(Deployed & { inputs: Properties }) | undefined> {
  const found = await inspectContainer(engine, id);
  if (found === undefined) return undefined;
  const known = Object.fromEntries(Object.entries(outputs).filter(([key]) => key !== TAINT));
  const imported = Object.keys(inputs).length === 0 ? { image: found.Image } : {};
  const base = outputsOf({ ...imported, ...known }, found);
  // A stopped container reads as one that need not run, so that the program's `mustRun` is a change.
  const stopped = base.start !== false && !found.State.Running;
  const now: Properties = stopped ? { ...base, mustRun: false } : base;
  return { id: found.Id, outputs: now, inputs: readInputs({ ...imported, ...inputs }, now) };
}

/** Inputs after a refresh: those given, as they are deployed, and what drifted from a default. */
function readInputs(inputs: Known, outputs: Properties): Properties {
  const deployed = deployedInputs(inputs, outputs);
  const drifted = ["mustRun", "restart", "name"].filter(
    (key) => deployed[key] !== containerSchema.defaults?.[key],
  );
  const shown = new Set([...Object.keys(inputs), ...drifted]);
  return Object.fromEntries(Object.entries(deployed).filter(([key]) => shown.has(key)));
}

/**
 * Restart policy and limits are changed in place, and a stopped container that must run is started. Everything else
 * is written to the state alone: that is what the real plugin does with `healthcheck`, `init` and `tmpfs`.
 */
async function update(engine: Engine, id: string, outputs: Known, news: Known): Promise<Properties> {
  const inputs = containerInputsOf(news);
  await engine.send("POST", `/containers/${id}/update`, { body: updateBody(inputs) });
  if (inputs.start && inputs.mustRun && outputs.mustRun === false) await startContainer(engine, id);
  const found = await inspectContainer(engine, id);
  const base = found === undefined ? outputs : outputsOf({ ...kept(outputs, news), ...news }, found);
  const { healthcheck } = normalisedInputs(news);
  return {
    ...base,
    ...containerSchema.defaults,
    ...news,
    ...(healthcheck === undefined ? {} : { healthcheck }),
  };
}

/** Outputs without the inputs that the program dropped; what the plugin computes stays. */
function kept(outputs: Known, news: Known): Known {
  const dropped = (containerSchema.inputs ?? []).filter(
    (key) => !(key in news) && !containerSchema.optionalComputed?.includes(key),
  );
  return Object.fromEntries(Object.entries(outputs).filter(([key]) => !dropped.includes(key)));
}

function removalInputs(outputs: Known): ContainerInputs {
  const { removeVolumes = true, destroyGraceSeconds } = outputs;
  const grace = typeof destroyGraceSeconds === "number" ? { destroyGraceSeconds } : {};
  return containerInputsOf({ name: "", image: "", removeVolumes, ...grace });
}
