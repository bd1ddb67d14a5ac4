/**
 * Proves: what a host is told of its network, how its cable is named, and the rules that its firewall becomes, as text.
 * Cannot prove: that cloud-init and nft read them so; test/sandbox/hosts.test.ts boots a host for that.
 */
import { describe, expect, it } from "vitest";
import { inboundRules, port25Rules } from "../../../../sandbox/hosts/firewall.ts";
import { linkName } from "../../../../sandbox/hosts/machine.ts";
import { sourcesList } from "../../../../sandbox/hosts/mirror.ts";
import { firstAddress, networkConfig } from "../../../../sandbox/hosts/seed.ts";

const GROUND = {
  gateway4: "203.0.113.1",
  gateway6: "fe80::1",
  resolvers: ["203.0.113.2", "2001:db8:203::2"],
};

const host0 = (spec: { ipv4?: string; ipv6Base?: string }): unknown =>
  (JSON.parse(networkConfig(spec, GROUND)) as { ethernets: { host0: unknown } }).ethernets.host0;

describe("network-config", () => {
  it("gives both families with their routers", () => {
    expect(host0({ ipv4: "203.0.113.10", ipv6Base: "2001:db8:a:1::" })).toEqual({
      dhcp4: false,
      dhcp6: false,
      "accept-ra": false,
      addresses: ["203.0.113.10/24", "2001:db8:a:1::1/64"],
      routes: [
        { to: "0.0.0.0/0", via: "203.0.113.1" },
        { to: "::/0", via: "fe80::1" },
      ],
      nameservers: { addresses: GROUND.resolvers },
    });
  });

  it("gives a server with one family no route of the other", () => {
    expect(host0({ ipv6Base: "2001:db8:a:1::" })).toMatchObject({
      addresses: ["2001:db8:a:1::1/64"],
      routes: [{ to: "::/0", via: "fe80::1" }],
    });
    expect(host0({ ipv4: "203.0.113.10" })).toMatchObject({
      routes: [{ to: "0.0.0.0/0", via: "203.0.113.1" }],
    });
  });

  it("takes the base of a /64 with or without its length", () => {
    expect(firstAddress("2001:db8:a:1::/64")).toBe("2001:db8:a:1::1");
  });
});

describe("the cable's name", () => {
  it("is the key where the kernel's 15 characters allow, else a digest that tells keys apart", () => {
    expect(linkName("server-42")).toBe("vb-server-42");
    const names = ["server-1234567", "server-1234568", "Server_42"].map(linkName);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^vb-[a-z0-9-]{1,12}$/);
  });
});

describe("firewall rules", () => {
  const rules = inboundRules("vb-server-42", [
    { protocol: "tcp", port: "80-85", sources: ["0.0.0.0/0", "2001:db8:203::/64"] },
    { protocol: "udp", sources: ["::/0"] },
    { protocol: "icmp", sources: ["203.0.113.0/24", "::/0"] },
  ]).split("\n");
  const accepts = rules.map((line) => line.trim()).filter((line) => line.startsWith("meta protocol ip"));

  it("become one line a source, each bound to its family", () => {
    expect(accepts).toEqual([
      "meta protocol ip tcp dport 80-85 accept",
      "meta protocol ip6 ip6 saddr 2001:db8:203::/64 tcp dport 80-85 accept",
      "meta protocol ip6 meta l4proto udp accept",
      "meta protocol ip ip saddr 203.0.113.0/24 icmp type echo-request accept",
      "meta protocol ip6 icmpv6 type echo-request accept",
    ]);
  });

  it("end in a drop, in a table that replaces the one before", () => {
    expect(rules.slice(0, 2)).toEqual([
      "table bridge inbound_vb_server_42 {}",
      "delete table bridge inbound_vb_server_42",
    ]);
    expect(rules.slice(-4)).toEqual(["    drop", "  }", "}", ""]);
  });

  it("let nothing in where a firewall without rules is attached, and everything where none is", () => {
    expect(inboundRules("vb-a", [])).toContain("drop");
    expect(inboundRules("vb-a", undefined)).toBe(
      "table bridge inbound_vb_a {}\ndelete table bridge inbound_vb_a\n",
    );
  });

  it("block port 25 for the families named, and leave no table for none", () => {
    expect(port25Rules("vb-a", ["ipv6"])).toContain('iifname "vb-a" meta protocol ip6 tcp dport 25 drop');
    expect(port25Rules("vb-a", ["ipv6"])).not.toContain("meta protocol ip tcp");
    expect(port25Rules("vb-a", [])).not.toContain("drop");
  });
});

it("names the three suites of Debian 13 on the machine's own mirrors", () => {
  const mirror = { main: "http://mirror.test/debian", security: "http://mirror.test/debian-security" };
  expect(sourcesList(mirror, "/k.gpg")).toBe(
    "deb [signed-by=/k.gpg] http://mirror.test/debian trixie main\n" +
      "deb [signed-by=/k.gpg] http://mirror.test/debian trixie-updates main\n" +
      "deb [signed-by=/k.gpg] http://mirror.test/debian-security trixie-security main\n",
  );
});
