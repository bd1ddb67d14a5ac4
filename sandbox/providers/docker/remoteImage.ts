/** `docker:index/remoteImage:RemoteImage`. */
import type { Deployed, Known, ResourceHandler } from "../protocol/handler.ts";
import { withEngine } from "./engineClient.ts";
import type { Engine } from "./engineClient.ts";
import { ensureImage, findImage, removeImage } from "./images.ts";
import type { FoundImage } from "./images.ts";

/** Inputs that the real plugin knows and the stand-in does not; given, they are refused. */
export const unsupportedInputs = ["build", "platform"] as const;

/** Images pulled to the provider's host. An image that is on the host already is never pulled again. */
export const remoteImage: ResourceHandler = {
  schema: {
    inputs: ["forceRemove", "keepLocally", "name", "pullTriggers", "triggers", ...unsupportedInputs],
    required: ["name"],
    replaceOn: ["name", "platform", "pullTriggers", "triggers"],
    computed: ["imageId", "repoDigest"],
    sets: ["pullTriggers"],
    customTimeouts: [],
  },
  check(news) {
    const failures = unsupportedInputs
      .filter((key) => news[key] !== undefined)
      .map((property) => ({ property, reason: `this stand-in does not know ${property}` }));
    return { inputs: news, failures };
  },
  create: (inputs, context) =>
    withEngine(context, async (engine) => deployed(inputs, await heldImage(engine, inputs, context.config))),
  read: (id, outputs, inputs, context) =>
    withEngine(context, async (engine) => {
      const known = "name" in outputs ? nameOf(outputs) : id.replace(/^sha256:[0-9a-f]{64}/, "");
      const found = await findImage(engine, known);
      return found && { ...deployed({ ...outputs, name: known }, found), inputs: { name: known, ...inputs } };
    }),
  // Any change makes the real plugin look for the image again, and pull it where it is not on the host.
  update: (_id, _olds, news, context) =>
    withEngine(
      context,
      async (engine) => deployed(news, await heldImage(engine, news, context.config)).outputs,
    ),
  // The host is reached for also where the image stays on it.
  delete: (_id, { outputs }, context) =>
    withEngine(context, async (engine) => {
      if (outputs.keepLocally === true) return;
      await removeImage(engine, nameOf(outputs), outputs.forceRemove === true);
    }),
};

async function heldImage(engine: Engine, inputs: Known, config: Known): Promise<FoundImage> {
  try {
    return await ensureImage(engine, nameOf(inputs), config);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Unable to read Docker image into resource: ${reason}`, { cause: error });
  }
}

function deployed(properties: Known, found: FoundImage): Deployed {
  const outputs = { ...properties, imageId: found.id, repoDigest: found.repoDigest };
  return { id: `${found.id}${nameOf(properties)}`, outputs };
}

function nameOf(properties: Known): string {
  if (typeof properties.name !== "string") throw new Error("name: expected a string");
  return properties.name;
}
