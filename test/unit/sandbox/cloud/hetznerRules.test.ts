// Proves: Hetzner's documented refusals (token, unknown id, duplicate, bad body, protection, limits), lists with pages,
// filters and order, and the catalogue; every answer validates against the published schema where it is at hand.
// Cannot prove: that the real API's texts are the same.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Started, started } from "./startedCloud.ts";

let cloud: Started;
beforeEach(async () => {
  cloud = await started();
});
afterEach(() => cloud.close());

const address = (name: string, more: Record<string, unknown> = {}) =>
  cloud.hetzner("POST", "/primary_ips", { name, type: "ipv4", location: "nbg1", ...more });
const ORDER = { name: "mx.example.com", server_type: "cx23", image: "debian-13", location: "nbg1" };

async function refusal(method: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const answer = await cloud.hetzner(method, path, body);
  return [answer.status, answer.body.at("error", "code")];
}

function publicKey(fill: number): string {
  const length = Buffer.from("0000000b", "hex");
  const blob = Buffer.concat([
    length,
    Buffer.from("ssh-ed25519"),
    Buffer.from("00000020", "hex"),
    Buffer.alloc(32, fill),
  ]);
  return `ssh-ed25519 ${blob.toString("base64")}`;
}

describe("refusals", () => {
  it.each(["", "Bearer wrong", `Basic ${"h".repeat(64)}`])(
    "answers 401 to the authorization '%s'",
    async (value) => {
      const answer = await cloud.hetzner("GET", "/servers", undefined, { authorization: value });
      expect([answer.status, answer.body.at("error", "code")]).toEqual([401, "unauthorized"]);
    },
  );

  it.each([
    "servers",
    "primary_ips",
    "firewalls",
    "ssh_keys",
    "images",
    "server_types",
    "locations",
    "actions",
  ])("answers 404 to an unknown id in %s", async (group) => {
    expect(await refusal("GET", `/${group}/99999`)).toEqual([404, "not_found"]);
  });

  it.each(["servers", "primary_ips", "firewalls", "ssh_keys"])(
    "answers 404 to changes of what is not in %s",
    async (group) => {
      expect(await refusal("PUT", `/${group}/99999`, {})).toEqual([404, "not_found"]);
      expect(await refusal("DELETE", `/${group}/99999`)).toEqual([404, "not_found"]);
    },
  );

  it("answers 409 to a name or key that is used", async () => {
    const key = { name: "one", public_key: publicKey(1) };
    await cloud.hetzner("POST", "/ssh_keys", key);
    expect(await refusal("POST", "/ssh_keys", { ...key, public_key: publicKey(2) })).toEqual([
      409,
      "uniqueness_error",
    ]);
    expect(await refusal("POST", "/ssh_keys", { ...key, name: "two" })).toEqual([409, "uniqueness_error"]);
    await address("one");
    const twice = { name: "one", type: "ipv6", location: "nbg1" };
    expect(await refusal("POST", "/primary_ips", twice)).toEqual([409, "uniqueness_error"]);
    await cloud.hetzner("POST", "/firewalls", { name: "one" });
    expect(await refusal("POST", "/firewalls", { name: "one" })).toEqual([409, "uniqueness_error"]);
    await cloud.hetzner("POST", "/servers", ORDER);
    expect(await refusal("POST", "/servers", ORDER)).toEqual([409, "uniqueness_error"]);
    expect(cloud.hosts.calls.filter((call) => call.startsWith("create"))).toHaveLength(1);
  });

  it.each([
    ["no name", { name: undefined }, "name"],
    ["a name with a space", { name: "not a name" }, "name"],
    ["an unknown type", { server_type: "cx999" }, "server_type"],
    ["an unknown image", { image: "debian-1" }, "image"],
    ["an image of another architecture", { image: 310557661 }, "image"],
    ["an unknown location", { location: "mars1" }, "location"],
    ["the removed datacenter", { datacenter: "nbg1-dc3" }, "datacenter"],
    ["user-data above 32 KiB", { user_data: "x".repeat(32_769) }, "user_data"],
    ["a bad label", { labels: { a: "-" } }, "labels.a"],
  ])("answers 422 to a server with %s and makes nothing", async (_, change, field) => {
    const answer = await cloud.hetzner("POST", "/servers", { ...ORDER, ...change });
    expect([answer.status, answer.body.at("error", "code")]).toEqual([422, "invalid_input"]);
    expect(answer.body.at("error", "details", "fields", 0, "name")).toBe(field);
    expect((await cloud.hetzner("GET", "/servers")).body.at("servers")).toEqual([]);
    expect((await cloud.hetzner("GET", "/primary_ips")).body.at("primary_ips")).toEqual([]);
  });

  it.each([
    ["is not offered in", { location: "ash" }],
    ["has gone from", { server_type: "cpx21" }],
  ])("answers 422 to a type that %s the location, without a field", async (_, change) => {
    const answer = await cloud.hetzner("POST", "/servers", { ...ORDER, ...change });
    expect(answer.status).toBe(422);
    expect(answer.body.at("error")).toEqual({
      ...{ code: "invalid_input", message: "unsupported location for server type", details: {} },
    });
    expect((await cloud.hetzner("GET", "/servers")).body.at("servers")).toEqual([]);
  });

  it("takes the same type where it is offered still", async () => {
    const order = { ...ORDER, server_type: "cpx21", location: "ash" };
    expect((await cloud.hetzner("POST", "/servers", order)).status).toBe(201);
  });

  it("names every field at fault", async () => {
    const answer = await cloud.hetzner("POST", "/primary_ips", { name: "", type: "ipv5" });
    const fields = answer.body.at("error", "details", "fields") as { name: string }[];
    expect(fields.map((field) => field.name).sort()).toEqual(["name", "type"]);
  });

  it("answers 400 to broken JSON", async () => {
    expect(await refusal("POST", "/ssh_keys", "{")).toEqual([400, "json_error"]);
  });

  it("answers 404 to a key, firewall or address that a server names and is not there", async () => {
    for (const change of [{ ssh_keys: [1] }, { firewalls: [{ firewall: 1 }] }, { public_net: { ipv4: 1 } }]) {
      expect(await refusal("POST", "/servers", { ...ORDER, ...change })).toEqual([404, "not_found"]);
    }
  });

  it("refuses addresses of another family, of another place or in use", async () => {
    const v4 = (await address("v4")).body.num("primary_ip", "id");
    const far = (await address("far", { location: "hel1" })).body.num("primary_ip", "id");
    const order = (net: Record<string, unknown>) => ({ ...ORDER, public_net: net });
    expect(await refusal("POST", "/servers", order({ ipv6: v4 }))).toEqual([
      422,
      "primary_ip_version_mismatch",
    ]);
    expect(await refusal("POST", "/servers", order({ ipv4: far }))).toEqual([
      422,
      "primary_ip_datacenter_mismatch",
    ]);
    await cloud.hetzner("POST", "/servers", order({ ipv4: v4 }));
    const second = { ...order({ ipv4: v4 }), name: "two" };
    expect(await refusal("POST", "/servers", second)).toEqual([422, "primary_ip_assigned"]);
    expect(await refusal("DELETE", `/primary_ips/${v4}`)).toEqual([422, "must_be_unassigned"]);
    expect(await refusal("POST", `/primary_ips/${v4}/actions/unassign`)).toEqual([422, "server_not_stopped"]);
  });

  it("assigns and unassigns while the server is off", async () => {
    const made = await cloud.hetzner("POST", "/servers", ORDER);
    await cloud.ended(made.body.num("action", "id"));
    const id = made.body.num("server", "id");
    const own = (await address("own")).body.num("primary_ip", "id");
    const assign = { assignee_id: id, assignee_type: "server" };
    const automatic = made.body.num("server", "public_net", "ipv4", "id");
    await cloud.ended(
      (await cloud.hetzner("POST", `/servers/${id}/actions/poweroff`)).body.num("action", "id"),
    );
    expect(await refusal("POST", `/primary_ips/${own}/actions/assign`, assign)).toEqual([
      422,
      "server_has_ipv4",
    ]);
    expect((await cloud.hetzner("POST", `/primary_ips/${automatic}/actions/unassign`)).status).toBe(201);
    expect((await cloud.hetzner("POST", `/primary_ips/${own}/actions/assign`, assign)).status).toBe(201);
    const shown = await cloud.hetzner("GET", `/servers/${id}`);
    expect(shown.body.num("server", "public_net", "ipv4", "id")).toBe(own);
  });

  it("answers 423 to the deletion of what is protected, until it is not", async () => {
    const id = (await address("kept")).body.num("primary_ip", "id");
    const path = `/primary_ips/${id}/actions/change_protection`;
    await cloud.hetzner("POST", path, { delete: true });
    expect(await refusal("DELETE", `/primary_ips/${id}`)).toEqual([423, "protected"]);
    await cloud.hetzner("POST", path, { delete: false });
    expect((await cloud.hetzner("DELETE", `/primary_ips/${id}`)).status).toBe(204);
    const made = await cloud.hetzner("POST", "/servers", ORDER);
    const server = `/servers/${made.body.num("server", "id")}`;
    await cloud.hetzner("POST", `${server}/actions/change_protection`, { delete: true, rebuild: true });
    expect(await refusal("DELETE", server)).toEqual([423, "protected"]);
  });

  it("answers 423 to a switch while the server is made, and takes its deletion after that", async () => {
    let release = (): void => undefined;
    cloud.hosts.before = (call) =>
      call.startsWith("create") ? new Promise((resolve) => (release = resolve)) : Promise.resolve();
    const made = await cloud.hetzner("POST", "/servers", ORDER);
    const server = `/servers/${made.body.num("server", "id")}`;
    expect(await refusal("POST", `${server}/actions/poweroff`)).toEqual([423, "locked"]);
    const gone = await cloud.hetzner("DELETE", server);
    const again = await cloud.hetzner("DELETE", server);
    expect(again.body.num("action", "id")).toBe(gone.body.num("action", "id"));
    release();
    expect((await cloud.ended(gone.body.num("action", "id")))["status"]).toBe("success");
    expect(cloud.hosts.machines.size).toBe(0);
  });

  it("answers 403 at the project's limits", async () => {
    for (let count = 0; count < 20; count += 1) await address(`a${count}`);
    expect(await refusal("POST", "/primary_ips", { name: "more", type: "ipv4", location: "nbg1" })).toEqual([
      403,
      "resource_limit_exceeded",
    ]);
  });
});

