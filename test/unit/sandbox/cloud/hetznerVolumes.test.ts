// Proves: volumes live as Hetzner's API documents and as the real plugin met them (locks, refusals, servers that come and
// go), every answer validates against the published schema (where it is at hand), the driver is told what must be so,
// and books of an earlier version are read.
// Cannot prove: that the real API's texts are the same, nor the codes that nobody has seen; what a machine makes of a
// volume (test/sandbox/hosts.test.ts does).
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, type Started, started } from "./startedCloud.ts";

let cloud: Started;
beforeEach(async () => {
  cloud = await started();
});
afterEach(() => cloud.close());

const ORDER = { name: "mail-data", size: 10, location: "nbg1" };

function order(more: Record<string, unknown> = {}): Promise<Answer> {
  return cloud.hetzner("POST", "/volumes", { ...ORDER, ...more });
}

/** An answer's actions must all succeed. */
async function done(answer: Answer): Promise<Answer> {
  expect(answer.status).toBe(201);
  const next = (answer.body.at("next_actions") ?? []) as { id: number }[];
  for (const id of [answer.body.num("action", "id"), ...next.map((one) => one.id)])
    expect(await cloud.ended(id)).toMatchObject({ status: "success", progress: 100 });
  return answer;
}

async function volume(more: Record<string, unknown> = {}): Promise<number> {
  return (await done(await order(more))).body.num("volume", "id");
}

async function server(more: Record<string, unknown> = {}): Promise<number> {
  const body = { name: "mx.example.com", server_type: "cx23", image: "debian-13", location: "nbg1", ...more };
  return (await done(await cloud.hetzner("POST", "/servers", body))).body.num("server", "id");
}

const act = (id: number, command: string, body?: unknown): Promise<Answer> =>
  cloud.hetzner("POST", `/volumes/${id}/actions/${command}`, body);

async function refusal(asked: Promise<Answer>): Promise<[number, unknown]> {
  const answer = await asked;
  return [answer.status, answer.body.at("error", "code")];
}

async function shown(id: number): Promise<unknown> {
  return (await cloud.hetzner("GET", `/volumes/${id}`)).body.at("volume");
}

/** Holds the driver's calls of this name until they are let go. */
function held(name: string): () => void {
  let release: (() => void) | undefined;
  const wait = new Promise<void>((resolve) => (release = resolve));
  cloud.hosts.before = (call) => (call.startsWith(name) ? wait : Promise.resolve());
  return () => release?.();
}

