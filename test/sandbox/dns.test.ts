/**
 * Proves: the sandbox's own "Internet" holds before anything of the product is on it: the signed root validates, zones
 * and reverse names pushed by the drivers answer at once at the authoritative server and then at the resolver, the
 * vendors' names lead to servers with certificates of the sandbox's CA, and nothing leads out.
 * Cannot: what the product's own records are (first/records.ts, first/dnsColumns.ts), or how real resolvers elsewhere treat them.
 */
import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import type { RecordSet } from "../../sandbox/cloud/drivers.ts";
import { createDnsDriver } from "../../sandbox/dns/dnsDriver.ts";
import { addresses, nameServers } from "../../sandbox/groundPlan.ts";
import { run } from "../../sandbox/process/command.ts";
import { waitUntil } from "../../sandbox/process/waitUntil.ts";
import { hetzner } from "../support/vendors.ts";

const authoritative = addresses.authoritative.ipv4;
const resolver = addresses.resolver.ipv4;
const inside = (command: string, ...args: readonly string[]): Promise<string> =>
  run(command, args, { inside: true });
const dig = async (server: string, ...question: readonly string[]): Promise<string> =>
  (await inside("dig", `@${server}`, "+time=3", "+tries=1", ...question)).trim();
const sandboxRun = (...command: readonly string[]): Promise<string> => run("sandbox/run", command);

describe("the resolver", () => {
  test("validates the vendors' names up to the signed root", async () => {
    const answer = await dig(resolver, "api.cloudflare.com", "A");
    expect(answer).toMatch(/flags:[^;]*\bad\b/);
    expect(answer).toMatch(/api\.cloudflare\.com\.\s+\d+\s+IN\s+A\s+203\.0\.113\.4/);
  });

  test("gives a validated NXDOMAIN for a name that nobody has", async () => {
    const answer = await dig(resolver, "nobody-has-this.org", "A");
    expect(answer).toContain("status: NXDOMAIN");
    expect(answer).toMatch(/flags:[^;]*\bad\b/);
  });

  test("answers over IPv6 too", async () => {
    expect(await dig(addresses.resolver.ipv6, "mx.outside.test", "AAAA", "+short")).toBe("2001:db8:203::6");
  });

  test.each([
    ["203.0.113.6", "mx.outside.test."],
    ["2001:db8:203::6", "mx.outside.test."],
  ])("has the reverse name of the outside host's %s", async (address, name) => {
    expect(await dig(resolver, "-x", address, "+short")).toBe(name);
  });
});

describe("the driver", () => {
  const zone = `t${randomBytes(4).toString("hex")}.example`;
  const address = (name: string, rdata: string): RecordSet => ({
    name,
    type: "A",
    ttlSeconds: 60,
    rdata: [rdata],
  });

  afterAll(async () => {
    await createDnsDriver().removeZone(zone);
  });

  test("makes a zone that the authoritative server answers for when the call is done, and delegates it", async () => {
    const driver = createDnsDriver();
    expect(await dig(resolver, zone, "A")).toContain("status: NXDOMAIN");
    const text = { name: zone, type: "TXT", ttlSeconds: 60, rdata: [`"${"a".repeat(255)}" "b;c"`] };
    await driver.setZone(zone, [address(zone, "203.0.113.201"), text], nameServers.cloudflare);
    expect(await dig(authoritative, zone, "A", "+short")).toBe("203.0.113.201");
    // The resolver may hold the answer of a moment ago, for as long as negative answers last (2 s).
    await waitUntil(async () => (await dig(resolver, zone, "A", "+short")) === "203.0.113.201", {
      what: `${zone} at the resolver`,
      timeoutSeconds: 10,
    });
    expect(await dig(resolver, zone, "TXT", "+short")).toBe(`"${"a".repeat(255)}" "b;c"`);
    const servers = (await dig(resolver, zone, "NS", "+short")).split("\n").sort();
    expect(servers).toEqual(["ada.ns.cloudflare.com.", "bob.ns.cloudflare.com."]);
  });

  test("makes the zone hold exactly what the next call says, with a higher serial", async () => {
    const driver = createDnsDriver();
    const serial = async (): Promise<number> =>
      Number((await dig(authoritative, zone, "SOA", "+short")).split(" ")[2]);
    const before = await serial();
    await driver.setZone(zone, [address(`www.${zone}`, "203.0.113.202")], nameServers.cloudflare);
    expect(await dig(authoritative, `www.${zone}`, "A", "+short")).toBe("203.0.113.202");
    expect(await dig(authoritative, zone, "A", "+short")).toBe("");
    expect(await dig(authoritative, zone, "TXT", "+short")).toBe("");
    expect(await serial()).toBeGreaterThan(before);
  });

  test("keeps the old data when the new is refused", async () => {
    const driver = createDnsDriver();
    await expect(
      driver.setZone(zone, [address(`www.${zone}`, "no address")], nameServers.cloudflare),
    ).rejects.toThrow();
    expect(await dig(authoritative, `www.${zone}`, "A", "+short")).toBe("203.0.113.202");
    await driver.setZone(zone, [address(`www.${zone}`, "203.0.113.203")], nameServers.cloudflare);
    expect(await dig(authoritative, `www.${zone}`, "A", "+short")).toBe("203.0.113.203");
  });
});