describe("lists", () => {
  beforeEach(async () => {
    for (const [index, name] of ["b", "a", "c"].entries()) {
      await address(name, { labels: { app: index === 2 ? "other" : "mail" } });
    }
  });

  it("turns pages", async () => {
    const first = await cloud.hetzner("GET", "/primary_ips?per_page=2");
    expect(first.body.at("meta", "pagination")).toEqual({
      page: 1,
      per_page: 2,
      previous_page: null,
      next_page: 2,
      last_page: 2,
      total_entries: 3,
    });
    const second = await cloud.hetzner("GET", "/primary_ips?per_page=2&page=2");
    expect(second.body.at("primary_ips", 0, "name")).toBe("c");
    expect(second.body.at("meta", "pagination", "next_page")).toBeNull();
    const beyond = await cloud.hetzner("GET", "/primary_ips?page=9");
    expect(beyond.body.at("primary_ips")).toEqual([]);
    expect(await refusal("GET", "/primary_ips?page=0")).toEqual([422, "invalid_input"]);
  });

  it.each([
    ["name=a", ["a"]],
    ["ip=203.0.113.10", ["b"]],
    ["sort=name:desc", ["c", "b", "a"]],
    ["label_selector=app%3Dmail", ["b", "a"]],
    ["label_selector=app!%3Dmail", ["c"]],
    ["label_selector=app%20in%20(other,mail),app%3D%3Dother", ["c"]],
    ["label_selector=!app", []],
    ["label_selector=app%20notin%20(mail)", ["c"]],
  ])("selects by %s", async (query, names) => {
    const answer = await cloud.hetzner("GET", `/primary_ips?${query}`);
    expect((answer.body.at("primary_ips") as { name: string }[]).map((one) => one.name)).toEqual(names);
  });

  it("refuses an order that it does not know", async () => {
    expect(await refusal("GET", "/primary_ips?sort=colour")).toEqual([422, "invalid_input"]);
    expect(await refusal("GET", "/actions")).toEqual([422, "invalid_input"]);
  });
});

