// Proves: servers, their addresses, firewalls and reverse names live and die as Hetzner's API documents, every answer
// validates against the published schema (where it is at hand), and the drivers are told what must be so.
// Cannot prove: that the real API's texts are the same, or that a machine boots.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Started, started } from "./startedCloud.ts";

let cloud: Started;
beforeEach(async () => {
  cloud = await started();
});
afterEach(() => cloud.close());

const KEY = `ssh-ed25519 ${Buffer.concat([Buffer.from("0000000b", "hex"), Buffer.from("ssh-ed25519"), Buffer.from("00000020", "hex"), Buffer.alloc(32, 7)]).toString("base64")} mail`;
const ANY = ["0.0.0.0/0", "::/0"];

async function address(type: "ipv4" | "ipv6", more: Record<string, unknown> = {}): Promise<number> {
  const body = {
    name: `mail-${type}`,
    type,
    auto_delete: false,
    labels: { app: "mail" },
    location: "nbg1",
    ...more,
  };
  const answer = await cloud.hetzner("POST", "/primary_ips", body);
  expect(answer.status).toBe(201);
  return answer.body.num("primary_ip", "id");
}

async function server(more: Record<string, unknown> = {}) {
  const body = { name: "mx.example.com", server_type: "cx23", image: 310557660, location: "nbg1", ...more };
  return cloud.hetzner("POST", "/servers", body);
}

async function running(more: Record<string, unknown> = {}): Promise<number> {
  const answer = await server(more);
  expect(answer.status).toBe(201);
  const action = await cloud.ended(answer.body.num("action", "id"));
  expect(action).toMatchObject({ status: "success", command: "create_server", progress: 100 });
  return answer.body.num("server", "id");
}