test.each(["ipv4", "ipv6"] as const)(
  "a reverse name is answered once a vendor has set it: %s",
  async (type) => {
    // By the vendor, who alone writes them: another writer beside it would undo what either has just written.
    const name = `reverse-${randomBytes(4).toString("hex")}`;
    const wanted = { name, type, location: "nbg1", assignee_type: "server", auto_delete: false };
    const made = (await hetzner("primary_ips", "POST", wanted)) as { primary_ip: { id: number; ip: string } };
    const { id } = made.primary_ip;
    const ip = type === "ipv4" ? made.primary_ip.ip : made.primary_ip.ip.replace(/\/64$/, "1");
    await hetzner(`primary_ips/${id}/actions/change_dns_ptr`, "POST", { ip, dns_ptr: `mx.${name}.example` });
    await waitUntil(async () => (await dig(authoritative, "-x", ip, "+short")) === `mx.${name}.example.`, {
      what: `the reverse name of ${ip}`,
      timeoutSeconds: 10,
    });
    await hetzner(`primary_ips/${id}`, "DELETE");
    expect(await dig(authoritative, "-x", ip)).toContain("status: NXDOMAIN");
  },
);

describe("under the vendors' names", () => {
  test.each(["acme-v02.api.letsencrypt.org", "acme-staging-v02.api.letsencrypt.org"])(
    "%s has an ACME directory with its own name in it",
    async (name) => {
      const directory = JSON.parse(
        await sandboxRun("curl", "-sS", "--fail", `https://${name}/directory`),
      ) as {
        newOrder: string;
      };
      expect(directory.newOrder).toMatch(new RegExp(`^https://${name.replaceAll(".", "\\.")}/`));
    },
  );

  test("the images that were pushed are at ghcr.io, by the digest that the push gave", async () => {
    const images = JSON.parse(await sandboxRun("cat", ".sandbox/run/images.json")) as {
      app: { reference: string; digest: string };
    };
    const { reference, digest } = images.app;
    const seen = await sandboxRun("skopeo", "inspect", "--format", "{{.Digest}}", `docker://${reference}`);
    expect(seen.trim()).toBe(digest);
  });

  test("the Debian mirror has a signed index", async () => {
    const index = await sandboxRun(
      "curl",
      "-sS",
      "--fail",
      "http://deb.debian.org/debian/dists/trixie/InRelease",
    );
    expect(index).toContain("-----BEGIN PGP SIGNATURE-----");
  });
});

test("there is no way out", async () => {
  expect(await inside("ip", "route", "show", "default")).toBe("");
  expect(await inside("ip", "-6", "route", "show", "default")).toBe("");
  await expect(inside("bash", "-c", "exec 3<>/dev/tcp/1.1.1.1/443")).rejects.toThrow(/unreachable/);
});
