/**
 * Proves: what is protected stays, with all that it stands on (parents, providers, dependencies, what it dies with), and
 * nothing else; each sort of thing is told in words, components and providers are none.
 * Cannot prove: that the engine keeps the same; the sandbox's teardown does.
 */
import { expect, test } from "vitest";
import { planTeardown, type StandingResource } from "../../../../verify/state/teardown.ts";

const thing = (type: string, name: string, more: Partial<StandingResource> = {}): StandingResource => ({
  ...{ urn: `urn:pulumi:prod::mailstead::${type}::${name}`, type, id: `id-${name}` },
  ...more,
});
const server = thing("hcloud:index/server:Server", "server");
const key = thing("hcloud:index/sshKey:SshKey", "deploy-key");
const provider = thing("pulumi:providers:docker", "docker");
const image = thing("docker:index/remoteImage:RemoteImage", "image-app");
const web = thing("docker:index/container:Container", "web", {
  provider: `${provider.urn}::id`,
  propertyDependencies: { image: [image.urn], name: null },
  deletedWith: server.urn,
});
const record = thing("cloudflare:index/dnsRecord:DnsRecord", "autoconfig", { dependencies: [web.urn] });
const mx = thing("cloudflare:index/dnsRecord:DnsRecord", "apex-mx", { protect: true });
const marker = (protect: boolean): StandingResource => ({
  ...{ urn: "urn:pulumi:prod::mailstead::random:index/randomBytes:RandomBytes::kept-with-server" },
  ...{ id: "a", type: "random:index/randomBytes:RandomBytes", protect, dependencies: [web.urn] },
});

test("with a protected server its containers stay too, and what they need", () => {
  const all = [key, { ...server, protect: true, dependencies: [key.urn] }, provider, image, web, record, mx];
  const { stays, goes, keptIds } = planTeardown([...all, marker(true)]);
  expect(stays.map(({ what, names }) => `${what}: ${names.join(" ")}`)).toEqual([
    "server: server",
    "containers: web",
    "images: image-app",
    "deploy key at Hetzner: deploy-key",
    "DNS records: apex-mx",
  ]);
  expect(goes).toEqual([{ what: "DNS records", names: ["autoconfig"] }]);
  expect(keptIds.has(`${server.type} id-server`)).toBe(true);
});

test("with an open one all of it goes, but what is protected by itself", () => {
  const { stays, goes } = planTeardown([key, server, provider, image, web, record, mx, marker(false)]);
  expect(stays).toEqual([{ what: "DNS records", names: ["apex-mx"] }]);
  expect(goes.map(({ what }) => what)).toEqual([
    "server",
    "containers",
    "images",
    "deploy key at Hetzner",
    "DNS records",
  ]);
});
