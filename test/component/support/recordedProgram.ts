/**
 * Runs component code against a monitor that records every registration whole, options and secrecy included,
 * and refuses every resource type and function that it does not know.
 */
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { deserializeProperties } from "@pulumi/pulumi/runtime/rpc.js";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";
import { vendorState } from "./vendorState.ts";

/** One resource as the engine was asked for it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** Type and name of the parent, `type::name`; empty for none. */
  readonly parent: string;
  /** Inputs with secrets unwrapped. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Paths of inputs that were marked secret: `userData`, `connection.privateKey`. */
  readonly secrets: readonly string[];
  readonly protect: boolean;
  readonly deleteBeforeReplace: boolean;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly replacementTrigger: unknown;
  readonly additionalSecretOutputs: readonly string[];
  /** Names of the resources it waits for, sorted. */
  readonly dependsOn: readonly string[];
  /** Name of the resource it dies with; empty for none. */
  readonly deletedWith: string;
  readonly replaceWith: readonly string[];
  /** Name of its explicit provider; empty for the default one. */
  readonly provider: string;
  readonly timeouts:
    | { readonly create: string; readonly update: string; readonly delete: string }
    | undefined;
}

export interface RecordedRun {
  readonly registrations: readonly Registration[];
  readonly calls: readonly { readonly token: string; readonly inputs: unknown }[];
  readonly errors: readonly Error[];
}

/** Types of a cloud of the tests. */
const OTHERS = /^(test:)?memory:/;

export interface RunOptions {
  readonly preview?: boolean;
  /** Nothing exists yet: outputs are unknown. Needs `preview`. */
  readonly first?: boolean;
  /** Answers of functions by token; a function that is not here is refused. */
  readonly calls?: Readonly<Record<string, () => unknown>>;
  /** Name of the stack; `test` by default. */
  readonly stack?: string;
  /** Outputs of other stacks, by their whole names; a reference to one that is not here is refused. */
  readonly references?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const REFERENCE = "pulumi:pulumi:StackReference";

/** What the engine answers to a reference: all outputs, and which of them are secret. */
function referenceState(name: string, references: RunOptions["references"]) {
  const outputs = references?.[name];
  if (outputs === undefined) throw new Error(`unexpected reference to the stack ${name}`);
  return { id: name, state: { name, outputs, secretOutputNames: ["slots"] } };
}

/** Declares, waits until the last registration is answered, and tells what was asked for. */
export async function recordProgram(declare: () => unknown, options: RunOptions = {}): Promise<RecordedRun> {
  const registrations: Registration[] = [];
  const calls: { token: string; inputs: unknown }[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        if (type === REFERENCE)
          return referenceState(String((inputs as { name: unknown }).name), options.references);
        const isOthers = OTHERS.test(type);
        const { id, state } = isOthers
          ? { id: name, state: {} }
          : vendorState(type, name, plain(inputs as Record<string, unknown>));
        return options.first === true && custom === true ? { id: undefined, state: {} } : { id, state };
      },
      call: ({ token, inputs }) => {
        calls.push({ token, inputs });
        const answer = options.calls?.[token];
        if (answer === undefined) throw new Error(`unexpected function ${token}`);
        return answer() as Record<string, unknown>;
      },
    },
    "mailstead",
    options.stack ?? "test",
    options.preview ?? false,
    "organization",
  );
  listen((request) => registrations.push(registration(request)));
  const errors = await collectErrors(async () => {
    await declare();
    await pulumi.runtime.disconnect(false);
  });
  return { registrations, calls, errors };
}

function listen(heard: (request: RegisterResourceRequest) => void): void {
  const monitor = getMonitor() as unknown as {
    registerResource(request: RegisterResourceRequest, callback: unknown): unknown;
    close?(): void;
  };
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    heard(request);
    return original(request, callback);
  };
  monitor.close = () => undefined;
}

/** Failed registrations reject promises that nobody holds; in a program they end the run, here they are collected. */
async function collectErrors(run: () => Promise<void>): Promise<Error[]> {
  const errors = new Set<Error>();
  const others = process.listeners("unhandledRejection");
  const collect = (reason: unknown): void => {
    errors.add(reason instanceof Error ? reason : new Error(String(reason)));
  };
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", collect);
  try {
    await run();
  } catch (error) {
    collect(error);
  } finally {
    // Rejections are told after the microtasks of this turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", collect);
    for (const listener of others) process.on("unhandledRejection", listener);
  }
  return [...errors];
}

function registration(request: RegisterResourceRequest): Registration {
  const object = request.getObject();
  const inputs = object === undefined ? {} : deserializeProperties(object, true);
  const timeouts = request.getCustomtimeouts();
  const trigger = request.getReplacementTrigger()?.toJavaScript();
  return {
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent().split("::").slice(2).join("::").replace(/^.*\$/, ""),
    inputs: plain(inputs),
    secrets: secretPaths(inputs),
    protect: request.getProtect() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    replacementTrigger: trigger,
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    dependsOn: request.getDependenciesList().map(lastName).sort(),
    deletedWith: lastName(request.getDeletedwith()),
    replaceWith: request.getReplaceWithList().map(lastName),
    provider:
      request.getProvider() === "" ? "" : lastName(request.getProvider().split("::").slice(0, 4).join("::")),
    timeouts:
      timeouts === undefined
        ? undefined
        : { create: timeouts.getCreate(), update: timeouts.getUpdate(), delete: timeouts.getDelete() },
  };
}

function lastName(urn: string): string {
  return urn.split("::").at(3) ?? "";
}

/** Mark of a secret on the wire. @see pulumi/pulumi sdk/nodejs/runtime/rpc.ts */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

function isSecretMark(value: unknown): value is { value: unknown } {
  return typeof value === "object" && value !== null && SIGNATURE in value && "value" in value;
}

function plain<T>(value: T): T {
  return unwrap(value) as T;
}

function unwrap(value: unknown): unknown {
  if (isSecretMark(value)) return unwrap(value.value);
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item)]));
}

function secretPaths(value: unknown, path = ""): string[] {
  if (isSecretMark(value)) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    secretPaths(item, path === "" ? key : `${path}.${key}`),
  );
}
