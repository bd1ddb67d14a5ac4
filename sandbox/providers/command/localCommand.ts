/** `command:local:Command` and the function `command:local:run`: commands on the operator's machine. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { z } from "zod";
import { PluginKilled } from "../protocol/handler.ts";
import type { CallContext, FunctionHandler, Known, ResourceHandler } from "../protocol/handler.ts";
import type { Properties } from "../protocol/value.ts";
import { loggingOf, previousOutput } from "./runs.ts";

const shape = z.object({
  dir: z.string().optional(),
  stdin: z.string().optional(),
  interpreter: z.array(z.string()).default(["/bin/sh", "-c"]),
  environment: z.record(z.string(), z.string()).default({}),
  addPreviousOutputInEnv: z.boolean().default(true),
  logging: z.string().optional(),
});

/** Inputs that the real plugin knows and the stand-in does not; given, they are refused. */
const unsupportedInputs = ["archivePaths", "assetPaths"] as const;

/** Commands on the operator's machine. */
export const localCommand: ResourceHandler = {
  schema: {
    inputs: [
      ...[
        "addPreviousOutputInEnv",
        "create",
        "delete",
        "dir",
        "environment",
        "interpreter",
        "logging",
        "stdin",
      ],
      ...["triggers", "update", ...unsupportedInputs],
    ],
    replaceOn: ["triggers"],
    computed: ["archive", "assets", "stderr", "stdout"],
    unknownOnUpdate: ["stderr", "stdout"],
  },
  check(news) {
    const failures = unsupportedInputs
      .filter((key) => news[key] !== undefined)
      .map((property) => ({ property, reason: `this stand-in does not know ${property}` }));
    return { inputs: news, failures };
  },
  create: async (inputs, context) => {
    const output = await run(inputs.create, inputs, {}, context);
    return {
      id: `${context.urn.split("::").at(-1)}${randomUUID().replaceAll("-", "")}`,
      outputs: { ...inputs, ...output },
    };
  },
  read: (id, outputs, inputs) => Promise.resolve({ id, outputs, inputs }),
  update: async (_id, olds, news, context) => ({
    ...news,
    ...(await run(news.update ?? news.create, news, olds.outputs, context)),
  }),
  delete: async (_id, olds, context) => {
    await run(olds.outputs.delete, olds.outputs, olds.outputs, context);
  },
};

/** Runs a command each time the program runs. */
export const localRun: FunctionHandler = async (args, context) => ({
  ...args,
  ...(await run(args.command, args, {}, context)),
});

async function run(
  command: unknown,
  inputs: Known,
  previous: Known,
  context: CallContext,
): Promise<Properties> {
  if (typeof command !== "string" || command === "") return { stdout: "", stderr: "" };
  const { dir, stdin, interpreter, environment, addPreviousOutputInEnv, logging } = shape.parse(inputs);
  const shown = loggingOf(logging);
  const [program = "", ...first] = interpreter;
  const carried = addPreviousOutputInEnv ? previousOutput(previous) : {};
  const child = spawn(program, [...first, command], {
    cwd: resolve(context.startedBy.folder, dir ?? "."),
    env: { ...context.startedBy.environment, ...carried, ...environment },
  });
  const text = { stdout: "", stderr: "" };
  let both = "";
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      text[name] += chunk;
      both += chunk;
      if (shown.has(name)) context.log("info", chunk.replace(/\n$/, ""));
    });
  }
  child.stdin.on("error", () => undefined).end(stdin ?? "");
  const status = await ended(child, context.signal);
  if (status !== "0") throw new Error(`exit status ${status}: running ${JSON.stringify(command)}:\n${both}`);
  return { stdout: text.stdout.replace(/\n$/, ""), stderr: text.stderr.replace(/\n$/, "") };
}

function ended(child: ReturnType<typeof spawn>, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  signal.addEventListener("abort", () => {
    if (!(signal.reason instanceof PluginKilled)) child.kill();
    reject(signal.reason as Error);
  });
  child.on("error", reject);
  child.on("close", (code, signal) => {
    resolve(`${code ?? signal}`);
  });
  return promise;
}