describe("the life that the plugin gives a volume", () => {
  it("makes one, attaches it, replaces its server, makes it larger and deletes it", async () => {
    const made = await done(await order({ labels: { app: "mail" } }));
    const id = made.body.num("volume", "id");
    expect(made.body.at("volume", "status")).toBe("creating");
    expect(made.body.at("next_actions")).toEqual([]);
    expect(await shown(id)).toMatchObject({
      ...{ id: 7001, name: "mail-data", size: 10, status: "available", format: null, server: null },
      ...{ labels: { app: "mail" }, linux_device: "/dev/disk/by-id/scsi-0HC_Volume_7001" },
      location: { name: "nbg1" },
      protection: { delete: false },
    });
    const first = await server();
    const attached = await done(await act(id, "attach", { server: first, automount: false }));
    expect(attached.body.at("action", "command")).toBe("attach_volume");
    expect((await cloud.hetzner("GET", `/servers/${first}`)).body.at("server", "volumes")).toEqual([id]);
    expect(cloud.hosts.volumes.get("volume-7001")?.host).toBe(`server-${first}`);
    await done(await act(id, "detach"));
    expect(cloud.hosts.volumes.get("volume-7001")?.host).toBeUndefined();
    await cloud.ended((await cloud.hetzner("DELETE", `/servers/${first}`)).body.num("action", "id"));
    const second = await server();
    await done(await act(id, "attach", { server: second }));
    await done(await act(id, "resize", { size: 20 }));
    expect(await shown(id)).toMatchObject({ size: 20, server: second });
    await done(await act(id, "detach"));
    expect((await cloud.hetzner("DELETE", `/volumes/${id}`)).status).toBe(204);
    expect((await cloud.hetzner("GET", `/volumes/${id}`)).status).toBe(404);
    expect(cloud.hosts.calls.filter((call) => call.includes("olume"))).toEqual([
      "createVolume volume-7001",
      `attachVolume volume-7001 server-${first}`,
      "detachVolume volume-7001",
      `attachVolume volume-7001 server-${second}`,
      "resizeVolume volume-7001 20",
      "detachVolume volume-7001",
      "deleteVolume volume-7001",
    ]);
  });

  it("makes one for a server, with its file system", async () => {
    const id = await server({ location: "hel1" });
    const made = await order({ location: undefined, server: id, format: "xfs", automount: false });
    expect(made.body.at("volume")).toMatchObject({ server: id, location: { name: "hel1" } });
    expect(made.body.at("next_actions", 0, "command")).toBe("attach_volume");
    await done(made);
    const spec = { key: "volume-7001", sizeGb: 10, format: "xfs", link: "scsi-0HC_Volume_7001" };
    expect(cloud.hosts.volumes.get("volume-7001")).toEqual({ spec, host: `server-${id}` });
  });

  it("attaches to a server that is off, without switching it on", async () => {
    const [id, taker] = [await volume(), await server()];
    await done(await cloud.hetzner("POST", `/servers/${taker}/actions/poweroff`));
    await done(await act(id, "attach", { server: taker }));
    expect(cloud.hosts.machines.get(`server-${taker}`)?.running).toBe(false);
  });

  it("is detached, and kept, when its server is deleted", async () => {
    const [id, taker] = [await volume(), await server()];
    await done(await act(id, "attach", { server: taker }));
    await cloud.ended((await cloud.hetzner("DELETE", `/servers/${taker}`)).body.num("action", "id"));
    expect(await shown(id)).toMatchObject({ server: null, status: "available" });
    expect(cloud.hosts.volumes.get(`volume-${id}`)?.host).toBeUndefined();
  });

  it("ends the action with the cause where the machine cannot take it, and is free again", async () => {
    const [id, taker] = [await volume(), await server()];
    cloud.hosts.before = (call) =>
      call.startsWith("attachVolume") ? Promise.reject(new Error("no loop device")) : Promise.resolve();
    const action = await cloud.ended((await act(id, "attach", { server: taker })).body.num("action", "id"));
    expect(action).toMatchObject({ status: "error", error: { message: "no loop device" } });
    expect(await shown(id)).toMatchObject({ server: null });
  });
});

