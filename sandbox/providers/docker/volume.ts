/** `docker:index/volume:Volume`. */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Known, ResourceHandler } from "../protocol/handler.ts";
import type { Properties } from "../protocol/value.ts";
import { autoName } from "./autoName.ts";
import { DaemonError, withEngine } from "./engineClient.ts";
import type { Engine } from "./engineClient.ts";

const REMOVE_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 1000;

const inputsShape = z.object({
  name: z.string(),
  driver: z.string().optional(),
  driverOpts: z.record(z.string(), z.string()).optional(),
  labels: z.array(z.object({ label: z.string(), value: z.string() })).default([]),
});
const answerShape = z.object({ Name: z.string(), Driver: z.string(), Mountpoint: z.string() });

/** Named volumes on the provider's host. */
export const volume: ResourceHandler = {
  schema: {
    inputs: ["cluster", "driver", "driverOpts", "labels", "name"],
    replaceOn: ["driver", "driverOpts", "labels", "name"],
    computed: ["mountpoint"],
    optionalComputed: ["driver", "driverOpts"],
    sets: ["labels"],
    customTimeouts: [],
  },
  check(news, olds, context) {
    const failures =
      news.cluster === undefined
        ? []
        : [{ property: "cluster", reason: "this stand-in does not know cluster" }];
    return { inputs: autoName(news, olds, context), failures };
  },
  create: (inputs, context) =>
    withEngine(context, async (engine) => {
      const { name, driver, driverOpts, labels } = inputsShape.parse(inputs);
      const Labels = Object.fromEntries(labels.map(({ label, value }) => [label, value]));
      const body = { Name: name, Driver: driver, DriverOpts: driverOpts, Labels };
      return { id: name, outputs: outputsOf(inputs, await engine.send("POST", "/volumes/create", { body })) };
    }),
  read: (id, outputs, inputs, context) =>
    withEngine(context, async (engine) => {
      const answer = await engine.find(`/volumes/${encodeURIComponent(id)}`);
      return answer === undefined
        ? undefined
        : { id, outputs: outputsOf(outputs, answer), inputs: { name: id, ...inputs } };
    }),
  update: (_id, olds, news) => Promise.resolve({ ...olds.outputs, ...news }),
  delete: (id, _olds, context) => withEngine(context, (engine) => removeVolume(engine, id, context.signal)),
};

function outputsOf(properties: Known, answer: unknown): Properties {
  const { Name, Driver, Mountpoint } = answerShape.parse(answer);
  return { ...properties, name: Name, driver: Driver, mountpoint: Mountpoint };
}

/** A volume in use is tried again for 30 s, then it is an error; one that is gone is none. */
async function removeVolume(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  const limit = performance.now() + REMOVE_LIMIT_MS;
  for (;;) {
    try {
      await engine.send("DELETE", `/volumes/${encodeURIComponent(id)}`);
      return;
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      if (error.status === 404) return;
      if (error.status !== 409) throw error;
      if (performance.now() > limit) {
        throw new Error(
          "timeout while waiting for state to become 'removed' (last state: 'in_use', timeout: 30s)",
          {
            cause: error,
          },
        );
      }
    }
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}
