/**
 * Proves: volumes and their attachments, driven as the engine drives them against the sandbox's Hetzner API, go through
 * the scenes in which the real plugin was watched: the same requests in the same order, what replaces, what is stored
 * and not done, what is refused, what a refresh and an import find.
 * Cannot prove: how long the real plugin waits between its tries, nor what the real vendor answers.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProviderClient, ResourceState } from "../../../../sandbox/providers/protocol/client.ts";
import type { Properties } from "../../../../sandbox/providers/protocol/value.ts";
import { waitUntil } from "../../../../sandbox/process/waitUntil.ts";
import { type Started, started } from "../cloud/startedCloud.ts";
import { startedHcloud } from "./startedHcloud.ts";
import { failureOf, type StartedPlugin } from "./startedPlugin.ts";
import type { TracedRequest } from "./traces.ts";

const VOLUME = "hcloud:index/volume:Volume";
const ATTACHMENT = "hcloud:index/volumeAttachment:VolumeAttachment";
const INPUTS = { name: "mail-data", size: 10, location: "nbg1", labels: { app: "mail" } };

let cloud: Started;
let plugin: StartedPlugin;
let client: ProviderClient;
let seen: number;
beforeEach(async () => {
  seen = 0;
  cloud = await started();
  plugin = await startedHcloud(cloud);
  ({ client } = plugin);
});
afterEach(async () => {
  plugin.stop();
  await cloud.close();
});

/** `POST /volumes {"size":10}`: requests since the last look, polls left out. */
function sent(): string[] {
  const lines = cloud.log().slice(seen) as unknown as TracedRequest[];
  seen += lines.length;
  return lines
    .filter(({ path }) => path !== "/v1/actions")
    .map(({ method, path, query, body }) => {
      const url = path.replace("/v1", "") + (query === undefined || query === "" ? "" : `?${query}`);
      return [method, url, ...(body === undefined ? [] : [JSON.stringify(body)])].join(" ");
    });
}

async function server(name = "mx.example.com", location = "nbg1"): Promise<number> {
  const body = { name, server_type: "cx23", image: "debian-13", location };
  const answer = await cloud.hetzner("POST", "/servers", body);
  await cloud.ended(answer.body.num("action", "id"));
  await cloud.ended(answer.body.num("next_actions", 0, "id"));
  return answer.body.num("server", "id");
}

async function behind(method: string, path: string, body?: unknown): Promise<void> {
  const answer = await cloud.hetzner(method, path, body);
  if (answer.body.at("action") !== undefined) await cloud.ended(answer.body.num("action", "id"));
}

async function refusedAsLocked(): Promise<void> {
  const locked = (): boolean => cloud.log().some(({ status }) => status === 423);
  await waitUntil(locked, { what: "an answer 423", timeoutSeconds: 5, everyMilliseconds: 5 });
}

const volume = (more: Properties = {}): Promise<ResourceState> =>
  client.create(VOLUME, "data", { ...INPUTS, ...more });

const attachment = (data: ResourceState, serverId: number, more: Properties = {}): Promise<ResourceState> =>
  client.create(ATTACHMENT, "data", { volumeId: Number(data.id), serverId, ...more });

const nothing = (type: string, id: string): ResourceState => ({
  ...{ type, name: "data", id, inputs: {}, outputs: {}, secrets: {} },
});

/** Volume, server and attachment, with nothing left to be seen. */
async function standing(): Promise<{ data: ResourceState; taker: number; held: ResourceState }> {
  const taker = await server();
  const data = await volume();
  const held = await attachment(data, taker, { automount: false });
  sent();
  return { data, taker, held };
}