describe("the catalogue", () => {
  it.each([
    ["/locations", "locations", ["fsn1", "nbg1", "hel1", "ash"]],
    ["/locations?name=nbg1", "locations", ["nbg1"]],
    ["/server_types?name=cx23", "server_types", ["cx23"]],
    ["/server_types", "server_types", ["cx23", "cx33", "cax11", "cpx21"]],
    ["/images?architecture=x86&include_deprecated=true&name=debian-13", "images", ["debian-13"]],
    ["/datacenters", "datacenters", ["fsn1-dc2", "nbg1-dc3", "hel1-dc4", "ash-dc1"]],
  ])("answers %s", async (path, key, names) => {
    const answer = await cloud.hetzner("GET", path);
    const found = (answer.body.at(key) as { id: number; name: string }[]).map((one) => one.name);
    expect(found.sort()).toEqual([...names].sort());
    const id = String(answer.body.num(key, 0, "id"));
    expect((await cloud.hetzner("GET", `/${key}/${id}`)).status).toBe(200);
  });

  it("renames in place", async () => {
    const firewall = await cloud.hetzner("POST", "/firewalls", { name: "mail" });
    const id = firewall.body.num("firewall", "id");
    const named = await cloud.hetzner("PUT", `/firewalls/${id}`, { name: "mail2", labels: { a: "b" } });
    expect(named.body.at("firewall")).toMatchObject({ name: "mail2", labels: { a: "b" } });
    const made = await cloud.hetzner("POST", "/servers", ORDER);
    const put = await cloud.hetzner("PUT", `/servers/${made.body.num("server", "id")}`, {
      name: "mx2.example.com",
    });
    expect(put.body.at("server", "name")).toBe("mx2.example.com");
    for (const path of ["/servers/actions", `/servers/${made.body.num("server", "id")}/actions`]) {
      expect(((await cloud.hetzner("GET", path)).body.at("actions") as unknown[]).length).toBe(2);
    }
  });
});
