/**
 * Proves: values, secrets and unknowns survive the wire; previews, diffs, time-outs and half-made resources are told to
 * the engine in its own messages. Cannot prove that the engine understands them: the sandbox's deployments do that.
 */
import { afterEach, describe, expect, it } from "vitest";
import { compareInputs } from "../../../../sandbox/providers/protocol/diff.ts";
import { PartialFailure } from "../../../../sandbox/providers/protocol/handler.ts";
import type { Known, ResourceHandler } from "../../../../sandbox/providers/protocol/handler.ts";
import { UNKNOWN, hasUnknown, marshal, unmarshal } from "../../../../sandbox/providers/protocol/value.ts";
import { type StartedPlugin, failureOf, startedPlugin } from "./startedPlugin.ts";

const THING = "test:index/thing:Thing";
const schema = {
  inputs: ["name", "size", "tags", "token", "rules"],
  required: ["name"],
  replaceOn: ["size"],
  computed: ["id", "address"],
  secretOutputs: ["password"],
  defaults: { size: 1 },
  sets: ["tags", "rules", "rules.ips"],
};

function thing(change: Partial<ResourceHandler> = {}): ResourceHandler {
  return {
    schema,
    create: (inputs) => Promise.resolve({ id: "1", outputs: { ...inputs, address: "here", password: "p" } }),
    read: (id, outputs, inputs) => Promise.resolve({ id, outputs, inputs }),
    update: (_id, _olds, news) => Promise.resolve({ ...news, address: "there" }),
    delete: () => Promise.resolve(),
    ...change,
  };
}

let plugin: StartedPlugin | undefined;
afterEach(() => plugin?.stop());

async function start(handler: ResourceHandler): Promise<StartedPlugin["client"]> {
  plugin = await startedPlugin({ name: "test", version: "1.0.0", resources: { [THING]: handler } });
  return plugin.client;
}

function diff(oldInputs: Known, newInputs: Known): ReturnType<typeof compareInputs> {
  return compareInputs({ schema }, { id: "1", oldInputs, oldOutputs: {}, newInputs });
}

describe("customTimeouts", () => {
  async function said(customTimeouts: readonly ("create" | "update")[] | undefined): Promise<string[]> {
    const limited = customTimeouts === undefined ? schema : { ...schema, customTimeouts };
    plugin = await startedPlugin({
      name: "test",
      version: "1.0.0",
      resources: { [THING]: thing({ schema: limited }) },
    });
    const limits = { timeoutSeconds: 600 };
    await plugin.client.create(THING, "a", { name: "n" }, limits);
    await plugin.client.create(THING, "a", { name: "n" }, { ...limits, preview: true });
    return [...plugin.messages];
  }

  it("are ignored with the bridge's warning where the resource takes none, in previews too", async () => {
    const warning = "warning: Resource does not support customTimeouts, ignoring: create=10m0s";
    expect(await said([])).toEqual([warning, warning]);
    expect(await said(["update"])).toEqual([warning, warning]);
  });

  it("are heeded in silence where it does", async () => {
    expect(await said(["create"])).toEqual([]);
    expect(await said(undefined)).toEqual([]);
  });
});

describe("values", () => {
  it("come back as they went, with their secret places", () => {
    const value: Known = { a: [1, { b: "x" }], n: null, u: UNKNOWN, s: { deep: [true, "t"] } };
    const secrets = { s: { deep: { "1": true } } } as const;
    expect(unmarshal(marshal(value, secrets))).toEqual({ value, secrets });
  });

  it("hide a whole list when its places have moved", () => {
    expect(unmarshal(marshal({ list: ["a"] }, { list: { "3": true } })).secrets).toEqual({ list: true });
  });

  it("are told apart from what is not known yet", () => {
    expect(hasUnknown({ a: [{ b: UNKNOWN }] })).toBe(true);
    expect(hasUnknown({ a: [null, {}] })).toBe(false);
  });
});