describe("a volume", () => {
  it("is made without what is off or unset, and plans nothing after that, nor after a refresh", async () => {
    const data = await volume({ deleteProtection: false });
    expect(sent()).toEqual([
      'POST /volumes {"name":"mail-data","size":10,"location":"nbg1","labels":{"app":"mail"}}',
      "GET /volumes/7001",
    ]);
    expect(data.id).toBe("7001");
    expect(data.outputs).toMatchObject({
      ...{ name: "mail-data", size: 10, location: "nbg1", deleteProtection: false },
      linuxDevice: "/dev/disk/by-id/scsi-0HC_Volume_7001",
    });
    expect(data.outputs["serverId"] ?? null).toBeNull();
    expect((await client.diff(data, INPUTS)).changed).toBe(false);
    const now = await client.read(data);
    expect(now && (await client.diff(now, INPUTS)).changed).toBe(false);
  });

  it("knows neither id nor device before it is made", async () => {
    const planned = await client.create(VOLUME, "data", INPUTS, { preview: true });
    expect(planned.id).toBe("");
    for (const key of ["id", "linuxDevice"]) expect(typeof planned.outputs[key], key).toBe("symbol");
    expect(planned.outputs).toMatchObject({ size: 10, location: "nbg1" });
  });

  it("has a server in its state after a refresh, also when the server is long gone, and plans nothing for it", async () => {
    const { data, taker, held } = await standing();
    const refreshed = (await client.read(data)) as ResourceState;
    expect(refreshed.outputs["serverId"]).toBe(taker);
    await client.delete(held);
    const later = (await client.read(refreshed)) as ResourceState;
    expect(later.outputs["serverId"]).toBe(taker);
    expect((await client.diff(later, INPUTS)).changed).toBe(false);
  });

  it("grows in place", async () => {
    const data = await volume();
    sent();
    const news = { ...INPUTS, size: 20 };
    expect(await client.diff(data, news)).toMatchObject({ changed: true, replaces: [] });
    expect((await client.update(data, news)).outputs["size"]).toBe(20);
    expect(sent()).toEqual([
      "GET /volumes/7001",
      'POST /volumes/7001/actions/resize {"size":20}',
      "GET /volumes/7001",
    ]);
  });

  it("previews a smaller size as an update, which the vendor refuses", async () => {
    const data = await volume({ size: 20 });
    const news = { ...INPUTS, size: 15 };
    expect(await client.diff(data, news)).toMatchObject({ changed: true, replaces: [] });
    expect((await client.update(data, news, { preview: true })).outputs["size"]).toBe(15);
    await expect(client.update(data, news)).rejects.toThrow(
      /updating urn:.*: 1 error occurred:\n\t\* .*size.*invalid_input/,
    );
  });

  it("has a PUT for the name and one for the labels", async () => {
    const data = await volume();
    sent();
    await client.update(data, { name: "mail-data-2", size: 10, location: "nbg1" });
    expect(sent()).toEqual([
      "GET /volumes/7001",
      'PUT /volumes/7001 {"name":"mail-data-2"}',
      'PUT /volumes/7001 {"labels":{}}',
      "GET /volumes/7001",
    ]);
  });

  it("stores a format and automount that change, and does nothing", async () => {
    const data = await volume();
    sent();
    const changed = await client.update(data, { ...INPUTS, format: "ext4", automount: true });
    expect(sent()).toEqual(["GET /volumes/7001", "GET /volumes/7001"]);
    expect(changed.outputs).toMatchObject({ format: "ext4", automount: true });
    expect((await cloud.hetzner("GET", "/volumes/7001")).body.at("volume", "format")).toBeNull();
    expect((await client.update(changed, INPUTS)).outputs["format"] ?? null).toBeNull();
  });

  it("is replaced for its location, the old one first where the program named it", async () => {
    const far = { location: "fsn1" };
    const replaced = { replaces: ["location"], deletesFirst: true };
    expect(await client.diff(await volume(), { ...INPUTS, ...far })).toMatchObject(replaced);
    const made = await client.create(VOLUME, "other", { size: 10, location: "nbg1" });
    expect(made.inputs["name"]).toMatch(/^other-[0-9a-f]{7}$/);
    const planned = await client.diff(made, { ...made.inputs, ...far });
    expect(planned).toMatchObject({ ...replaced, deletesFirst: false });
  });

  it("is detached and deleted, and gone already is as good", async () => {
    const { data } = await standing();
    await client.delete(data);
    expect(sent()).toEqual([
      "GET /volumes/7001",
      "POST /volumes/7001/actions/detach",
      "DELETE /volumes/7001",
    ]);
    await client.delete(data);
    expect(sent()).toEqual(["GET /volumes/7001"]);
    expect(await client.read(data)).toBeUndefined();
  });

  it("asks five times to delete what is protected", async () => {
    const data = await volume({ deleteProtection: true });
    expect(sent().slice(1)).toEqual([
      'POST /volumes/7001/actions/change_protection {"delete":true}',
      "GET /volumes/7001",
    ]);
    await expect(client.delete(data)).rejects.toThrow(/\(protected\)/);
    expect(sent()).toEqual(["GET /volumes/7001", ...Array<string>(5).fill("DELETE /volumes/7001")]);
    const free = await client.update(data, INPUTS);
    expect(free.outputs["deleteProtection"]).toBe(false);
    await client.delete(free);
  });

  it("whose deletion runs beside that of its attachment fails, as the detachment is asked for again and again", async () => {
    const { data } = await standing();
    let letGo: (() => void) | undefined;
    const wait = new Promise<void>((resolve) => (letGo = resolve));
    cloud.hosts.before = (call) => (call.startsWith("detachVolume") ? wait : Promise.resolve());
    const other = await cloud.hetzner("POST", "/volumes/7001/actions/detach");
    const gone = failureOf(client.delete(data));
    await refusedAsLocked();
    letGo?.();
    await cloud.ended(other.body.num("action", "id"));
    expect((await gone).message).toMatch(/volume not attached to a server \(service_error\)/);
  });

  it("that is gone panics at a change, and is made anew after a refresh", async () => {
    const data = await volume();
    await behind("DELETE", "/volumes/7001");
    expect((await client.diff(data, INPUTS)).changed).toBe(false);
    await expect(client.update(data, { ...INPUTS, size: 20 })).rejects.toThrow(/panic/);
    expect(await client.read(data)).toBeUndefined();
  });

  it("whose answer was lost is not asked for again, and bars its name", async () => {
    await cloud.fault({ vendor: "hetzner", method: "POST", path: "^/v1/volumes$", kind: "drop_after" });
    await expect(volume()).rejects.toThrow();
    expect(sent().filter((request) => request.startsWith("POST"))).toHaveLength(1);
    await expect(volume()).rejects.toThrow(/\(uniqueness_error\)/);
    const adopted = (await client.read(nothing(VOLUME, "7001"))) as ResourceState;
    expect((await client.diff(adopted, INPUTS)).changed).toBe(false);
  });

  it("whose answer to a new size was lost is refused it, until a refresh", async () => {
    const data = await volume();
    const news = { ...INPUTS, size: 20 };
    await cloud.fault({ vendor: "hetzner", method: "POST", path: "resize$", kind: "drop_after" });
    await expect(client.update(data, news)).rejects.toThrow();
    await expect(client.update(data, news)).rejects.toThrow(/invalid_input/);
    const now = (await client.read(data)) as ResourceState;
    expect((await client.diff(now, news)).changed).toBe(false);
  });

  it("that could not be made is kept with the error", async () => {
    cloud.hosts.before = (call) =>
      call.startsWith("createVolume") ? Promise.reject(new Error("no space left")) : Promise.resolve();
    const { message, details } = await failureOf(volume());
    expect(message).toMatch(/no space left/);
    expect(details).toContain("7001");
  });

  it("is imported by its id, without a format", async () => {
    await volume({ format: "xfs" });
    const adopted = (await client.read(nothing(VOLUME, "7001"))) as ResourceState;
    expect(adopted.inputs).toEqual({ ...INPUTS, deleteProtection: false });
    expect((await client.diff(adopted, INPUTS)).changed).toBe(false);
    expect(await client.read(nothing(VOLUME, "7999"))).toBeUndefined();
  });
});

