/**
 * Proves: driven as the engine drives it, against the sandbox's Hetzner API, the hcloud stand-in sends the requests that
 * the real plugin was recorded to send (method, path, query, body, order), and plans what it planned.
 * Cannot prove the number of polls, nor what the real vendor answers.
 */
import { asText } from "../../../../sandbox/providers/protocol/value.ts";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ProviderClient, ResourceState } from "../../../../sandbox/providers/protocol/client.ts";
import type { Properties } from "../../../../sandbox/providers/protocol/value.ts";
import { NEEDS_SHARED, sharedSpecs } from "../../../support/shared.ts";
import { type Started, started } from "../cloud/startedCloud.ts";
import { startedHcloud } from "./startedHcloud.ts";
import type { StartedPlugin } from "./startedPlugin.ts";
import { comparable, recorded } from "./traces.ts";
import type { TracedRequest } from "./traces.ts";

const SERVER = "hcloud:index/server:Server";
const PRIMARY_IP = "hcloud:index/primaryIp:PrimaryIp";
const RDNS = "hcloud:index/rdns:Rdns";
const SSH_KEY = "hcloud:index/sshKey:SshKey";
const FIREWALL = "hcloud:index/firewall:Firewall";
const EVERYWHERE = ["0.0.0.0/0", "::/0"];
const labels = { app: "mail" };

let cloud: Started;
let plugin: StartedPlugin;
let client: ProviderClient;

beforeAll(async () => {
  cloud = await started();
  // The log is there from the first request on.
  await cloud.hetzner("GET", "/locations");
  plugin = await startedHcloud(cloud);
  ({ client } = plugin);
});
afterAll(async () => {
  plugin.stop();
  await cloud.close();
});

let seen = 0;
beforeEach(() => {
  seen = cloud.log().length;
});

/** Requests since the test began. */
function sent(): string[] {
  return comparable(cloud.log().slice(seen) as unknown as TracedRequest[]);
}

function trace(scenario: string, group = "server"): readonly TracedRequest[] {
  return recorded("hcloud", group, scenario);
}

function rule(
  port: string | undefined,
  sourceIps: readonly string[],
): { readonly [key: string]: string | readonly string[] } {
  const description = port === undefined ? "icmp" : `tcp ${port}`;
  const protocol = port === undefined ? "icmp" : "tcp";
  return { direction: "in", protocol, ...(port === undefined ? {} : { port }), sourceIps, description };
}

const firewallInputs = {
  name: "mail",
  labels,
  rules: [
    rule("22", ["198.51.100.0/24"]),
    ...["25", "80", "443", "465", "993"].map((port) => rule(port, EVERYWHERE)),
    rule(undefined, EVERYWHERE),
  ],
};

function addressInputs(family: "ipv4" | "ipv6"): Properties {
  return { name: `mail-v${family.slice(-1)}`, type: family, labels, location: "nbg1", autoDelete: false };
}

/** All resources of the recorded program, in the order in which they were recorded. */
interface Stack {
  key: ResourceState;
  v4: ResourceState;
  v6: ResourceState;
  r4: ResourceState;
  r6: ResourceState;
  firewall: ResourceState;
  server: ResourceState;
}

function serverInputs({ key, v4, v6, firewall }: Omit<Stack, "server">): Properties {
  return {
    name: "mx.example.com",
    serverType: "cx23",
    image: "debian-13",
    location: "nbg1",
    userData: "#cloud-config\nhostname: one\n",
    labels: { generation: "1" },
    sshKeys: [key.id],
    firewallIds: [Number(firewall.id)],
    publicNets: [{ ipv4: Number(v4.id), ipv4Enabled: true, ipv6: Number(v6.id), ipv6Enabled: true }],
  };
}

function rdnsInputs(address: ResourceState, suffix = ""): Properties {
  const ipAddress = `${asText(address.outputs.ipAddress)}${suffix}`;
  return { dnsPtr: "mx.example.com", ipAddress, primaryIpId: Number(address.id) };
}

async function up(): Promise<Stack> {
  const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr mail";
  const key = await client.create(SSH_KEY, "key", { name: "mail-key", publicKey, labels });
  const v6 = await client.create(PRIMARY_IP, "v6", addressInputs("ipv6"));
  const v4 = await client.create(PRIMARY_IP, "v4", addressInputs("ipv4"));
  const firewall = await client.create(FIREWALL, "fw", firewallInputs);
  const r6 = await client.create(RDNS, "r6", rdnsInputs(v6, "1"));
  const r4 = await client.create(RDNS, "r4", rdnsInputs(v4));
  const identity = { key, v4, v6, r4, r6, firewall };
  return { ...identity, server: await client.create(SERVER, "srv", serverInputs({ ...identity })) };
}

/** Same requests, whatever their order: the recorded program's resources were made side by side. */
function sameSet(actual: readonly string[], expected: readonly string[]): void {
  expect(actual.map(anonymous).sort()).toEqual(expected.map(anonymous).sort());
}

