/** `docker:index/remoteImage:RemoteImage`. */
import type { Deployed, Known, ResourceHandler } from "../protocol/handler.ts";
import { endpointOf } from "./endpoint.ts";
import { withEngine } from "./engineClient.ts";
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
  create: (inputs, { config, signal }) =>
    withEngine(endpointOf(config, process.env), signal, async (engine) => {
      const name = nameOf(inputs);
      return deployed(inputs, await ensureImage(engine, name, config));
    }),
  read: (id, outputs, inputs, { config, signal }) =>
    withEngine(endpointOf(config, process.env), signal, async (engine) => {
      const known = "name" in outputs ? nameOf(outputs) : id.replace(/^sha256:[0-9a-f]{64}/, "");
      const found = await findImage(engine, known);
      return found && { ...deployed({ ...outputs, name: known }, found), inputs: { name: known, ...inputs } };
    }),
  update: (_id, olds, news) => {
    const { imageId, repoDigest } = olds.outputs;
    return Promise.resolve({ ...news, imageId, repoDigest });
  },
  delete: async (_id, { outputs }, { config, signal }) => {
    const { imageId } = outputs;
    if (outputs.keepLocally === true || typeof imageId !== "string") return;
    await withEngine(endpointOf(config, process.env), signal, (engine) =>
      removeImage(engine, imageId, outputs.forceRemove === true),
    );
  },
};

function deployed(properties: Known, found: FoundImage): Deployed {
  const outputs = { ...properties, imageId: found.id, repoDigest: found.repoDigest };
  return { id: `${found.id}${nameOf(properties)}`, outputs };
}

function nameOf(properties: Known): string {
  if (typeof properties.name !== "string") throw new Error("name: expected a string");
  return properties.name;
}