describe("an attachment", () => {
  it("has the volume's id, sends no automount that is off, and plans nothing after that", async () => {
    const taker = await server();
    const data = await volume();
    sent();
    const held = await attachment(data, taker, { automount: false });
    expect(sent()).toEqual([
      `POST /volumes/7001/actions/attach {"server":${taker}}`,
      "GET /volumes/7001",
      `GET /servers/${taker}`,
    ]);
    expect(held.id).toBe("7001");
    expect(held.outputs).toMatchObject({ volumeId: 7001, serverId: taker, automount: false });
    const now = (await client.read(held)) as ResourceState;
    for (const state of [held, now]) expect((await client.diff(state, held.inputs)).changed).toBe(false);
  });

  it("is replaced for another server or volume, and cannot be updated", async () => {
    const { held, taker } = await standing();
    for (const change of [{ serverId: taker + 1 }, { volumeId: 7002 }])
      expect((await client.diff(held, { ...held.inputs, ...change })).replaces).toEqual(Object.keys(change));
    await expect(client.update(held, { ...held.inputs, automount: true })).rejects.toThrow(
      /doesn't support update/,
    );
  });

  it("moves with a replaced server, the volume untouched", async () => {
    const { data, taker, held } = await standing();
    await client.delete(held);
    await behind("DELETE", `/servers/${taker}`);
    const next = await server();
    await attachment(data, next);
    expect(sent().filter((request) => request.includes("/volumes"))).toEqual([
      "GET /volumes/7001",
      "POST /volumes/7001/actions/detach",
      `POST /volumes/7001/actions/attach {"server":${next}}`,
      "GET /volumes/7001",
    ]);
    expect((await client.diff(data, INPUTS)).changed).toBe(false);
  });

  it("asks again while volume or server are locked, and for nothing else", async () => {
    const data = await volume();
    let letGo: (() => void) | undefined;
    const wait = new Promise<void>((resolve) => (letGo = resolve));
    cloud.hosts.before = (call) => (call.startsWith("create server") ? wait : Promise.resolve());
    const made = await cloud.hetzner("POST", "/servers", {
      ...{ name: "mx.example.com", server_type: "cx23", image: "debian-13", location: "nbg1" },
    });
    const held = attachment(data, made.body.num("server", "id"));
    await refusedAsLocked();
    letGo?.();
    expect((await held).id).toBe("7001");
    sent();
    await expect(attachment(data, made.body.num("server", "id"))).rejects.toThrow(
      /\(volume_already_attached\)/,
    );
    expect(sent()).toHaveLength(1);
  });

  it("is refused in another location", async () => {
    const data = await volume();
    const far = await server("mx.example.com", "fsn1");
    await expect(attachment(data, far)).rejects.toThrow(/not in the same location/);
  });

  it("whose answer was lost is refused for ever, and can be imported", async () => {
    const taker = await server();
    const data = await volume();
    await cloud.fault({ vendor: "hetzner", method: "POST", path: "attach$", kind: "drop_after" });
    await expect(attachment(data, taker)).rejects.toThrow();
    await expect(attachment(data, taker)).rejects.toThrow(/\(volume_already_attached\)|\(locked\)/);
    const adopted = (await client.read(nothing(ATTACHMENT, "7001"))) as ResourceState;
    expect(adopted.inputs).toEqual({ serverId: taker, volumeId: 7001 });
    const news = { serverId: taker, volumeId: 7001, automount: false };
    expect((await client.diff(adopted, news)).changed).toBe(false);
  });

  it.each([
    ["the volume", "DELETE", "/volumes/7001"],
    ["the server", "DELETE", "/servers/4001"],
    ["the cable", "POST", "/volumes/7001/actions/detach"],
  ])("is gone for a refresh with %s, and its deletion then asks for no more", async (what, method, path) => {
    const { held } = await standing();
    if (what === "the volume") await behind("POST", "/volumes/7001/actions/detach");
    await behind(method, path);
    sent();
    expect(await client.read(held)).toBeUndefined();
    await client.delete(held);
    expect(sent().filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  it("follows the volume to another server in a refresh, while its own is still there", async () => {
    const { held } = await standing();
    const other = await server("other.example.com");
    await behind("POST", "/volumes/7001/actions/detach");
    await behind("POST", "/volumes/7001/actions/attach", { server: other });
    expect((await client.read(held))?.outputs["serverId"]).toBe(other);
    await behind("DELETE", "/servers/4001");
    expect(await client.read(held)).toBeUndefined();
  });

  it("counts as gone where its volume cannot be read at the deletion", async () => {
    const { held } = await standing();
    await cloud.fault({
      vendor: "hetzner",
      method: "GET",
      path: "/volumes/7001$",
      kind: "status",
      status: 500,
    });
    await client.delete(held);
    expect((await cloud.hetzner("GET", "/volumes/7001")).body.at("volume", "server")).toBe(4001);
  });
});

it("looks volumes up by label and status, page by page", async () => {
  for (let count = 0; count < 3; count += 1) await volume({ name: `v${count}` });
  await volume({ name: "other", labels: {} });
  const held = await attachment(await volume({ name: "held" }), await server());
  sent();
  const found = await client.invoke("hcloud:index/getVolumes:getVolumes", {
    withSelector: "app==mail",
    withStatuses: ["available"],
  });
  expect(sent()).toEqual(["GET /volumes?label_selector=app%3D%3Dmail&page=1&per_page=50&status=available"]);
  const volumes = found["volumes"] as Properties[];
  expect(volumes.map(({ name }) => name)).toEqual(["v0", "v1", "v2", "held"]);
  expect(volumes.at(-1)).toMatchObject({ id: Number(held.id), serverId: 4001, size: 10, location: "nbg1" });
  expect(found["id"]).toMatch(/^[0-9a-f]{40}$/);
});
