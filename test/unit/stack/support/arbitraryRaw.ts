/** Random valid configurations. */
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { dkimKey, rawWith, sshPublicKey, type SshKeyKind } from "./validRaw.ts";
import type { Raw } from "./validRaw.ts";

const KEYS = [dkimKey(2048), dkimKey(2048)];

const label = fc
  .stringMatching(/^[a-z0-9]([a-z0-9-]{0,12}[a-z0-9])?$/)
  .filter((text) => !text.startsWith("xn--"));
const host = fc
  .array(label, { minLength: 1, maxLength: 3 })
  .map((labels) => `${labels.join(".")}.example.net`);
const role = fc.stringMatching(/^own-[a-z]{1,8}(-[a-z0-9]{1,4})?$/);
const ttl = fc.constantFrom<number | "auto" | undefined>("auto", 60, 3600, 86400, undefined);

/** Texts with everything that a zone file must escape. */
const text = fc
  .array(fc.constantFrom('"', "\\", ";", " ", "a", "=", "(", "é", "字", "$", "@", "x".repeat(200)), {
    minLength: 1,
    maxLength: 8,
  })
  .map((pieces) => pieces.join(""))
  .filter((value) => !/^"[\s\S]*"$/.test(value));

const network4 = fc
  .tuple(fc.integer({ min: 1, max: 223 }), fc.integer({ min: 0, max: 255 }))
  .map(([first, second]) => `${first}.${second}.0.0/16`);
const network6 = fc.integer({ min: 1, max: 0xffff }).map((part) => `2001:db8:${part.toString(16)}::/48`);

/** One at least that the deploy may come from. */
const adminNetworks = fc
  .uniqueArray(fc.oneof(network4, network6), { maxLength: 4 })
  .map((more) => [...new Set(["203.0.113.0/24", ...more])]);

/** A public key of a kind in use, with a comment that YAML must not take for anything else. */
const adminKey = fc
  .tuple(
    fc.constantFrom<SshKeyKind>("ed25519", "rsa-2048", "rsa-4096", "rsa-4096"),
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.array(
      fc.constantFrom(
        "you@laptop",
        '"',
        "'",
        ": ",
        " #",
        "\\",
        "é字",
        "- ",
        "=",
        "<<",
        "\u00a0",
        "\u00ad",
        "%",
      ),
      {
        maxLength: 4,
      },
    ),
  )
  .map(([kind, seed, comment]) => `${sshPublicKey(kind, seed)} ${comment.join("")}`.trim());

/** Fewer keys would not make a fault clearer, and to try them all takes minutes. */
const adminKeys = fc.noShrink(
  fc.uniqueArray(adminKey, { maxLength: 12, size: "max", selector: (line) => line.split(" ")[1] }),
);

/** Addresses that can be reached from outside; others earn a warning. */
function isPublic(address: string): boolean {
  return ["unicast", "reserved"].includes(ipaddr.parse(address).range());
}

const value = fc.oneof(
  fc.record({ type: fc.constant("A"), address: fc.ipV4().filter(isPublic) }),
  fc.record({
    type: fc.constant("AAAA"),
    address: fc.ipV6().filter((address) => !address.includes(".") && isPublic(address)),
  }),
  fc.record({ type: fc.constant("TXT"), text }),
  fc.record({ type: fc.constant("MX"), priority: fc.nat(65535), exchange: host }),
  fc.record({
    type: fc.constant("SRV"),
    priority: fc.nat(65535),
    weight: fc.nat(65535),
    port: fc.nat(65535),
    target: host,
  }),
  fc.record({
    type: fc.constant("CAA"),
    flags: fc.constantFrom(0, 128),
    tag: fc.constantFrom("issue", "issuewild"),
    value: host,
  }),
  fc.record({ type: fc.constant("NS"), target: host }),
);

/** Records of the owner's: each at a name of its own, so none can clash with another. */
const records = fc.array(fc.tuple(role, value, ttl), { maxLength: 6 }).map((rows) =>
  rows.map(([name, fields, ttlSeconds], index) => ({
    ...fields,
    role: `${name}-${index}`,
    name: fields.type === "SRV" ? `_own${index}._tcp` : `own${index}`,
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
  })),
);

const domain = fc
  .tuple(
    fc.array(label, { maxLength: 3 }),
    fc.constantFrom("example.com", "example.co.uk", "müller.de", "例え.jp"),
    fc.boolean(),
  )
  .map(([labels, base, dot]) => `${[...labels, base].join(".")}${dot ? "." : ""}`);

const certificates = fc.oneof(
  fc.constant({ method: "dns-01", propagationSeconds: 5 }),
  fc.constant({ method: "http-01", directory: "https://acme.example.net/directory" }),
  fc
    .array(fc.stringMatching(/^[A-Za-z0-9_-]{43}$/), { maxLength: 2 })
    .filter((values) => new Set(values).size === values.length)
    .map((acmeChallenges) => ({ method: "manual", acmeChallenges })),
);