describe("the life that the plugin gives a server", () => {
  it("makes key, addresses, firewall and server in the plugin's order and words", async () => {
    const key = await cloud.hetzner("POST", "/ssh_keys", {
      name: "mail-key",
      public_key: `${KEY}\n`,
      labels: {},
    });
    expect(key.body.at("ssh_key", "public_key")).toBe(KEY);
    const [v4, v6] = [await address("ipv4"), await address("ipv6")];
    const rules = [
      { direction: "in", source_ips: ANY, protocol: "tcp", port: "25", description: "tcp 25" },
      { direction: "in", source_ips: ANY, protocol: "icmp" },
    ];
    const firewall = await cloud.hetzner("POST", "/firewalls", { name: "mail", labels: {}, rules });
    const answer = await server({
      ssh_keys: [key.body.num("ssh_key", "id")],
      user_data: "#cloud-config\n",
      labels: { generation: "1" },
      firewalls: [{ firewall: firewall.body.num("firewall", "id") }],
      public_net: { enable_ipv4: true, enable_ipv6: true, ipv4: v4, ipv6: v6 },
    });
    expect(answer.body.at("server", "status")).toBe("initializing");
    const ids = [answer.body.num("action", "id"), answer.body.num("next_actions", 0, "id")];
    for (const id of ids) expect((await cloud.ended(id))["status"]).toBe("success");
    const poll = await cloud.hetzner("GET", `/actions?id=${ids[0]}&id=${ids[1]}&page=1&sort=status&sort=id`);
    expect((poll.body.at("actions") as unknown[]).length).toBe(2);
    const shown = await cloud.hetzner("GET", `/servers/${String(answer.body.num("server", "id"))}`);
    expect(shown.body.at("server")).toMatchObject({
      status: "running",
      public_net: {
        ipv4: { id: v4, ip: "203.0.113.10", dns_ptr: "static.10.113.0.203.clients.your-server.de" },
        ipv6: { id: v6, ip: "2001:db8:a:1::/64", dns_ptr: [] },
      },
    });
    expect(cloud.hosts.machines.get("server-4001")?.spec).toEqual({
      key: "server-4001",
      name: "mx.example.com",
      image: "debian-13",
      userData: "#cloud-config\n",
      ipv4: "203.0.113.10",
      ipv6Base: "2001:db8:a:1::",
    });
    expect(cloud.hosts.firewalls.get("server-4001")).toEqual([
      { protocol: "tcp", port: "25", sources: ANY },
      { protocol: "icmp", sources: ANY },
    ]);
  });

  it("keeps the addresses when the server is replaced", async () => {
    const [ipv4, ipv6] = [await address("ipv4"), await address("ipv6")];
    const first = await running({ public_net: { ipv4, ipv6 } });
    const gone = await cloud.hetzner("DELETE", `/servers/${first}`);
    expect(gone.status).toBe(200);
    expect((await cloud.ended(gone.body.num("action", "id")))["status"]).toBe("success");
    expect((await cloud.hetzner("GET", `/servers/${first}`)).status).toBe(404);
    expect(
      (await cloud.hetzner("GET", `/primary_ips/${ipv4}`)).body.at("primary_ip", "assignee_id"),
    ).toBeNull();
    const second = await running({ public_net: { ipv4, ipv6 } });
    expect(cloud.hosts.machines.get(`server-${second}`)?.spec.ipv4).toBe("203.0.113.10");
    expect([...cloud.hosts.machines.keys()]).toEqual([`server-${second}`]);
  });

  it("makes and removes automatic addresses with the server, and gives no released one out again", async () => {
    const first = await running();
    expect((await cloud.hetzner("GET", "/primary_ips")).body.at("meta", "pagination", "total_entries")).toBe(
      2,
    );
    const gone = await cloud.hetzner("DELETE", `/servers/${first}`);
    await cloud.ended(gone.body.num("action", "id"));
    expect((await cloud.hetzner("GET", "/primary_ips")).body.at("meta", "pagination", "total_entries")).toBe(
      0,
    );
    expect(cloud.dns.reverse.size).toBe(0);
    const second = await running();
    expect(cloud.hosts.machines.get(`server-${second}`)?.spec.ipv4).toBe("203.0.113.11");
  });

  it("switches the machine and changes the type only while it is off", async () => {
    const id = await running();
    const type = { server_type: "cx33", upgrade_disk: true };
    const refused = await cloud.hetzner("POST", `/servers/${id}/actions/change_type`, type);
    expect([refused.status, refused.body.at("error", "code")]).toEqual([422, "server_not_stopped"]);
    for (const how of ["reboot", "reset", "shutdown", "poweron", "poweroff"]) {
      const answer = await cloud.hetzner("POST", `/servers/${id}/actions/${how}`);
      expect((await cloud.ended(answer.body.num("action", "id")))["status"]).toBe("success");
    }
    expect((await cloud.hetzner("GET", `/servers/${id}`)).body.at("server", "status")).toBe("off");
    expect((await cloud.hetzner("POST", `/servers/${id}/actions/change_type`, type)).status).toBe(201);
    const back = await cloud.hetzner("POST", `/servers/${id}/actions/change_type`, {
      ...type,
      server_type: "cx23",
    });
    expect([back.status, back.body.at("error", "code")]).toEqual([422, "invalid_server_type"]);
    expect(cloud.hosts.machines.get(`server-${id}`)?.running).toBe(false);
  });

  it("shows a machine that went down by itself as off", async () => {
    const id = await running();
    const machine = cloud.hosts.machines.get(`server-${id}`);
    if (machine !== undefined) machine.running = false;
    expect((await cloud.hetzner("GET", `/servers/${id}`)).body.at("server", "status")).toBe("off");
  });

  it("ends the action with the cause when the machine cannot be made", async () => {
    const answer = await server({ image: "ubuntu-24.04" });
    const action = await cloud.ended(answer.body.num("action", "id"));
    expect(action["status"]).toBe("error");
    expect(action["error"]).toEqual({
      code: "action_failed",
      message: "image ubuntu-24.04 does not boot here",
    });
    expect((await cloud.ended(answer.body.num("next_actions", 0, "id")))["status"]).toBe("error");
  });
});

