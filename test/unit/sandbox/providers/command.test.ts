/**
 * Proves: the command stand-in has the real plugin's names and replacement rule; it runs commands over a real SSH
 * connection (a server of the ssh2 library on loopback), pins the host key, retries dials, and fails with the real
 * plugin's words. Cannot prove how OpenSSH's own server takes it: that needs the sandbox.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "../../../../sandbox/providers/command/definition.ts";
import { parseHostKey } from "../../../../sandbox/providers/command/connection.ts";
import { newPublicKey, startLoopbackServer } from "../../../../sandbox/providers/command/loopbackServer.ts";
import type { LoopbackServer } from "../../../../sandbox/providers/command/loopbackServer.ts";
import { retryDelay } from "../../../../sandbox/providers/command/dial.ts";
import { compareInputs } from "../../../../sandbox/providers/protocol/diff.ts";
import type { CallContext, Known, ResourceHandler } from "../../../../sandbox/providers/protocol/handler.ts";
import { NEEDS_SHARED, sharedSpecs } from "../../../support/shared.ts";

const remote = command.resources["command:remote:Command"] as ResourceHandler;

let server: LoopbackServer;
beforeAll(async () => {
  server = await startLoopbackServer();
});
afterAll(() => {
  server.stop();
});

const messages: string[] = [];
const context: CallContext = {
  startedBy: { environment: process.env, folder: process.cwd() },
  preview: false,
  config: {},
  urn: "urn:pulumi:dev::p::command:remote:Command::ready",
  timeoutSeconds: 20,
  signal: AbortSignal.timeout(20_000),
  log: (severity, message) => messages.push(`${severity}: ${message}`),
};

function connection(change: Known = {}): Known {
  return {
    host: "127.0.0.1",
    port: server.port,
    hostKey: server.hostKey,
    privateKey: server.userKey,
    dialErrorLimit: 0,
    perDialTimeout: 5,
    ...change,
  };
}

async function create(inputs: Known): Promise<Known> {
  messages.length = 0;
  server.runs.length = 0;
  return (await remote.create({ connection: connection(), ...inputs }, context)).outputs as Known;
}

describe("a command over SSH", () => {
  it("gets its input, answers its output without the last newline, and shows both streams", async () => {
    expect(await create({ create: "install", stdin: "secret" })).toMatchObject({
      stdout: "out",
      stderr: "err",
    });
    expect(server.runs).toEqual([{ command: "install", stdin: "secret", environment: {} }]);
    expect(messages.toSorted()).toEqual(["info: err", "info: out"]);
  });

  it("shows nothing with logging none, and one stream with its name", async () => {
    await create({ create: "x", logging: "none" });
    expect(messages).toEqual([]);
    await create({ create: "x", logging: "stderr" });
    expect(messages).toEqual(["info: err"]);
  });

  it("fails with the status, the whole command and all output, whatever the logging", async () => {
    const failing = create({ create: 'fail "x"', logging: "none" });
    await expect(failing).rejects.toThrow(
      /^Process exited with status 7: running "fail \\"x\\"":\n(out\nerr|err\nout)\n$/,
    );
  });

  it("passes variables that the server takes and refuses others", async () => {
    await create({ create: "x", environment: { LC_X: "1" } });
    expect(server.runs[0]?.environment).toEqual({ LC_X: "1" });
    await expect(create({ create: "x", environment: { FOO: "1" } })).rejects.toThrow(
      'could not set environment variable "FOO": ssh: setenv failed',
    );
  });

  it("runs update, or else create again, on a change; warns of previous output unless told not to", async () => {
    const outputs = await create({ create: "make" });
    const olds = { inputs: {}, outputs };
    const run = (news: Known): Promise<unknown> =>
      remote.update("id", olds, { connection: connection(), create: "make", ...news }, context);
    await run({ update: "change" });
    expect(messages.filter((line) => line.startsWith("warning"))).toHaveLength(1);
    messages.length = 0;
    await run({ stdin: "new", addPreviousOutputInEnv: false });
    expect(messages.filter((line) => line.startsWith("warning"))).toHaveLength(0);
    expect(server.runs.map((exec) => exec.command)).toEqual(["make", "change", "make"]);
  });

  it("runs delete when there is one, and never contacts a host to read", async () => {
    const outputs = await create({ create: "make" });
    await remote.delete("id", { inputs: {}, outputs }, context);
    await remote.delete("id", { inputs: {}, outputs: { ...outputs, delete: "drop" } }, context);
    expect(server.runs.map((exec) => exec.command)).toEqual(["make", "drop"]);
    const dead = { ...outputs, connection: { host: "127.0.0.1", port: 1 } };
    expect(await remote.read("id", dead, { create: "make" }, context)).toEqual({
      id: "id",
      outputs: dead,
      inputs: { create: "make" },
    });
  });
});

describe("dialling", () => {
  it("refuses another host key, as often as it may dial", async () => {
    const other = newPublicKey();
    const failing = create({ create: "x", connection: connection({ hostKey: other, dialErrorLimit: 1 }) });
    await expect(failing).rejects.toThrow(
      "after 2 failed attempts: ssh: handshake failed: ssh: host key mismatch",
    );
    expect(messages).toEqual(["info: Dial 1/1 failed: retrying"]);
    expect(server.runs).toEqual([]);
  });

  it("takes a key with a host name before it or a comment behind it, and refuses text that is none", async () => {
    const [algorithm, blob] = server.hostKey.split(" ");
    for (const hostKey of [`host ${algorithm} ${blob}`, `${algorithm} ${blob} comment`]) {
      await create({ create: "x", connection: connection({ hostKey }) });
    }
    expect(() => parseHostKey("no key at all")).toThrow("failed to parse host key: ssh: no key found");
  });

  it("says what refused a connection", async () => {
    const unused = createServer();
    await new Promise<void>((resolve) => unused.listen(0, "127.0.0.1", resolve));
    const closed = (unused.address() as AddressInfo).port;
    await new Promise((resolve) => unused.close(resolve));
    const failing = create({ create: "x", connection: connection({ port: closed }) });
    await expect(failing).rejects.toThrow(
      `after 1 failed attempts: dial tcp 127.0.0.1:${closed}: connect: connection refused`,
    );
  });

  it("gives up a server that says nothing after perDialTimeout", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const deaf = (silent.address() as AddressInfo).port;
    const failing = create({ create: "x", connection: connection({ port: deaf, perDialTimeout: 0.2 }) });
    await expect(failing).rejects.toThrow("i/o timeout");
    silent.close();
  });

  it("waits longer each time, up to 5 s", () => {
    expect([1, 2, 3].map(retryDelay)).toEqual([100, 150, 225]);
    expect(retryDelay(60)).toBe(5000);
  });
});

it("replaces on triggers alone", () => {
  const old = { connection: { host: "a" }, create: "x", triggers: [1] };
  const change = (news: Known): readonly string[] =>
    compareInputs(remote, { id: "id", oldInputs: old, oldOutputs: old, newInputs: news }).replaces;
  expect(change({ ...old, triggers: [2] })).toEqual(["triggers"]);
  expect(change({ ...old, create: "y", connection: { host: "b" } })).toEqual([]);
});

it("runs local commands", async () => {
  const run = command.functions?.["command:local:run"];
  expect(
    await run?.({ command: "cat; echo $A >&2", stdin: "in", environment: { A: "b" } }, context),
  ).toMatchObject({
    stdout: "in",
    stderr: "b",
  });
  await expect(run?.({ command: "echo bad; exit 3" }, context)).rejects.toThrow(
    'exit status 3: running "echo bad; exit 3":\nbad',
  );
});

describe.skipIf(sharedSpecs === undefined)(`the published schema ${NEEDS_SHARED}`, () => {
  interface Schema {
    resources: Record<string, { inputProperties: object; properties: object; requiredInputs?: string[] }>;
  }
  const load = (name: string): unknown =>
    JSON.parse(readFileSync(join(sharedSpecs ?? "", "pulumi", name), "utf8"));

  it.each(Object.keys(command.resources))("%s has the same inputs, outputs and replacements", (token) => {
    const published = (load("command.json") as Schema).resources[token];
    const rules = (
      load("replace-on-change.json") as { resources: Record<string, { replaceOnChange: string[] }> }
    ).resources[token];
    const schema = command.resources[token]?.schema;
    if (published === undefined || schema === undefined) throw new Error(`${token} is not in the schema`);
    expect([...(schema.inputs ?? [])].sort()).toEqual(Object.keys(published.inputProperties).sort());
    expect([...(schema.required ?? [])]).toEqual(published.requiredInputs ?? []);
    const outputsOnly = Object.keys(published.properties).filter(
      (name) => !(name in published.inputProperties),
    );
    expect([...schema.computed].sort()).toEqual(outputsOnly.sort());
    expect([...schema.replaceOn]).toEqual(rules?.replaceOnChange);
  });
});
