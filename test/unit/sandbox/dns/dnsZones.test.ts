/**
 * Proves: the zone files say what the sandbox's names stand for, and refuse what would break or leave a zone; reverse
 * names are as RFC 1035 and RFC 3596 write them.
 * Cannot: that knot takes the files and the resolver answers (test/sandbox/dns.test.ts).
 */
import { describe, expect, test } from "vitest";
import { reverseName } from "../../../../sandbox/dns/reverseName.ts";
import {
  nameServersIn,
  outsideZone,
  renderZoneFile,
  reverseZoneContents,
  rootZone,
} from "../../../../sandbox/dns/zoneFile.ts";

describe("reverse names", () => {
  test.each([
    ["203.0.113.6", "6.113.0.203.in-addr.arpa"],
    ["2001:db8:a:1::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.a.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"],
    ["2001:DB8::", "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"],
    ["::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa"],
  ])("%s", (address, name) => {
    expect(reverseName(address)).toBe(name);
  });

  test.each(["203.0.113", "example.com", "fe80::1%eth0", "::ffff:203.0.113.1"])("refuses %s", (address) => {
    expect(() => reverseName(address)).toThrow("is not an IP address");
  });
});

describe("zone files", () => {
  const render = (name: string, type: string, rdata: string): string =>
    renderZoneFile({
      zone: "example.com",
      nameServers: ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
      sets: [{ name, type, ttlSeconds: 60, rdata: [rdata] }],
    });

  test("hold SOA, NS and the sets, all names absolute", () => {
    expect(render("_dmarc.example.com", "TXT", '"v=DMARC1; p=none"')).toBe(
      [
        "example.com. 3600 SOA ada.ns.cloudflare.com. hostmaster.sandbox.test. 1 3600 600 604800 60",
        "example.com. 3600 NS ada.ns.cloudflare.com.",
        "example.com. 3600 NS bob.ns.cloudflare.com.",
        '_dmarc.example.com. 60 TXT "v=DMARC1; p=none"',
        "",
      ].join("\n"),
    );
  });

  test.each([
    ["a name of another zone", "example.net", "A", "203.0.113.9"],
    ["a name that only ends alike", "notexample.com", "A", "203.0.113.9"],
    ["an SOA", "example.com", "SOA", "a. b. 1 1 1 1 1"],
    ["the zone's own NS", "example.com", "NS", "ns.example.net."],
    ["a line break", "www.example.com", "TXT", '"a"\nwww A 203.0.113.9'],
    ["a comment outside of quotes", "www.example.com", "TXT", '"a" ; b'],
    ["a bracket that goes on in the next line", "www.example.com", "TXT", '"a" ( "b"'],
  ])("refuse %s", (_, name, type, rdata) => {
    expect(() => render(name, type, rdata)).toThrow(name);
  });

  test("take a delegation below the apex", () => {
    expect(render("sub.example.com", "NS", "ns.example.net.")).toContain(
      "sub.example.com. 60 NS ns.example.net.",
    );
  });
});

test("a zone file tells the servers of its zone, not those of a delegation below", () => {
  const nameServers = ["ns1.example.net", "ns2.example.net"];
  const sets = [{ name: "sub.example.com", type: "NS", ttlSeconds: 60, rdata: ["ns.example.org."] }];
  const text = renderZoneFile({ zone: "example.com", nameServers, sets });
  expect(nameServersIn("example.com", text)).toEqual(nameServers);
  for (const content of [outsideZone(), ...reverseZoneContents({})]) {
    expect(nameServersIn(content.zone, renderZoneFile(content))).toEqual(content.nameServers);
  }
});

describe("the sandbox's own zones", () => {
  test("the root delegates zones, but not what lies in one of them", () => {
    const servers = ["ada.ns.cloudflare.com"];
    const root = rootZone([
      { zone: "example.com", nameServers: servers },
      { zone: "mail.example.com", nameServers: servers },
      { zone: "notexample.com", nameServers: servers },
    ]);
    const delegated = root.sets.filter((set) => set.type === "NS").map((set) => set.name);
    expect(delegated).toEqual(["example.com", "notexample.com"]);
  });

  test("the root takes in what somebody adds by hand, which outlives that it is written anew", () => {
    const lines = (zones: Parameters<typeof rootZone>[0]): string[] =>
      renderZoneFile(rootZone(zones)).split("\n");
    expect(lines([]).at(-2)).toBe("$INCLUDE root.additions");
    expect(lines([{ zone: "example.com", nameServers: ["ns.example.net"] }]).at(-2)).toBe(
      "$INCLUDE root.additions",
    );
  });

  test("the root has every vendor's name", () => {
    const names = rootZone([]).sets.map((set) => `${set.name} ${set.type} ${set.rdata.join()}`);
    expect(names).toContain("api.hetzner.cloud A 203.0.113.4");
    expect(names).toContain("security.debian.org A 203.0.113.5");
    expect(names).toContain("ada.ns.cloudflare.com AAAA 2001:db8:203::3");
  });

  test("the outside domain has MX, SPF and DMARC", () => {
    const text = renderZoneFile(outsideZone());
    expect(text).toContain("outside.test. 300 MX 10 mx.outside.test.\n");
    expect(text).toContain('outside.test. 300 TXT "v=spf1 mx -all"\n');
    expect(text).toContain('_dmarc.outside.test. 300 TXT "v=DMARC1; p=reject"\n');
  });

  test("reverse names go to the zone of their family, strangers are refused", () => {
    const [ipv4, ipv6] = reverseZoneContents({ "203.0.113.6": "a.test", "2001:db8::6": "b.test" });
    expect(ipv4?.sets.map((set) => set.rdata)).toEqual([["a.test."]]);
    expect(ipv6?.sets.map((set) => set.rdata)).toEqual([["b.test."]]);
    expect(() => reverseZoneContents({ "192.0.2.1": "c.test" })).toThrow("192.0.2.1");
  });
});