describe("reverse names", () => {
  it("sets and resets them for both families", async () => {
    const [v4, v6] = [await address("ipv4"), await address("ipv6")];
    for (const [id, ip] of [
      [v4, "203.0.113.10"],
      [v6, "2001:db8:a:1::1"],
    ]) {
      const path = `/primary_ips/${id}/actions/change_dns_ptr`;
      const set = await cloud.hetzner("POST", path, { ip, dns_ptr: "mx.example.com" });
      expect(set.status).toBe(201);
      await cloud.ended(set.body.num("action", "id"));
      expect(cloud.dns.reverse.get(String(ip))).toBe("mx.example.com");
      const shown = await cloud.hetzner("GET", `/primary_ips/${id}`);
      expect(shown.body.at("primary_ip", "dns_ptr")).toEqual([{ ip, dns_ptr: "mx.example.com" }]);
      const reset = await cloud.hetzner("POST", path, { ip, dns_ptr: null });
      await cloud.ended(reset.body.num("action", "id"));
    }
    expect(cloud.dns.reverse.get("203.0.113.10")).toBe("static.10.113.0.203.clients.your-server.de");
    expect(cloud.dns.reverse.has("2001:db8:a:1::1")).toBe(false);
  });

  it("refuses an address of someone else and a name that is none", async () => {
    const v6 = await address("ipv6");
    const path = `/primary_ips/${v6}/actions/change_dns_ptr`;
    for (const body of [
      { ip: "2001:db8:a:2::1", dns_ptr: "mx.example.com" },
      { ip: "2001:db8:a:1::1", dns_ptr: "not a name" },
    ]) {
      const answer = await cloud.hetzner("POST", path, body);
      expect([answer.status, answer.body.at("error", "code")]).toEqual([422, "invalid_input"]);
    }
  });
});

describe("firewalls", () => {
  it("brings changed rules, the union of several, and none at all to the machine", async () => {
    const id = await running();
    const rule = (port: string) => ({
      direction: "in",
      protocol: "tcp",
      port,
      source_ips: ["198.51.100.0/24"],
    });
    const made = await Promise.all(
      ["22", "25"].map((port) =>
        cloud.hetzner("POST", "/firewalls", { name: `p${port}`, rules: [rule(port)] }),
      ),
    );
    const ids = made.map((answer) => answer.body.num("firewall", "id"));
    const resource = [{ type: "server", server: { id } }];
    for (const one of ids) {
      const answer = await cloud.hetzner("POST", `/firewalls/${one}/actions/apply_to_resources`, {
        apply_to: resource,
      });
      await cloud.ended(answer.body.num("actions", 0, "id"));
    }
    const key = `server-${id}`;
    expect(
      cloud.hosts.firewalls
        .get(key)
        ?.map((one) => one.port)
        .sort(),
    ).toEqual(["22", "25"]);
    const twice = await cloud.hetzner("POST", `/firewalls/${ids[0]}/actions/apply_to_resources`, {
      apply_to: resource,
    });
    expect([twice.status, twice.body.at("error", "code")]).toEqual([422, "firewall_already_applied"]);
    const used = await cloud.hetzner("DELETE", `/firewalls/${ids[0]}`);
    expect([used.status, used.body.at("error", "code")]).toEqual([422, "resource_in_use"]);
    const set = await cloud.hetzner("POST", `/firewalls/${ids[0]}/actions/set_rules`, { rules: [] });
    for (const action of set.body.at("actions") as { id: number }[]) await cloud.ended(action.id);
    expect(cloud.hosts.firewalls.get(key)?.map((one) => one.port)).toEqual(["25"]);
    for (const one of ids) {
      const path = `/firewalls/${one}/actions/remove_from_resources`;
      const answer = await cloud.hetzner("POST", path, { remove_from: resource });
      await cloud.ended(answer.body.num("actions", 0, "id"));
      expect((await cloud.hetzner("DELETE", `/firewalls/${one}`)).status).toBe(204);
    }
    expect(cloud.hosts.firewalls.get(key)).toBeUndefined();
  });

  it.each([
    ["host bits", { source_ips: ["198.51.100.7/24"] }, "rules.0.source_ips.0"],
    ["no source", { source_ips: [] }, "rules.0.source_ips"],
    ["no port", { port: undefined }, "rules.0.port"],
    ["a port too high", { port: "70000" }, "rules.0.port"],
    ["a port for icmp", { protocol: "icmp" }, "rules.0.port"],
    ["an unknown protocol", { protocol: "sctp" }, "rules.0.protocol"],
  ])("refuses %s", async (_, change, field) => {
    const rule = { direction: "in", protocol: "tcp", port: "25", source_ips: ANY, ...change };
    const answer = await cloud.hetzner("POST", "/firewalls", { name: "bad", rules: [rule] });
    expect(answer.status).toBe(422);
    expect(answer.body.at("error", "details", "fields", 0, "name")).toBe(field);
  });
});
