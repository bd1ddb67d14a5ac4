/**
 * The ground plan of the sandbox as data: names, addresses, ports and folders (README.md has the same as a table).
 *
 * IPv4 is TEST-NET-3 (RFC 5737), IPv6 the documentation prefix (RFC 3849): inside the namespace they stand for the
 * public Internet, outside of it they lead nowhere.
 */

import { join, resolve } from "node:path";

/**
 * Name of the network namespace, and the first part of every cgroup's name. With another one in `SANDBOX_NAME`, two
 * checkouts can have a sandbox each at the same time.
 */
export const namespace = process.env["SANDBOX_NAME"] ?? "mailstead";
/** What `nsenter --net=` wants. */
export const namespaceFile = `/run/netns/${namespace}`;
export const bridge = "br-mailstead";
/** Fixed, or the bridge would change its address with every server that comes or goes. */
export const bridgeMac = "02:6d:73:00:00:01";

/** Addresses with a meaning; servers get `203.0.113.10` and up, and `2001:db8:a:N::1`. */
export const addresses = {
  gateway: { ipv4: "203.0.113.1", ipv6: "2001:db8:203::1", linkLocal: "fe80::1" },
  resolver: { ipv4: "203.0.113.2", ipv6: "2001:db8:203::2" },
  authoritative: { ipv4: "203.0.113.3", ipv6: "2001:db8:203::3" },
  front: { ipv4: "203.0.113.4" },
  debianMirror: { ipv4: "203.0.113.5" },
  outside: { ipv4: "203.0.113.6", ipv6: "2001:db8:203::6" },
} as const;

/** Prefix lengths on the bridge, and the net that the servers' /64s are cut from. */
export const nets = {
  ipv4: "203.0.113.0/24",
  ipv6: "2001:db8:203::/64",
  servers: "2001:db8:a::/48",
} as const;

/** Ports of the backends on the namespace's 127.0.0.1. */
export const ports = {
  hetzner: 8101,
  cloudflare: 8102,
  outsideControl: 8103,
  digitalocean: 8104,
  plugins: 8105,
  registry: 5000,
  registryGate: 5001,
  acme: 14000,
  acmeManagement: 15000,
  objects: 7070,
} as const;

/** Names that the TLS front answers for, with the backend behind each. */
export const frontNames = {
  "api.hetzner.cloud": ports.hetzner,
  "api.cloudflare.com": ports.cloudflare,
  "api.digitalocean.com": ports.digitalocean,
  "ghcr.io": ports.registryGate,
  "pkg-containers.githubusercontent.com": ports.registryGate,
  "registry-1.docker.io": ports.registryGate,
  "auth.docker.io": ports.registryGate,
  "production.cloudflare.docker.com": ports.registryGate,
  "acme-v02.api.letsencrypt.org": ports.acme,
  "acme-staging-v02.api.letsencrypt.org": ports.acme,
  "nbg1.your-objectstorage.com": ports.objects,
} as const;

/** Names of the Debian mirror, plain HTTP. */
export const mirrorNames = ["deb.debian.org", "security.debian.org"] as const;

/** Mail hosts of large providers, which hosts try to reach on port 25: the outside mail host stands for them. */
export const foreignMailHosts = ["gmail-smtp-in.l.google.com", "mx-aol.mail.gm0.yahoodns.net"] as const;

/** Name servers of the zones that a vendor's API makes, as the vendor names them. All are the same knot. */
export const nameServers = {
  cloudflare: ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
  hetzner: ["hydrogen.ns.hetzner.com", "oxygen.ns.hetzner.com", "helium.ns.hetzner.de"],
  digitalocean: ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"],
} as const;

/** Zones that a vendor's account has from the start, as one who has moved his domains there. */
export const vendorZones = {
  cloudflare: ["example.com", "example.net", "living.example", "second.example", "broken.example"],
  hetzner: ["example.edu", "example.co.uk", "imported.example"],
  digitalocean: ["example.org", "imported.test", "fresh.example"],
} as const;

/** The domain and the mail host of the world outside. */
export const outside = { domain: "outside.test", host: "mx.outside.test" } as const;

/** The S3 server's bucket, as the stack's owner has made it at the vendor. */
export const bucket = "mailstead";

/** Root of the repository. */
export const repository = resolve(import.meta.dirname, "..");
/** Everything the sandbox keeps. */
export const home = join(repository, ".sandbox");

/** What is costly to make; `make clean` removes it. */
export const cacheDir = join(home, "cache");
/** One sandbox; `down` removes it whole. */
export const runDir = join(home, "run");

/** The stack of the sandbox. */
export const stack = "dev";
/** What the program keeps beside the project for `ssh` to the sandbox's server, a private key among it; `down` removes it. */
export const stackDir = join(repository, ".mailstead", stack);

/** Files and folders of one sandbox. */
export const paths = {
  caDir: join(runDir, "ca"),
  /** Certificate of the sandbox's CA, PEM. */
  caCertificate: join(runDir, "ca", "ca.pem"),
  /** The CA's key, 0600. */
  caKey: join(runDir, "ca", "ca.key"),
  /** Root of the ACME server's certificates, PEM; a new one each time that pebble starts. */
  acmeRoot: join(runDir, "ca", "acme-root.pem"),
  /** Both of the above: what a client on this "Internet" trusts. */
  trust: join(runDir, "ca", "trust.pem"),
  resolvConf: join(runDir, "resolv.conf"),
  /** Bash file that `./sandbox/run` sources. */
  env: join(runDir, "env"),
  dnsDir: join(runDir, "dns"),
  frontDir: join(runDir, "front"),
  acmeDir: join(runDir, "acme"),
  aptDir: join(runDir, "apt"),
  registryDir: join(runDir, "registry"),
  objectsDir: join(runDir, "objects"),
  /** The S3 server's data: a folder a bucket, a plain file an object, which tests may look at, spoil or remove. */
  objectsData: join(runDir, "objects", "data"),
  /** Keys of the S3 server's root account, 0600; in no environment of users, for who needs them to take. */
  objectsKeys: { id: join(runDir, "objects", "access-key"), secret: join(runDir, "objects", "secret-key") },
  cloudDir: join(runDir, "cloud"),
  hostsDir: join(runDir, "hosts"),
  outsideDir: join(runDir, "outside"),
  pulumiDir: join(runDir, "pulumi"),
  logsDir: join(runDir, "logs"),
  pidsDir: join(runDir, "pids"),
  /** Token of the Hetzner API, 64 characters, 0600. */
  hetznerToken: join(runDir, "cloud", "hetzner.token"),
  /** Token of the Cloudflare API, 40 characters, 0600. */
  cloudflareToken: join(runDir, "cloud", "cloudflare.token"),
  /** Token of the DigitalOcean API, `dop_v1_` and 64 hexadecimal digits, 0600. */
  digitaloceanToken: join(runDir, "cloud", "digitalocean.token"),
  /** Tokens of another customer, who has none of the sandbox's zones; in no environment, for tests to take. */
  otherTokens: {
    hetzner: join(runDir, "cloud", "other-hetzner.token"),
    cloudflare: join(runDir, "cloud", "other-cloudflare.token"),
    digitalocean: join(runDir, "cloud", "other-digitalocean.token"),
  },
} as const;

/** Port that a service's own process finds its siblings on: `127.0.0.1:PORT`. */
export function loopback(port: number): string {
  return `127.0.0.1:${port}`;
}
