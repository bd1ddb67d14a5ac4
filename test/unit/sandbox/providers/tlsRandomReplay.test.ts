/**
 * Proves: driven as the engine drives them, the tls and random stand-ins make what the real plugins were recorded to make
 * (shape of ids, names, types and secrets of outputs), and plan the recorded replacements for the recorded changes, none
 * beside them and none after them.
 * Cannot prove what is the engine's own: the order of steps, and that what is protected is kept.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProviderClient, ResourceState } from "../../../../sandbox/providers/protocol/client.ts";
import type { Properties, Value } from "../../../../sandbox/providers/protocol/value.ts";
import { random } from "../../../../sandbox/providers/random/provider.ts";
import { tls } from "../../../../sandbox/providers/tls/provider.ts";
import { sharedSpecs } from "../../../support/shared.ts";
import { startedPlugin, type StartedPlugin } from "./startedPlugin.ts";

/** A row of the trace: what changed in the program, and the steps that the engine took. */
interface Row {
  readonly scenario: string;
  readonly inputs: Readonly<Record<string, Value>> & {
    readonly resources?: Readonly<Record<string, { readonly type: string; readonly inputs: Properties }>>;
  };
  readonly steps: readonly string[];
  readonly diagnostics?: readonly string[];
  readonly secondPreviewChanges?: object;
  readonly stateShape?: Readonly<Record<string, Shape>>;
}

interface Shape {
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly additionalSecretOutputs: readonly string[] | null;
}

/** What the bridge keeps for itself, which no program sees. */
const BRIDGE = ["__meta", "__pulumi_raw_state_delta"];

function rows(): Row[] {
  if (sharedSpecs === undefined) return [];
  return JSON.parse(readFileSync(join(sharedSpecs, "traces", "tls-random.json"), "utf8")) as Row[];
}

const [first, ...later] = rows();
const resources = Object.entries(first?.inputs.resources ?? {});
const program = new Map(resources.map(([name, { inputs }]) => [name, inputs]));
const stack = new Map<string, ResourceState>();
let plugins: readonly StartedPlugin[];

beforeAll(async () => {
  plugins = await Promise.all([startedPlugin(tls), startedPlugin(random)]);
});
afterAll(() => {
  for (const plugin of plugins) plugin.stop();
});

function clientOf(type: string): ProviderClient {
  const plugin = plugins[type.startsWith("tls:") ? 0 : 1];
  if (plugin === undefined) throw new Error(`no plugin for ${type}`);
  return plugin.client;
}

/** The recorded program's variables: which input of which resource each one is. */
function change(variable: string, value: Value): void {
  const set = (name: string, more: Properties): void =>
    void program.set(name, { ...program.get(name), ...more });
  switch (variable) {
    case "special":
      set("pw", { special: value });
      break;
    case "keepers":
      for (const name of ["pw", "by"]) set(name, { keepers: value });
      break;
    case "bits":
      set("dkim", { rsaBits: value });
      break;
    case "edExtra":
      program.set("host", { algorithm: "ED25519", ...(value as Properties | null) });
      break;
    case "protect":
      break;
    default:
      throw new Error(`the recorded program has no ${variable}`);
  }
}

function typeOf({ type }: ResourceState): string {
  return type.split(":").at(-1) ?? "";
}

/** What the plugin plans for a resource, in the words of the trace; undefined for nothing. */
async function planned(state: ResourceState): Promise<string | undefined> {
  const client = clientOf(state.type);
  const news = await client.check(state.type, state.name, program.get(state.name) ?? {}, state.inputs);
  const { changed, replaces, details } = await client.diff(state, news.value);
  if (!changed) return undefined;
  const kind = replaces.length > 0 ? "create-replacement" : "update";
  return `${kind} ${typeOf(state)} ${state.name} (replace: ${replaces.join(", ")}) (diff: ${Object.keys(details).sort().join(", ")})`;
}

async function plan(): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const state of stack.values()) {
    const step = await planned(state);
    if (step !== undefined) all.set(state.name, step);
  }
  return all;
}

/** What is replaced is made anew; of the rest the state takes the inputs. */
async function apply(steps: ReadonlyMap<string, string>): Promise<void> {
  for (const state of stack.values()) {
    const inputs = program.get(state.name) ?? {};
    if (!steps.has(state.name)) {
      stack.set(state.name, { ...state, inputs: inputs as ResourceState["inputs"] });
      continue;
    }
    const fresh = await clientOf(state.type).create(state.type, state.name, inputs);
    expect(fresh.outputs).not.toEqual(state.outputs);
    stack.set(state.name, fresh);
    await clientOf(state.type).delete(state);
  }
}

const sorted = (steps: Iterable<string>): string[] => [...steps].sort();

function shapeOf(value: unknown, isSecret: boolean): string {
  if (isSecret) return "secret(ciphertext)";
  if (typeof value === "number") return "int";
  return typeof value === "boolean" ? "bool" : "str";
}

describe.skipIf(sharedSpecs === undefined)("tls and random against their traces", () => {
  it("make keys, passwords, bytes and ids of the recorded shape", async () => {
    expect(resources).toHaveLength(5);
    for (const [name, { type, inputs }] of resources) {
      const made = await clientOf(type).create(type, name, inputs);
      stack.set(name, made);
      const shape = first?.stateShape?.[name];
      const outputs = Object.entries(shape?.outputs ?? {}).filter(([key]) => !BRIDGE.includes(key));
      const secret = Object.keys(made.secrets);
      expect(
        Object.fromEntries(
          Object.entries(made.outputs).map(([key, value]) => [key, shapeOf(value, secret.includes(key))]),
        ),
        name,
      ).toEqual(Object.fromEntries(outputs));
      expect(secret.sort()).toEqual(shape?.additionalSecretOutputs ?? []);
      expect(shape?.id).toBe(made.id === "none" ? "none" : `str len ${made.id.length}`);
    }
    expect(await plan()).toEqual(new Map());
  });

  it.each(later.filter(({ scenario }) => !scenario.startsWith("destroy")))(
    "$scenario",
    async ({ scenario, inputs, steps, diagnostics, secondPreviewChanges }) => {
      if (scenario === "drift check")
        for (const state of stack.values()) expect(await clientOf(state.type).read(state)).toEqual(state);
      for (const [variable, value] of Object.entries(inputs)) change(variable, value as Value);
      const found = await plan();
      if (diagnostics !== undefined) {
        // The plugin plans the replacement, and the engine refuses it.
        const refused = [...found].map(
          ([name, step]) => `error ${step.split(" ")[1] ?? ""} ${name}: unable to replace`,
        );
        expect(refused).toEqual(diagnostics.map((text) => text.slice(0, text.indexOf(" resource"))));
        return;
      }
      expect(sorted(found.values())).toEqual(sorted(steps.filter((step) => /^(create|update)/.test(step))));
      await apply(found);
      if (secondPreviewChanges !== undefined)
        expect(Object.fromEntries(await plan())).toEqual(secondPreviewChanges);
    },
  );

  it("go at a destroy, each by its own delete, but the one that is protected", async () => {
    const gone: string[] = [];
    for (const state of stack.values()) {
      if (state.name === "dkim") continue;
      await clientOf(state.type).delete(state);
      gone.push(`delete ${typeOf(state)} ${state.name}`);
    }
    expect(sorted(gone)).toEqual(sorted(later.at(-1)?.steps ?? []));
  });
});