describe("a diff", () => {
  it.each<[string, Known, Known]>([
    ["the order of keys", { name: "a", tags: ["x"] }, { tags: ["x"], name: "a" }],
    ["the order in a set", { name: "a", tags: ["x", "y"] }, { name: "a", tags: ["y", "x"] }],
    ["nested sets", { rules: [{ ips: ["1", "2"] }, { p: 1 }] }, { rules: [{ p: 1 }, { ips: ["2", "1"] }] }],
    ["a default written out", { name: "a" }, { name: "a", size: 1 }],
    ["an empty list", { name: "a" }, { name: "a", tags: [] }],
    ["the bridge's own fields", { name: "a", __defaults: ["x"] }, { name: "a" }],
  ])("does not see %s", (_, olds, news) => {
    expect(diff(olds, news)).toMatchObject({ changed: false, details: {}, replaces: [] });
  });

  it("names what changed, down to the field", () => {
    const { details } = diff(
      { name: "a", rules: [{ p: 1, q: 2 }] },
      { name: "b", rules: [{ p: 1, q: 3 }], token: "t" },
    );
    expect(details).toEqual({ name: "update", "rules[0].q": "update", token: "add" });
  });

  it("takes an unknown for a change, which replaces where it must", () => {
    expect(diff({ name: "a", size: 2 }, { name: "a", size: UNKNOWN })).toMatchObject({
      changed: true,
      replaces: ["size"],
      details: { size: "update-replace" },
    });
  });
});

describe("a plugin", () => {
  it("foretells a create with what it cannot know unknown", async () => {
    const client = await start(thing());
    const { outputs, id } = await client.create(THING, "x", { name: UNKNOWN }, { preview: true });
    expect(outputs).toEqual({ name: UNKNOWN, size: 1, id: UNKNOWN, address: UNKNOWN });
    expect(id).toBe("");
  });

  it("hides outputs whose inputs were secret, and those of the schema", async () => {
    const client = await start(thing());
    const { secrets } = await client.create(
      THING,
      "x",
      { name: "a", token: "t" },
      { secrets: { token: true } },
    );
    expect(secrets).toEqual({ token: true, password: true });
  });

  it("refuses unknown and missing inputs in the bridge's words", async () => {
    const client = await start(thing());
    await expect(client.create(THING, "x", { nam: "a" })).rejects.toThrow(
      /An argument named "nam" is not expected here.*Examine values at 'x.nam'[^]*"name" is required/,
    );
  });

  it("ends a call at its limit, and all calls at a cancel", async () => {
    let begin = (): void => undefined;
    const client = await start(
      thing({
        create: (_inputs, { signal }) =>
          new Promise((_resolve, reject) => {
            begin();
            signal.addEventListener("abort", () => {
              reject(signal.reason as Error);
            });
          }),
      }),
    );
    const late = client.create(THING, "x", { name: "a" }, { timeoutSeconds: 0.05 });
    await expect(late).rejects.toThrow("context deadline exceeded");
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const ended = expect(client.create(THING, "x", { name: "a" })).rejects.toThrow("context canceled");
    await begun;
    await client.cancel();
    await ended;
    await expect(client.create(THING, "x", { name: "a" })).rejects.toThrow("context canceled");
  });

  it("hands a half-made resource to the engine, secrets hidden", async () => {
    const outputs = { name: "a", token: "t" };
    const half = new PartialFailure("not healthy", { id: "7", outputs, inputs: outputs });
    const client = await start(thing({ create: () => Promise.reject(half) }));
    const create = client.create(THING, "x", outputs, { secrets: { token: true } });
    const { message, details } = await failureOf(create);
    expect(message).toContain("not healthy");
    expect(details).toContain("pulumirpc.ErrorResourceInitFailed");
    expect(details).toContain("1b47061264138c4ac30d75fd1eb44270");
  });

  it("says that it does not know a resource or a function", async () => {
    const client = await start(thing());
    await expect(client.create("test:index/other:Other", "x", {})).rejects.toThrow(
      /no resource test:index\/other:Other/,
    );
    await expect(client.invoke("test:index/f:f", {})).rejects.toThrow(/no function test:index\/f:f/);
  });
});