describe("refusals", () => {
  it.each([
    ["no name", { name: undefined }, "name"],
    ["a name that ends in a dash", { name: "mail-" }, "name"],
    ["a name of 65 characters", { name: "a".repeat(65) }, "name"],
    ["less than 10 GB", { size: 9 }, "size"],
    ["more than 10 TB", { size: 10_241 }, "size"],
    ["half a GB", { size: 10.5 }, "size"],
    ["an unknown location", { location: "mars1" }, "location"],
    ["neither location nor server", { location: undefined }, "location"],
    ["both location and server", { server: 4001 }, "location"],
    ["an unknown file system", { format: "zfs" }, "format"],
    ["a bad label", { labels: { a: "-" } }, "labels.a"],
    ["automount", { automount: true }, "automount"],
  ])("answers 422 to a volume with %s and makes nothing", async (_, change, field) => {
    const answer = await order(change);
    expect([answer.status, answer.body.at("error", "code")]).toEqual([422, "invalid_input"]);
    expect(answer.body.at("error", "details", "fields", 0, "name")).toBe(field);
    expect((await cloud.hetzner("GET", "/volumes")).body.at("volumes")).toEqual([]);
    expect(cloud.hosts.volumes.size).toBe(0);
  });

  it("answers 404 to what is not there", async () => {
    for (const [method, path, body] of [
      ["GET", "", undefined],
      ["PUT", "", {}],
      ["DELETE", "", undefined],
      ["POST", "/actions/attach", { server: 4001 }],
      ["POST", "/actions/detach", undefined],
      ["POST", "/actions/resize", { size: 20 }],
    ] as const) {
      expect(await refusal(cloud.hetzner(method, `/volumes/99999${path}`, body))).toEqual([404, "not_found"]);
    }
    expect(await refusal(act(await volume(), "attach", { server: 99999 }))).toEqual([404, "not_found"]);
    expect(await refusal(order({ name: "b", location: undefined, server: 99999 }))).toEqual([
      404,
      "not_found",
    ]);
  });

  it("answers 409 to a name that is used, at the order and later", async () => {
    await volume();
    expect(await refusal(order())).toEqual([409, "uniqueness_error"]);
    const other = await volume({ name: "other" });
    const rename = cloud.hetzner("PUT", `/volumes/${other}`, { name: "mail-data" });
    expect(await refusal(rename)).toEqual([409, "uniqueness_error"]);
    const named = await cloud.hetzner("PUT", `/volumes/${other}`, { name: "other2", labels: { a: "b" } });
    expect(named.body.at("volume")).toMatchObject({ name: "other2", labels: { a: "b" } });
  });

  it("answers 422 to a second attachment, a detachment of what is free, and a deletion of what is attached", async () => {
    const [id, taker] = [await volume(), await server()];
    expect(await refusal(act(id, "detach"))).toEqual([422, "service_error"]);
    await done(await act(id, "attach", { server: taker }));
    expect(await refusal(act(id, "attach", { server: taker }))).toEqual([422, "volume_already_attached"]);
    expect(await refusal(cloud.hetzner("DELETE", `/volumes/${id}`))).toEqual([422, "resource_in_use"]);
    expect(cloud.hosts.volumes.has(`volume-${id}`)).toBe(true);
  });

  it("answers 422 to a server of another location", async () => {
    const [id, taker] = [await volume({ location: "fsn1" }), await server()];
    expect(await refusal(act(id, "attach", { server: taker }))).toEqual([422, "invalid_input"]);
    expect(await shown(id)).toMatchObject({ server: null });
  });

  it.each([15, 20, 10_241])("answers 422 to a size of %d where it has 20", async (size) => {
    const id = await volume({ size: 20 });
    expect(await refusal(act(id, "resize", { size }))).toEqual([422, "invalid_input"]);
    expect(await shown(id)).toMatchObject({ size: 20 });
  });

  it("answers 423 while it is made, and while another action runs on it", async () => {
    const taker = await server();
    const letGo = held("createVolume");
    const made = await order();
    const id = made.body.num("volume", "id");
    for (const [command, body] of [
      ["attach", { server: taker }],
      ["detach", undefined],
      ["resize", { size: 20 }],
      ["change_protection", { delete: true }],
    ] as const) {
      expect(await refusal(act(id, command, body))).toEqual([423, "locked"]);
    }
    expect(await refusal(cloud.hetzner("DELETE", `/volumes/${id}`))).toEqual([423, "locked"]);
    letGo();
    await done(made);
    await done(await act(id, "attach", { server: taker }));
    const release = held("detachVolume");
    const detached = await act(id, "detach");
    expect(await refusal(act(id, "detach"))).toEqual([423, "locked"]);
    expect(await refusal(cloud.hetzner("DELETE", `/volumes/${id}`))).toEqual([423, "locked"]);
    release();
    await done(detached);
    expect((await cloud.hetzner("DELETE", `/volumes/${id}`)).status).toBe(204);
  });

  it("answers 423 to an attachment to a server that is being made or removed", async () => {
    const id = await volume();
    const letGo = held("create server");
    const body = { name: "mx.example.com", server_type: "cx23", image: "debian-13", location: "nbg1" };
    const made = await cloud.hetzner("POST", "/servers", body);
    const taker = made.body.num("server", "id");
    expect(await refusal(act(id, "attach", { server: taker }))).toEqual([423, "locked"]);
    letGo();
    await done(made);
    const release = held("destroy");
    const gone = await cloud.hetzner("DELETE", `/servers/${taker}`);
    expect(await refusal(act(id, "attach", { server: taker }))).toEqual([423, "locked"]);
    release();
    await cloud.ended(gone.body.num("action", "id"));
  });

  it("answers 423 to the deletion of what is protected, until it is not", async () => {
    const id = await volume();
    await done(await act(id, "change_protection", { delete: true }));
    expect(await refusal(cloud.hetzner("DELETE", `/volumes/${id}`))).toEqual([423, "protected"]);
    await done(await act(id, "change_protection", { delete: false }));
    expect((await cloud.hetzner("DELETE", `/volumes/${id}`)).status).toBe(204);
  });

  it("answers 403 at the limits of the project and of a server", async () => {
    await cloud.close();
    cloud = await started({ limits: { volumes: 17 } });
    const taker = await server();
    for (let count = 0; count < 16; count += 1)
      await volume({ name: `v${count}`, location: undefined, server: taker });
    const id = await volume({ name: "v16" });
    expect(await refusal(act(id, "attach", { server: taker }))).toEqual([403, "resource_limit_exceeded"]);
    expect(await refusal(order({ name: "v17" }))).toEqual([403, "resource_limit_exceeded"]);
  });
});