const dmarc = fc.record(
  {
    policy: fc.constantFrom("none", "quarantine-test", "quarantine", "reject-test", "reject"),
    subdomains: fc.constantFrom("none", "quarantine", "reject"),
    nonexistent: fc.constantFrom("none", "quarantine", "reject"),
    dkimAlignment: fc.constantFrom("relaxed", "strict"),
    spfAlignment: fc.constantFrom("relaxed", "strict"),
  },
  { requiredKeys: ["policy"] },
);

/** Rules that leave records to others. */
const ignore = fc.array(
  fc.record(
    {
      name: fc.constantFrom("*.shop", "@", "blog?", "\\*.old", "www.example.com"),
      types: fc.constantFrom(["A"], ["cname", "TXT"]),
      target: fc.constantFrom("192.0.2.*", "*google*"),
      reason: fc.constant("somebody else's"),
    },
    { requiredKeys: ["name"] },
  ),
  { maxLength: 3 },
);

/** Senders beside the server, few enough for the look-ups that receivers make. */
const mechanisms = fc.uniqueArray(
  fc.oneof(
    host.map((name) => `include:${name}`),
    fc.ipV4().map((address) => `ip4:${address}`),
    fc.constantFrom("mx", "?exists:%{i}.example.org", "ip6:2001:db8::/32", "a:out.example.net//64"),
  ),
  { maxLength: 5 },
);

/** Switches of the further records. */
const further = {
  "dns.tlsReports": fc.constantFrom(
    undefined,
    "o'neil+tls@example.org",
    "https://tls.example.org/report?to=me",
  ),
  "dns.mtaSts": fc.record({
    mode: fc.constantFrom("off", "testing", "enforce", "none"),
    maxAgeSeconds: fc.integer({ min: 86_400, max: 31_557_600 }),
  }),
  "dns.caa": fc.record({
    enabled: fc.boolean(),
    report: fc.constantFrom(undefined, "ops@example.org", "https://caa.example.org/report"),
  }),
  "dns.services": fc.boolean(),
  "dns.autoconfig": fc.boolean(),
  "dns.autodiscover": fc.boolean(),
  "dns.heloSpf": fc.boolean(),
  "dns.nullMx": fc.boolean(),
  "dns.spf": fc.record({ mechanisms }),
  "dns.ignore": ignore,
  drift: fc.constantFrom("warn", "error", "off", undefined),
};

/** The provider, where it takes what is asked of it. */
function fittingProvider(changes: Raw): unknown {
  const { "dns.provider": provider, certificates, "dns.records": own, "server.image": image } = changes;
  const { method } = certificates as { method: string };
  const texts = (own as { text?: string }[]).map(({ text = "" }) => Buffer.byteLength(text));
  if (provider === "hetzner" && method === "dns-01") return undefined;
  if (provider !== "digitalocean") return provider;
  if (image === "debian-13" && method === "dns-01") return undefined;
  return Math.max(0, ...texts) > 512 || changes["dns.nullMx"] === true ? undefined : provider;
}

/** Takes away what does not go together. */
function agreeing(changes: Raw): Raw {
  const { enabled, report } = changes["dns.caa"] as { enabled: boolean; report: string | undefined };
  const { directory } = changes["certificates"] as { directory?: string };
  const caa = { enabled, report, issuer: directory === undefined ? undefined : "pki.example.net" };
  return {
    ...changes,
    "dns.provider": fittingProvider(changes),
    "dns.caa": enabled ? caa : { enabled },
    "dns.heloSpf": changes["dns.heloSpf"] === true && changes["dns.mxHost"] !== "alias",
  };
}

/** A valid configuration of any shape. */
export const arbitraryRaw: fc.Arbitrary<Raw> = fc
  .record({
    domain,
    email: fc.constantFrom("ops@example.org", "o'neil+mail@example.org"),
    generation: fc.integer({ min: 1, max: 99 }),
    protect: fc.boolean(),
    "server.location": fc.constantFrom("nbg1", "fsn1", "hel1"),
    "server.image": fc.constantFrom("ubuntu-24.04", "debian-13"),
    "server.adminNetworks": adminNetworks,
    "server.deployKeys": fc.constantFrom([1], [1, 2], [2, 1], [7], undefined),
    "server.adminKeys": adminKeys,
    "server.disposable": fc.boolean(),
    "server.swapMib": fc.integer({ min: 0, max: 8192 }),
    "dns.provider": fc.constantFrom("cloudflare", "digitalocean", "hetzner", undefined),
    "dns.mxHost": fc.constantFrom("address", "alias"),
    "dns.ttlSeconds": ttl,
    "dns.dmarc": dmarc,
    ...further,
    "dns.dkim": fc
      .uniqueArray(
        fc
          .array(label, { minLength: 1, maxLength: 2 })
          .map((labels) => labels.join("."))
          .filter((selector) => selector !== "default"),
        { maxLength: 3, selector: (selector) => selector.replaceAll(".", "-") },
      )
      .map((selectors) =>
        selectors.map((selector, index) => ({
          selector,
          publicKey: KEYS[index % KEYS.length],
          ...(index === 1 ? { use: "next" } : {}),
        })),
      ),
    "dns.verification": fc.constantFrom(undefined, "Ab12Cd34"),
    "dns.records": records,
    "mail.storage": fc.boolean(),
    certificates,
  })
  .map((changes) => rawWith(agreeing(changes)));
