/** `command:remote:Command`. */
import { z } from "zod";
import type { CallContext, Known, ResourceHandler } from "../protocol/handler.ts";
import { isMap } from "../protocol/value.ts";
import type { Properties } from "../protocol/value.ts";
import { randomUUID } from "node:crypto";
import { connectionOf, unsupportedSettings, withDefaults } from "./connection.ts";
import { dial } from "./dial.ts";
import { loggingOf, previousOutput } from "./runs.ts";
import { runRemote } from "./session.ts";
import type { RunOutput } from "./session.ts";

const shape = z.object({
  stdin: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  addPreviousOutputInEnv: z.boolean().default(true),
  logging: z.string().optional(),
});

/** Commands on a host. The host is contacted when one is made, changed or removed, never at a refresh. */
export const remoteCommand: ResourceHandler = {
  schema: {
    inputs: [
      ...["addPreviousOutputInEnv", "connection", "create", "delete", "environment", "logging", "stdin"],
      ...["triggers", "update"],
    ],
    required: ["connection"],
    replaceOn: ["triggers"],
    computed: ["stderr", "stdout"],
    unknownOnUpdate: ["stderr", "stdout"],
  },
  check(news) {
    const connection = news.connection;
    const failures = unsupportedSettings
      .filter((key) => isMap(connection) && connection[key] !== undefined)
      .map((key) => ({ property: `connection.${key}`, reason: `this stand-in does not know ${key}` }));
    return { inputs: { ...news, connection: withDefaults(connection) }, failures };
  },
  create: async (inputs, context) => {
    const output = await runScript(inputs.create, inputs, {}, context);
    return { id: `${nameOf(context)}${randomUUID().replaceAll("-", "")}`, outputs: { ...inputs, ...output } };
  },
  read: (id, outputs, inputs) => Promise.resolve({ id, outputs, inputs }),
  update: async (_id, olds, news, context): Promise<Properties> => {
    const output = await runScript(news.update ?? news.create, news, olds.outputs, context);
    return { ...news, ...output };
  },
  delete: async (_id, olds, context) => {
    await runScript(olds.outputs.delete, olds.outputs, olds.outputs, context);
  },
};

function nameOf(context: CallContext): string {
  return context.urn.split("::").at(-1) ?? "";
}

/** Runs one of the scripts of a resource; without a script nothing is run and nothing printed. */
async function runScript(
  command: unknown,
  inputs: Known,
  previous: Known,
  context: CallContext,
): Promise<RunOutput & Properties> {
  if (typeof command !== "string" || command === "") return { stdout: "", stderr: "" };
  const { stdin, environment, addPreviousOutputInEnv, logging } = shape.parse(inputs);
  const shown = loggingOf(logging);
  const client = await dial(connectionOf(inputs.connection), {
    signal: context.signal,
    retrying: (message) => {
      context.log("info", message);
    },
  });
  try {
    return {
      ...(await runRemote(client, {
        command,
        stdin,
        environment,
        optionalEnvironment: addPreviousOutputInEnv ? previousOutput(previous) : {},
        signal: context.signal,
        line: (stream, text) => {
          if (shown.has(stream)) context.log("info", text);
        },
        warn: (message) => {
          context.log("warning", message);
        },
      })),
    };
  } finally {
    client.end();
  }
}