describe("lists", () => {
  it.each([
    ["name=a", ["a"]],
    ["sort=name:desc", ["c", "b", "a"]],
    ["label_selector=app%3D%3Dmail", ["b", "a"]],
    ["status=creating", []],
    ["status=available&per_page=2", ["b", "a"]],
    ["per_page=2&page=2", ["c"]],
  ])("selects by %s", async (query, names) => {
    for (const name of ["b", "a", "c"])
      await volume({ name, labels: { app: name === "c" ? "other" : "mail" } });
    const answer = await cloud.hetzner("GET", `/volumes?${query}`);
    expect((answer.body.at("volumes") as { name: string }[]).map((one) => one.name)).toEqual(names);
  });

  it("shows what was done to a volume", async () => {
    const id = await volume();
    await done(await act(id, "resize", { size: 20 }));
    for (const path of ["/volumes/actions", `/volumes/${id}/actions`]) {
      const actions = (await cloud.hetzner("GET", path)).body.at("actions") as { command: string }[];
      expect(actions.map(({ command }) => command)).toEqual(["create_volume", "resize_volume"]);
    }
    const action = (await cloud.hetzner("GET", "/volumes/actions")).body.num("actions", 0, "id");
    expect((await cloud.hetzner("GET", `/volumes/${id}/actions/${action}`)).status).toBe(200);
  });
});

describe("a new start over the same folder", () => {
  it.each(["createVolume", "attachVolume", "resizeVolume", "detachVolume"])(
    "ends a %s that was under way",
    async (call) => {
      const taker = await server();
      const letGo = held(call);
      const made = await order();
      const id = made.body.num("volume", "id");
      const answers = [made];
      for (const [command, body] of [
        ["attach", { server: taker }],
        ["resize", { size: 20 }],
        ["detach", undefined],
      ] as const) {
        if (cloud.hosts.calls.some((one) => one.startsWith(call))) break;
        await done(answers.at(-1) as Answer);
        answers.push(await act(id, command, body));
      }
      cloud.hosts.before = () => Promise.resolve();
      const again = await cloud.restart();
      letGo();
      cloud = again;
      await done(answers.at(-1) as Answer);
      const { status, server: holder } = (await shown(id)) as { status: string; server: number | null };
      const host = cloud.hosts.volumes.get(`volume-${id}`)?.host;
      expect([status, holder === null ? undefined : `server-${holder}`]).toEqual(["available", host]);
    },
  );

  it("reads books in which there were no volumes yet", async () => {
    const file = join(cloud.folder, "hetzner.json");
    await cloud.cloud.close();
    const books = JSON.parse(readFileSync(file, "utf8")) as {
      nextId: Record<string, number>;
      volumes?: unknown;
    };
    delete books.volumes;
    delete books.nextId["volumes"];
    writeFileSync(file, JSON.stringify(books));
    cloud = await cloud.restart();
    expect(await volume()).toBe(7001);
  });
});