function anonymous(request: string): string {
  return request.replaceAll(/#\d+/g, "#");
}

let stack: Stack;

describe.skipIf(sharedSpecs === undefined)(`hcloud against its traces ${NEEDS_SHARED}`, () => {
  it("makes everything with the recorded requests", async () => {
    stack = await up();
    sameSet(sent(), comparable(trace("up from nothing")));
    expect(stack.v6.outputs).toMatchObject({
      assigneeId: 0,
      ipAddress: expect.stringMatching(/::$/) as string,
    });
    expect(stack.r6.id).toBe(`p-${stack.v6.id}-${asText(stack.r6.inputs.ipAddress)}`);
  });

  it("shows the recorded outputs", () => {
    const path = join(sharedSpecs ?? "", "traces", "hcloud.json");
    const [first] = JSON.parse(readFileSync(path, "utf8")) as [
      { inputs: { resources: Record<string, { outputs: string[] }> } },
    ];
    const names = {
      key: "key",
      v4: "v4",
      v6: "v6",
      r4: "r4",
      r6: "r6",
      firewall: "fw",
      server: "srv",
    } as const;
    for (const [ours, theirs] of Object.entries(names)) {
      const outputs = Object.keys(stack[ours as keyof Stack].outputs);
      const bridge = first.inputs.resources[theirs]?.outputs.filter((name) => !name.startsWith("__")) ?? [];
      expect(outputs.sort(), ours).toEqual(bridge.sort());
    }
    expect(stack.server.outputs).toMatchObject({
      status: "running",
      userData: createHash("sha1").update("#cloud-config\nhostname: one\n").digest("base64"),
    });
  });

  it("plans nothing after that, and nothing after a refresh", async () => {
    for (const state of Object.values(stack) as ResourceState[]) {
      expect(await client.diff(state, state.inputs), state.name).toMatchObject({ changed: false });
    }
    for (const state of Object.values(stack) as ResourceState[]) {
      const now = await client.read(state);
      expect(now, state.name).toBeDefined();
      if (now !== undefined)
        expect(await client.diff(now, state.inputs), state.name).toMatchObject({ changed: false });
    }
    sameSet(sent(), comparable(trace("drift check, nothing changed")));
  });

  it("makes a new generation with the recorded requests", async () => {
    await client.delete(stack.server);
    stack.server = await client.create(SERVER, "srv", stack.server.inputs);
    expect(sent()).toEqual(comparable(trace("generation + 1")));
  });

  it("loses the reverse name that is respelled", async () => {
    const respelled = {
      ...stack.r6.inputs,
      ipAddress: asText(stack.r6.inputs.ipAddress).replace(/::1$/, "::0001"),
    };
    expect(await client.diff(stack.r6, respelled)).toMatchObject({ replaces: ["ipAddress"] });
    const replacement = await client.create(RDNS, "r6", respelled);
    await client.delete(stack.r6);
    expect(sent()).toEqual(comparable(trace("Rdns v6 ipAddress written non-canonical")));
    expect(await client.read(replacement)).toBeUndefined();
    stack.r6 = await client.create(RDNS, "r6", stack.r6.inputs);
  });

  it("changes the type with the server left off, and refuses a smaller disk", async () => {
    stack.server = await client.update(stack.server, { ...stack.server.inputs, serverType: "cx33" });
    expect(sent()).toEqual(comparable(trace("serverType cx23 to cx33")));
    expect(stack.server.outputs).toMatchObject({ status: "off", serverType: "cx33" });
    seen = cloud.log().length;
    const back = client.update(stack.server, { ...stack.server.inputs, serverType: "cx23" });
    await expect(back).rejects.toThrow(/updating urn:.*: 1 error occurred:\n\t\* .*\(invalid_server_type\)/);
    expect(sent()).toEqual(comparable(trace("serverType back to cx23 (smaller disk)")));
  });

  it("sends a PUT for the name and one for the labels", async () => {
    const news = { ...stack.server.inputs, name: "mx2.example.com", labels: { generation: "2" } };
    expect((await client.diff(stack.server, news)).replaces).toEqual([]);
    stack.server = await client.update(stack.server, news);
    expect(sent()).toEqual(comparable(trace("server name and label changed")));
  });

  it("renames a firewall in place", async () => {
    stack.firewall = await client.update(stack.firewall, { ...firewallInputs, name: "mail2" });
    expect(sent()).toEqual(comparable(trace("firewall renamed", "replacement and protection")));
  });

  it("protects, is refused the delete, and says why", async () => {
    const protection = { deleteProtection: true, rebuildProtection: true };
    stack.server = await client.update(stack.server, { ...stack.server.inputs, ...protection });
    expect(sent()).toEqual(comparable(trace("deleteProtection on", "replacement and protection")));
    await expect(client.delete(stack.server)).rejects.toThrow(/1 error occurred:\n\t\* .*\(protected\)/);
    stack.server = await client.update(stack.server, {
      ...stack.server.inputs,
      deleteProtection: false,
      rebuildProtection: false,
    });
  });

  it("finds a server that is gone, and asks for it by name too", async () => {
    await client.delete(stack.server);
    seen = cloud.log().length;
    expect(await client.read(stack.server)).toBeUndefined();
    expect(sent()).toEqual(comparable(trace("server deleted behind: preview --refresh").slice(-2)));
    await expect(client.delete(stack.server)).rejects.toThrow(/\(not_found\)/);
  });

  it("puts own addresses on a running server", async () => {
    const { publicNets, ...inputs } = serverInputs(stack);
    const bare = await client.create(SERVER, "srv", inputs);
    seen = cloud.log().length;
    expect(await client.diff(bare, { ...inputs, publicNets: [{ ipv4Enabled: true }] })).toMatchObject({
      changed: false,
    });
    const own = await client.update(bare, { ...inputs, publicNets: publicNets ?? null });
    const requests = trace("own primary ips added to a running server", "protect, faults, import, polling");
    const first = requests.findIndex(({ path }) => path.startsWith("/v1/servers/"));
    expect(sent()).toEqual(comparable(requests.slice(first)));
    await client.delete(own);
  });

  it("takes everything away", async () => {
    await client.delete(stack.r4);
    await client.delete(stack.r6);
    await client.delete(stack.v4);
    await client.delete(stack.v6);
    await client.delete(stack.key);
    await client.delete(stack.firewall);
    const requests = trace("destroy all", "protect, faults, import, polling");
    sameSet(sent(), comparable(requests.filter(({ path }) => !path.startsWith("/v1/servers"))));
  });
});
