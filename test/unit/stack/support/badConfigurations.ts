/** Bad configurations, each with its exact faults: path, rule, message. */
import { ADMIN_KEY, certificateFor, DIGEST, dkimKey, rawWith, sshPublicKey } from "./validRaw.ts";
import type { Raw } from "./validRaw.ts";

export interface BadConfiguration {
  readonly name: string;
  readonly raw: Raw;
  readonly faults: readonly (readonly [path: string, rule: string, message: string])[];
}

const SHORT_RSA_KEY =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDF0pJJ5VkkFyYmqvKMB3T4Fy9Kmwk0YFzqDTrjWSvRlWDgdd8LnE0QSdCLVyFFtSEwjCF6J0eWkVBdkb2PH2jJ1OSgYBMAeBfEMFZZ3qfD3VhbXwZ1eK2bKQ1wS6gVjBVXZcNPDRkQnVVdYmlHZBc8xz5LkZxPXfmuTrvAj4lvJQ==";
const LABEL_64 = "a".repeat(64);
const DOMAIN_56 = `${"a".repeat(52)}.com`;
const DOMAIN_57 = `a${DOMAIN_56}`;
const KEY_2048 = dkimKey(2048);
const WHOLE = certificateFor(["example.com", "*.example.com"]);
const OTHER = certificateFor(["example.com", "*.example.com"]);
const WITHOUT_STORAGE = certificateFor(["", "mx.", "smtp.", "api."].map((label) => `${label}example.com`));
const NARROW = certificateFor(["example.com", "mx.example.com"]);

const MANY_KEYS = Array.from({ length: 12 }, (_, index) =>
  sshPublicKey("rsa-4096", Uint8Array.of(index + 1)),
);

function record(fields: Readonly<Record<string, unknown>>): Raw {
  return rawWith({ "dns.records": [{ role: "extra", name: "extra", ...fields }] });
}

export const BAD_CONFIGURATIONS: readonly BadConfiguration[] = [
  // the whole
  {
    name: "nothing at all",
    raw: {},
    faults: [
      ["mailstead:domain", "missing", "the value is missing"],
      ["mailstead:email", "missing", "the value is missing"],
      ["mailstead:server.location", "missing", "the value is missing"],
      ["mailstead:server.adminNetworks", "missing", "the value is missing"],
      ["mailstead:mail.release", "missing", "the value is missing"],
      ["mailstead:mail.images.app.digest", "missing", "the value is missing"],
      ["mailstead:mail.images.nginx.digest", "missing", "the value is missing"],
      ["mailstead:mail.images.mongo.digest", "missing", "the value is missing"],
      ["mailstead:mail.images.redis.digest", "missing", "the value is missing"],
    ],
  },
  {
    name: "an unknown key at the top, near a known one",
    raw: rawWith({ protct: true }),
    faults: [["mailstead:protct", "unknown-key", "there is no such key"]],
  },
  {
    name: "an unknown key far from all",
    raw: rawWith({ apiToken: "very-secret-token" }),
    faults: [["mailstead:apiToken", "unknown-key", "there is no such key"]],
  },
  {
    name: "an unknown key in a section",
    raw: rawWith({ "server.swapMiB": 1 }),
    faults: [["mailstead:server.swapMiB", "unknown-key", "there is no such key"]],
  },
  {
    name: "a section that is text",
    raw: rawWith({ dns: "cloudflare" }),
    faults: [["mailstead:dns", "wrong-kind", "expected an object, found a text"]],
  },
  {
    name: "a section that is a list",
    raw: rawWith({ certificates: ["dns-01"] }),
    faults: [["mailstead:certificates", "wrong-kind", "expected an object, found a list"]],
  },
  {
    name: "many faults at once",
    raw: rawWith({
      domain: "com",
      generation: 0,
      "server.location": "nbg1-dc3",
      "dns.mxHost": "addres",
      "mail.storage": "yes",
    }),
    faults: [
      ["mailstead:domain", "single-label", "the domain has no dot"],
      ["mailstead:generation", "out-of-range", "0 is below 1"],
      [
        "mailstead:server.location",
        "datacenter-not-location",
        "this is a data centre, which the vendor no longer takes",
      ],
      ["mailstead:dns.mxHost", "not-allowed", '"addres" is not one of address, alias'],
      ["mailstead:mail.storage", "wrong-kind", "expected true or false, found a text"],
    ],
  },
  {
    name: "a CAA record against the CA, and a fault elsewhere",
    raw: rawWith({
      generation: 0,
      "dns.records": [{ role: "caa", name: "@", type: "CAA", flags: 0, tag: "issue", value: "digicert.com" }],
    }),
    faults: [
      ["mailstead:generation", "out-of-range", "0 is below 1"],
      [
        "mailstead:dns.records[0].value",
        "caa-forbids-issuer",
        "letsencrypt.org may not give the certificate for example.com by dns-01",
      ],
    ],
  },
  {
    name: "a text that the provider does not take, and a fault elsewhere",
    raw: rawWith({
      generation: 0,
      "dns.provider": "digitalocean",
      "dns.records": [{ role: "long", name: "long", type: "TXT", text: "x".repeat(513) }],
    }),
    faults: [
      ["mailstead:generation", "out-of-range", "0 is below 1"],
      [
        "mailstead:dns.records[0].text",
        "txt-over-limit",
        "the text has 513 bytes, and digitalocean takes 512",
      ],
    ],
  },
  {
    name: "all that can be read of a record of an unknown type",
    raw: rawWith({
      "dns.records": [{ type: "TXTT", role: "My Site", ttl: 60, level: "must", text: "x", purpose: "p" }],
    }),
    faults: [
      ["mailstead:dns.records[0].type", "not-allowed", "there is no such record type here"],
      ["mailstead:dns.records[0].ttl", "unknown-key", "there is no such key"],
      ["mailstead:dns.records[0].role", "not-a-role", "a role is lower-case words with hyphens between"],
      ["mailstead:dns.records[0].name", "missing", "the value is missing"],
      [
        "mailstead:dns.records[0].level",
        "not-allowed",
        '"must" is not one of required, recommended, optional',
      ],
    ],
  },
  {
    name: "a record that is text",
    raw: rawWith({ "dns.records": ["www A 192.0.2.1"] }),
    faults: [["mailstead:dns.records[0]", "wrong-kind", "expected an object, found a text"]],
  },
  {
    name: "images that are text",
    raw: rawWith({ "mail.images": "v1.0.0" }),
    faults: [["mailstead:mail.images", "wrong-kind", "expected an object, found a text"]],
  },
  {
    name: "mail that is text",
    raw: rawWith({ mail: "v1.0.0" }),
    faults: [["mailstead:mail", "wrong-kind", "expected an object, found a text"]],
  },

  // what cannot be read gives rise to no other fault
  {
    name: "an unknown provider, of which no limit is known",
    raw: rawWith({
      "dns.provider": "hetznr",
      "dns.records": Array.from({ length: 5 }, (_, index) => ({
        role: `long-${index}`,
        name: "long",
        type: "TXT",
        text: `${index}${"x".repeat(2000)}`,
      })),
    }),
    faults: [
      ["mailstead:dns.provider", "not-allowed", '"hetznr" is not one of cloudflare, digitalocean, hetzner'],
    ],
  },
  {
    name: "an unknown method, of which no CA is known",
    raw: rawWith({
      "certificates.method": "dns01",
      "dns.records": [{ role: "caa", name: "@", type: "CAA", flags: 0, tag: "issue", value: "digicert.com" }],
    }),
    faults: [
      [
        "mailstead:certificates.method",
        "not-allowed",
        '"dns01" is not one of dns-01, http-01, provided, manual',
      ],
    ],
  },
  {
    name: "a directory that cannot be read, of which no CA is known",
    raw: rawWith({
      "certificates.directory": "http://acme.example.net/directory",
      "dns.caa": { enabled: true, issuer: "pki.goog" },
    }),
    faults: [
      ["mailstead:certificates.directory", "not-a-directory", "an ACME directory is a plain https URL"],
    ],
  },
  {
    name: "a switch that cannot be read, with names that only one of its ways has",
    raw: rawWith({
      "mail.storage": "no",
      certificates: { method: "provided", ...WITHOUT_STORAGE },
      "dns.records": [{ role: "imap-elsewhere", name: "imap", type: "A", address: "192.0.2.1" }],
    }),
    faults: [["mailstead:mail.storage", "wrong-kind", "expected true or false, found a text"]],
  },
  // domain
  {
    name: "domain missing",
    raw: rawWith({ domain: undefined }),
    faults: [["mailstead:domain", "missing", "the value is missing"]],
  },
  {
    name: "domain empty in YAML",
    raw: rawWith({ domain: null }),
    faults: [["mailstead:domain", "missing", "the value is missing"]],
  },
  {
    name: "domain an empty text",
    raw: rawWith({ domain: "" }),
    faults: [["mailstead:domain", "empty", "the name is empty"]],
  },
  {
    name: "domain a number",
    raw: rawWith({ domain: 7 }),
    faults: [["mailstead:domain", "wrong-kind", "expected a text, found a number"]],
  },
  {
    name: "domain a web address",
    raw: rawWith({ domain: "https://example.com/" }),
    faults: [["mailstead:domain", "url-not-name", "this is a web address, not a name"]],
  },
  {
    name: "domain a mail address",
    raw: rawWith({ domain: "me@example.com" }),
    faults: [["mailstead:domain", "address-not-name", "this is a mail address, not a name"]],
  },
  {
    name: "domain an IPv4 address",
    raw: rawWith({ domain: "192.0.2.1" }),
    faults: [["mailstead:domain", "address-not-name", "this is an address or holds a port, not a name"]],
  },
  {
    name: "domain with a port",
    raw: rawWith({ domain: "example.com:443" }),
    faults: [["mailstead:domain", "address-not-name", "this is an address or holds a port, not a name"]],
  },
  {
    name: "domain with a blank",
    raw: rawWith({ domain: "exam ple.com" }),
    faults: [["mailstead:domain", "blank-in-name", "the name holds blanks"]],
  },
  {
    name: "domain with one label",
    raw: rawWith({ domain: "localhost" }),
    faults: [["mailstead:domain", "single-label", "the domain has no dot"]],
  },
  {
    name: "domain a public suffix",
    raw: rawWith({ domain: "co.uk" }),
    faults: [
      ["mailstead:domain", "public-suffix", "co.uk is a public suffix, under which others register names"],
    ],
  },
  {
    name: "domain with an underscore",
    raw: rawWith({ domain: "my_mail.example.com" }),
    faults: [["mailstead:domain", "not-a-name", 'the label "my_mail" is not allowed in a name']],
  },
  {
    name: "domain with a hyphen at the end of a label",
    raw: rawWith({ domain: "mail-.example.com" }),
    faults: [["mailstead:domain", "not-a-name", 'the label "mail-" is not allowed in a name']],
  },
  {
    name: "domain with an empty label",
    raw: rawWith({ domain: "mail..example.com" }),
    faults: [["mailstead:domain", "empty-label", "the name has two dots in a row or a first dot"]],
  },
  {
    name: "domain with a label of 64",
    raw: rawWith({ domain: `${LABEL_64}.com` }),
    faults: [["mailstead:domain", "label-too-long", "a label of the name has 64 characters"]],
  },
  {
    name: "domain too long for the host names below it",
    raw: rawWith({ domain: DOMAIN_57 }),
    faults: [
      [
        "mailstead:domain",
        "host-name-too-long",
        `the host name carddav.${DOMAIN_57} has 65 bytes, and Linux takes 64`,
      ],
    ],
  },
  {
    name: "domain too long for the host names below it, without mailboxes",
    raw: rawWith({ domain: `abc.${DOMAIN_56}`, "mail.storage": false }),
    faults: [
      [
        "mailstead:domain",
        "host-name-too-long",
        `the host name smtp.abc.${DOMAIN_56} has 65 bytes, and Linux takes 64`,
      ],
    ],
  },
  {
    name: "address longer than mail takes",
    raw: rawWith({ email: `${"a".repeat(60)}@${`${"b".repeat(60)}.`.repeat(3)}${"c".repeat(9)}.org` }),
    faults: [["mailstead:email", "address-too-long", "the address has 257 characters"]],
  },
  {
    name: "domain a wildcard",
    raw: rawWith({ domain: "*.example.com" }),
    faults: [["mailstead:domain", "wildcard-domain", "a mail domain has no wildcard"]],
  },
  {
    name: "domain not writable in the DNS",
    raw: rawWith({ domain: "ex＠mple\u00ad.com‮" }),
    faults: [["mailstead:domain", "not-a-name", "the name cannot be written in the DNS"]],
  },
  // contact
  {
    name: "contact without an @",
    raw: rawWith({ email: "ops.example.org" }),
    faults: [["mailstead:email", "not-an-address", "this is not a mail address"]],
  },
  {
    name: "contact with two addresses",
    raw: rawWith({ email: "a@example.org, b@example.org" }),
    faults: [
      ["mailstead:email", "not-an-address", "the part before the @ is not plain ASCII without blanks"],
    ],
  },
  {
    name: "contact with a local part in another script",
    raw: rawWith({ email: "почта@example.org" }),
    faults: [
      ["mailstead:email", "not-an-address", "the part before the @ is not plain ASCII without blanks"],
    ],
  },
  {
    name: "contact at a host without a dot",
    raw: rawWith({ email: "ops@localhost" }),
    faults: [["mailstead:email", "not-an-address", "the part after the @ is not a domain"]],
  },
  // counts and switches
  {
    name: "generation zero",
    raw: rawWith({ generation: 0 }),
    faults: [["mailstead:generation", "out-of-range", "0 is below 1"]],
  },
  {
    name: "generation zero as text",
    raw: rawWith({ generation: "0" }),
    faults: [["mailstead:generation", "out-of-range", "0 is below 1"]],
  },
  {
    name: "generation broken",
    raw: rawWith({ generation: 1.5 }),
    faults: [["mailstead:generation", "wrong-kind", "expected a whole number, found a number"]],
  },
  {
    name: "generation a word",
    raw: rawWith({ generation: "two" }),
    faults: [["mailstead:generation", "wrong-kind", "expected a number, found a text"]],
  },
  {
    name: "protect a word",
    raw: rawWith({ protect: "yes" }),
    faults: [["mailstead:protect", "wrong-kind", "expected true or false, found a text"]],
  },
  // server
  {
    name: "a cloud that is not built",
    raw: rawWith({ "server.provider": "digitalocean" }),
    faults: [["mailstead:server.provider", "not-allowed", '"digitalocean" is not one of hetzner']],
  },
  {
    name: "location missing",
    raw: rawWith({ "server.location": undefined }),
    faults: [["mailstead:server.location", "missing", "the value is missing"]],
  },
  {
    name: "location a data centre",
    raw: rawWith({ "server.location": "fsn1-dc14" }),
    faults: [
      [
        "mailstead:server.location",
        "datacenter-not-location",
        "this is a data centre, which the vendor no longer takes",
      ],
    ],
  },
  {
    name: "location a country",
    raw: rawWith({ "server.location": "Germany" }),
    faults: [["mailstead:server.location", "not-a-location", "this is not a name of a location"]],
  },
  {
    name: "type with a blank",
    raw: rawWith({ "server.type": "cx 23" }),
    faults: [["mailstead:server.type", "not-a-server-type", "this is not a name of a server type"]],
  },
  {
    name: "an image whose first boot is not known",
    raw: rawWith({ "server.image": "debian-12" }),
    faults: [["mailstead:server.image", "not-allowed", '"debian-12" is not one of ubuntu-24.04, debian-13']],
  },
  {
    name: "no admin network",
    raw: rawWith({ "server.adminNetworks": undefined }),
    faults: [["mailstead:server.adminNetworks", "missing", "the value is missing"]],
  },
  {
    name: "an empty list of admin networks",
    raw: rawWith({ "server.adminNetworks": [] }),
    faults: [["mailstead:server.adminNetworks", "empty-list", "the list is empty"]],
  },
  {
    name: "admin networks as one text",
    raw: rawWith({ "server.adminNetworks": "203.0.113.0/24" }),
    faults: [["mailstead:server.adminNetworks", "wrong-kind", "expected a list, found a text"]],
  },
  {
    name: "IPv4 host bits",
    raw: rawWith({ "server.adminNetworks": ["203.0.113.7/24"] }),
    faults: [["mailstead:server.adminNetworks[0]", "host-bits", "the block has bits set after its prefix"]],
  },
  {
    name: "IPv6 host bits",
    raw: rawWith({ "server.adminNetworks": ["2001:db8:203::1/64"] }),
    faults: [["mailstead:server.adminNetworks[0]", "host-bits", "the block has bits set after its prefix"]],
  },
  {
    name: "a bare address",
    raw: rawWith({ "server.adminNetworks": ["203.0.113.7", "2001:db8::1"] }),
    faults: [
      ["mailstead:server.adminNetworks[0]", "network-without-length", "the prefix length is missing"],
      ["mailstead:server.adminNetworks[1]", "network-without-length", "the prefix length is missing"],
    ],
  },
  {
    name: "a prefix too long",
    raw: rawWith({ "server.adminNetworks": ["203.0.113.0/33"] }),
    faults: [["mailstead:server.adminNetworks[0]", "not-a-network", "the prefix length must be 0 to 32"]],
  },
  {
    name: "an IPv4 block in IPv6 form",
    raw: rawWith({ "server.adminNetworks": ["::ffff:203.0.113.0/120"] }),
    faults: [["mailstead:server.adminNetworks[0]", "not-a-network", "this is an IPv4 address in IPv6 form"]],
  },
  {
    name: "no network at all",
    raw: rawWith({ "server.adminNetworks": ["home"] }),
    faults: [["mailstead:server.adminNetworks[0]", "not-a-network", "this is not a CIDR block"]],
  },
  {
    name: "the same network twice",
    raw: rawWith({ "server.adminNetworks": ["2001:DB8::/32", "2001:db8::/32", "203.0.113.0/24"] }),
    faults: [["mailstead:server.adminNetworks[1]", "duplicate-network", "the same block is at [0]"]],
  },
  {
    name: "a private SSH key",
    raw: rawWith({ "server.adminKeys": ["-----BEGIN OPENSSH PRIVATE KEY-----"] }),
    faults: [
      ["mailstead:server.adminKeys[0]", "private-key", "this is a private key, which must not be here"],
    ],
  },
  {
    name: "an SSH key with options",
    raw: rawWith({ "server.adminKeys": [`no-pty ${ADMIN_KEY}`] }),
    faults: [
      [
        "mailstead:server.adminKeys[0]",
        "not-an-ssh-key",
        "the line does not begin with the type of a public key",
      ],
    ],
  },
  {
    name: "an SSH key cut off",
    raw: rawWith({ "server.adminKeys": [ADMIN_KEY.slice(0, 60)] }),
    faults: [["mailstead:server.adminKeys[0]", "not-an-ssh-key", "the key is cut off or damaged"]],
  },
  {
    name: "the same SSH key twice among a dozen of RSA",
    raw: rawWith({ "server.adminKeys": [...MANY_KEYS, MANY_KEYS[11]] }),
    faults: [["mailstead:server.adminKeys[12]", "duplicate-key", "the same key is at [11]"]],
  },
  {
    name: "an SSH key of another type than it says",
    raw: rawWith({ "server.adminKeys": [ADMIN_KEY.replace("ssh-ed25519", "ssh-rsa")] }),
    faults: [["mailstead:server.adminKeys[0]", "not-an-ssh-key", "the key is cut off or damaged"]],
  },
  {
    name: "a DSA key",
    raw: rawWith({ "server.adminKeys": ["ssh-dss AAAAB3NzaC1kc3M="] }),
    faults: [["mailstead:server.adminKeys[0]", "weak-ssh-key", "DSA keys are refused by OpenSSH"]],
  },
  {
    name: "an RSA key of 1024 bits",
    raw: rawWith({ "server.adminKeys": [SHORT_RSA_KEY] }),
    faults: [["mailstead:server.adminKeys[0]", "weak-ssh-key", "the RSA key has less than 2048 bits"]],
  },
  {
    name: "two keys in one entry",
    raw: rawWith({ "server.adminKeys": [`${ADMIN_KEY}\n${ADMIN_KEY}`] }),
    faults: [["mailstead:server.adminKeys[0]", "not-an-ssh-key", "a key is one line"]],
  },
  {
    name: "the same SSH key twice",
    raw: rawWith({ "server.adminKeys": [ADMIN_KEY, `${ADMIN_KEY}2`] }),
    faults: [["mailstead:server.adminKeys[1]", "duplicate-key", "the same key is at [0]"]],
  },
  // A comment that was decoded in the wrong way, and one of each kind of character that is no text.
  ...["\u0099", "\u0007", "\u007f", "\u0085", "\u2028", "\u2029", "\ufeff", "\ufffe", "\ud83d"].map(
    (character): BadConfiguration => ({
      name: `an SSH key's comment with U+${character.charCodeAt(0).toString(16)}`,
      raw: rawWith({ "server.adminKeys": [`${ADMIN_KEY} Rene${character}s laptop`] }),
      faults: [
        [
          "mailstead:server.adminKeys[0]",
          "not-a-comment",
          `the comment at the end of the key holds the character U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}, which is no text`,
        ],
      ],
    }),
  ),
  ...[
    ["2001:db8::/32"],
    ["10.0.0.0/8", "192.168.1.0/24", "2001:db8::/32"],
    ["100.64.0.0/10"],
    ["127.0.0.1/32"],
    ["169.254.0.0/24"],
    ["172.20.0.0/16"],
    ["0.0.0.0/8"],
    ["239.1.0.0/16"],
    ["255.255.255.255/32"],
    ["::/0"],
  ].map((adminNetworks): BadConfiguration => ({
    name: `admin networks that the deploy never comes from: ${adminNetworks.join(", ")}`,
    raw: rawWith({ "server.adminNetworks": adminNetworks }),
    faults: [
      [
        "mailstead:server.adminNetworks",
        "deploy-locked-out",
        "no block lets the deploy in: it connects by IPv4 from the Internet",
      ],
    ],
  })),
  {
    name: "the same deploy key twice",
    raw: rawWith({ "server.deployKeys": [2, 2] }),
    faults: [["mailstead:server.deployKeys[1]", "duplicate-key", "the same number is at [0]"]],
  },
  {
    name: "three deploy keys",
    raw: rawWith({ "server.deployKeys": [1, 2, 3] }),
    faults: [["mailstead:server.deployKeys", "list-too-long", "the list has more than 2 entries"]],
  },
  {
    name: "disposable as text",
    raw: rawWith({ "server.disposable": "true" }),
    faults: [["mailstead:server.disposable", "wrong-kind", "expected true or false, found a text"]],
  },
  {
    name: "swap below zero",
    raw: rawWith({ "server.swapMib": -1 }),
    faults: [["mailstead:server.swapMib", "out-of-range", "-1 is below 0"]],
  },
  // dns
  {
    name: "a DNS provider that is not built",
    raw: rawWith({ "dns.provider": "route53" }),
    faults: [
      ["mailstead:dns.provider", "not-allowed", '"route53" is not one of cloudflare, digitalocean, hetzner'],
    ],
  },
  {
    name: "a zone that does not hold the domain",
    raw: rawWith({ "dns.zone": "example.org" }),
    faults: [["mailstead:dns.zone", "domain-outside-zone", "example.com is not in the zone example.org"]],
  },
  {
    name: "a zone below the domain",
    raw: rawWith({ "dns.zone": "mail.example.com" }),
    faults: [
      ["mailstead:dns.zone", "domain-outside-zone", "example.com is not in the zone mail.example.com"],
    ],
  },
  {
    name: "a zone that is a public suffix",
    raw: rawWith({ domain: "mail.example.co.uk", "dns.zone": "co.uk" }),
    faults: [["mailstead:dns.zone", "public-suffix", "co.uk is a public suffix, not a zone of yours"]],
  },
  {
    name: "a zone ID cut off",
    raw: rawWith({ "dns.zoneId": "0123456789abcdef" }),
    faults: [["mailstead:dns.zoneId", "not-a-zone-id", "a zone ID has 32 hexadecimal digits"]],
  },
  {
    name: "a TTL below the provider's least",
    raw: rawWith({ "dns.ttlSeconds": 30 }),
    faults: [["mailstead:dns.ttlSeconds", "out-of-range", "30 is below 60"]],
  },
  {
    name: "a TTL with a unit",
    raw: rawWith({ "dns.ttlSeconds": "5m" }),
    faults: [["mailstead:dns.ttlSeconds", "not-allowed", '"5m" is not allowed']],
  },
  {
    name: "a DMARC policy misspelt",
    raw: rawWith({ "dns.dmarc.policy": "quarantin" }),
    faults: [
      [
        "mailstead:dns.dmarc.policy",
        "not-allowed",
        '"quarantin" is not one of none, quarantine-test, quarantine, reject-test, reject',
      ],
    ],
  },
  {
    name: "DMARC with pct",
    raw: rawWith({ "dns.dmarc.pct": 50 }),
    faults: [["mailstead:dns.dmarc.pct", "unknown-key", "there is no such key"]],
  },
  {
    name: "two report addresses",
    raw: rawWith({ "dns.dmarc.rua": "a@example.com,b@example.com" }),
    faults: [["mailstead:dns.dmarc.rua", "not-an-address", "this is not one plain address"]],
  },
  {
    name: "a verification that is no token",
    raw: rawWith({ "dns.verification": "v=spf1 a -all" }),
    faults: [["mailstead:dns.verification", "not-a-token", "this is not a verification token"]],
  },
  // provider
  {
    name: "Cloudflare's zone ID with another provider",
    raw: rawWith({ "dns.provider": "digitalocean", "dns.zoneId": "0123456789abcdef0123456789abcdef" }),
    faults: [
      ["mailstead:dns.zoneId", "not-for-provider", "digitalocean has no such id: it goes by the zone's name"],
    ],
  },
  {
    name: "null MX at a provider that does not keep it",
    raw: rawWith({
      "dns.provider": "digitalocean",
      "dns.nullMx": true,
      "dns.nullMxHosts": ["www.example.com"],
    }),
    faults: ["nullMx", "nullMxHosts"].map((key) => [
      `mailstead:dns.${key}`,
      "root-target-not-kept",
      "digitalocean does not keep MX records without a host",
    ]),
  },
  {
    name: "a dns-01 order at a provider without a plugin, by default",
    raw: rawWith({ "dns.provider": "hetzner" }),
    faults: [
      [
        "mailstead:certificates.method",
        "no-authenticator",
        "ubuntu-24.04 has no certbot plugin that writes records at hetzner",
      ],
    ],
  },
  {
    name: "a dns-01 order at a provider whose plugin the image's distribution left out",
    raw: rawWith({ "dns.provider": "digitalocean", "server.image": "debian-13" }),
    faults: [
      [
        "mailstead:certificates.method",
        "no-authenticator",
        "debian-13 has no certbot plugin that writes records at digitalocean",
      ],
    ],
  },
  {
    name: "a zone below the registrable domain, which the provider refuses",
    raw: rawWith({
      domain: "a.b.example.com",
      "dns.zone": "b.example.com",
      "dns.provider": "hetzner",
      "certificates.method": "http-01",
    }),
    faults: [
      [
        "mailstead:dns.zone",
        "zone-below-domain",
        "b.example.com is below the registrable domain example.com; Hetzner takes no such zones",
      ],
    ],
  },
  {
    name: "a DKIM key whose record is longer than the provider takes",
    raw: rawWith({
      "dns.provider": "digitalocean",
      "dns.dkim": [{ selector: "fe-1", publicKey: dkimKey(4096) }],
    }),
    faults: [
      [
        "mailstead:dns.dkim[0].publicKey",
        "txt-over-limit",
        "the record has 755 bytes, and digitalocean takes 512",
      ],
    ],
  },
  {
    name: "an SPF policy that is longer than the provider takes",
    raw: rawWith({
      "dns.provider": "digitalocean",
      "dns.spf.mechanisms": Array.from({ length: 40 }, (_, index) => `ip4:192.0.2.${index}`),
    }),
    faults: [
      [
        "mailstead:dns.spf.mechanisms",
        "txt-over-limit",
        "the text has 603 bytes, and digitalocean takes 512",
      ],
    ],
  },
  // drift and what is left to others
  {
    name: "drift a switch",
    raw: rawWith({ drift: true }),
    faults: [["mailstead:drift", "not-allowed", "true is not one of warn, error, off"]],
  },
  {
    name: "ignore no list",
    raw: rawWith({ "dns.ignore": "*.shop" }),
    faults: [["mailstead:dns.ignore", "wrong-kind", "expected a list"]],
  },
  {
    name: "an ignore rule without a name",
    raw: rawWith({ "dns.ignore": [{ types: ["A"] }] }),
    faults: [["mailstead:dns.ignore[0].name", "missing", "the value is missing"]],
  },
  ...(
    [
      ["empty", "", "the glob is empty"],
      ["with a set of characters", "[ab].shop", "only * and ? are wildcards here"],
      ["with alternatives", "{a,b}.shop", "only * and ? are wildcards here"],
      ["with a blank", "my shop", "a name has no blanks"],
      [
        "that ends with an escape of nothing",
        "shop\\",
        "the glob ends with a \\ that takes the meaning from nothing",
      ],
    ] as const
  ).map(([what, name, message]): BadConfiguration => ({
    name: `an ignore rule's glob ${what}`,
    raw: rawWith({ "dns.ignore": [{ name }] }),
    faults: [["mailstead:dns.ignore[0].name", "bad-glob", message]],
  })),
  {
    name: "an ignore rule with a type that is none, and no type at all",
    raw: rawWith({
      "dns.ignore": [
        { name: "*", types: ["A", "TEXT"] },
        { name: "*", types: [] },
      ],
    }),
    faults: [
      ["mailstead:dns.ignore[0].types[1]", "unknown-type", "there is no such record type"],
      ["mailstead:dns.ignore[1].types", "empty-list", "the list is empty"],
    ],
  },
  {
    name: "an ignore rule for values with a control character, and a key that is none",
    raw: rawWith({ "dns.ignore": [{ name: "*", target: "a\tb", type: "A" }] }),
    faults: [
      ["mailstead:dns.ignore[0].type", "unknown-key", "there is no such key"],
      ["mailstead:dns.ignore[0].target", "bad-glob", "the glob holds a control character"],
    ],
  },
  // spf
  ...(
    [
      ["the whole policy", "v=spf1 include:_spf.example.net -all", "this is a whole policy"],
      ["two in one", "mx include:_spf.example.net", "this is not one mechanism without blanks"],
      ["with a blank before", " mx", "this is not one mechanism without blanks"],
      ["empty", "", "this is not one mechanism without blanks"],
      ["that is none", "inclde:_spf.example.net", "there is no mechanism inclde"],
      ["without its name", "include", "include wants a name"],
      [
        "with an equals sign",
        "include=_spf.example.net",
        "include=_spf.example.net is a modifier that nobody knows, and counts for nothing",
      ],
      ["a redirect", "redirect=_spf.example.net", "this is a modifier, which our policy has none of"],
      ["the end", "~all", "the policy ends with -all already"],
      [
        "with a block of the other family",
        "ip4:2001:db8::/32",
        "ip4 wants an IPv4 address or a block of them",
      ],
      ["with the length of IPv6 behind one slash", "a/64", "/64 is longer than an IPv4 address"],
      ["that is such a host", "mx:mail.example.net/64", "/64 is longer than an IPv4 address"],
      ["with a zone", "ip6:2001:db8::1%eth0", "ip6 wants an IPv6 address or a block of them"],
      ["with a zero before its length", "ip4:192.0.2.0/024", "/024 has a zero in front"],
      ["with too long a length", "ip6:2001:db8::/129", "/129 is longer than an IPv6 address"],
      [
        "whose last label is a number",
        "include:spf.example.123",
        "the last label of spf.example.123 is a number",
      ],
      ["with a macro that there is not", "exists:%{x}.example.net", "there is no macro %{x}"],
      [
        "with a macro for explanations",
        "exists:%{c}.example.net",
        "%{c} is for the text of an explanation alone",
      ],
      ["with a macro that keeps nothing", "exists:%{d0}.example.net", "%{d0} keeps none of the labels"],
      ["with half a macro", "exists:%{i.example.net", '"%{i.example.net" begins like a macro and is none'],
      ["with a name of one label", "include:spf", "spf has no dot before its last label"],
      ["with a length where none is", "include:example.net/24", "there is no prefix length here"],
      ["with another word for ip4", "ipv4:192.0.2.1", "there is no mechanism ipv4"],
      [
        "with a dot for its colon",
        "include._spf.example.net",
        "there is no mechanism include._spf.example.net",
      ],
      [
        "with a name that the DNS cannot hold",
        "a:ex!ample.net",
        "ex!ample.net is no name that the DNS can hold",
      ],
      ["with an address cut off", "ip4:192.0.2", "ip4 wants an IPv4 address or a block of them"],
    ] as const
  ).map(([what, mechanism, message]): BadConfiguration => ({
    name: `an SPF mechanism ${what}`,
    raw: rawWith({ "dns.spf.mechanisms": [mechanism] }),
    faults: [["mailstead:dns.spf.mechanisms[0]", "not-a-mechanism", message]],
  })),
  {
    name: "an SPF mechanism that is ours, and one twice",
    raw: rawWith({ "dns.spf.mechanisms": ["+a", "mx", "MX"] }),
    faults: [
      ["mailstead:dns.spf.mechanisms[0]", "duplicate-mechanism", "+a is in the policy already"],
      ["mailstead:dns.spf.mechanisms[2]", "duplicate-mechanism", "MX is in the policy already"],
    ],
  },
  {
    name: "SPF mechanisms that say the same in another spelling",
    raw: rawWith({
      "dns.spf.mechanisms": [
        "a:Example.com./32",
        "ip4:192.0.2.0/24",
        "ip4:192.0.2.9/24",
        "ip6:2001:db8::1",
        "ip6:2001:DB8:0::1/128",
      ],
    }),
    faults: [
      [
        "mailstead:dns.spf.mechanisms[0]",
        "duplicate-mechanism",
        "a:Example.com./32 is in the policy already",
      ],
      ["mailstead:dns.spf.mechanisms[2]", "duplicate-mechanism", "ip4:192.0.2.9/24 is in the policy already"],
      [
        "mailstead:dns.spf.mechanisms[4]",
        "duplicate-mechanism",
        "ip6:2001:DB8:0::1/128 is in the policy already",
      ],
    ],
  },
  {
    name: "more SPF look-ups than receivers make, ours counted",
    raw: rawWith({
      "dns.spf.mechanisms": Array.from({ length: 10 }, (_, index) => `include:s${index}.example.net`),
    }),
    faults: [
      [
        "mailstead:dns.spf.mechanisms",
        "spf-look-ups",
        "the policy takes 11 look-ups, and receivers stop at 10",
      ],
    ],
  },
  // dkim
  {
    name: "DKIM no list",
    raw: rawWith({ "dns.dkim": { selector: "fe-1", publicKey: KEY_2048 } }),
    faults: [["mailstead:dns.dkim", "wrong-kind", "expected a list"]],
  },
  {
    name: "DKIM without a key",
    raw: rawWith({ "dns.dkim": [{ selector: "fe-1" }] }),
    faults: [["mailstead:dns.dkim[0].publicKey", "missing", "the value is missing"]],
  },
  {
    name: "DKIM with the server's own selector",
    raw: rawWith({ "dns.dkim": [{ selector: "default", publicKey: KEY_2048 }] }),
    faults: [
      ["mailstead:dns.dkim[0].selector", "own-selector", "the selector default is the server's own key"],
    ],
  },
  {
    name: "DKIM with a bad selector",
    raw: rawWith({ "dns.dkim": [{ selector: "fe_1", publicKey: KEY_2048 }] }),
    faults: [
      ["mailstead:dns.dkim[0].selector", "not-a-selector", "a selector has letters, digits and hyphens"],
    ],
  },
  {
    name: "DKIM key cut off",
    raw: rawWith({ "dns.dkim": [{ selector: "fe-1", publicKey: KEY_2048.slice(0, 100) }] }),
    faults: [["mailstead:dns.dkim[0].publicKey", "not-a-dkim-key", "the key is cut off or damaged"]],
  },
  {
    name: "DKIM key of Ed25519",
    raw: rawWith({
      "dns.dkim": [
        { selector: "fe-1", publicKey: "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" },
      ],
    }),
    faults: [["mailstead:dns.dkim[0].publicKey", "not-a-dkim-key", "Forward Email signs with RSA only"]],
  },
  {
    name: "DKIM private key",
    raw: rawWith({ "dns.dkim": [{ selector: "fe-1", publicKey: "-----BEGIN PRIVATE KEY-----" }] }),
    faults: [
      ["mailstead:dns.dkim[0].publicKey", "private-key", "this is a private key, which must not be here"],
    ],
  },
  {
    name: "the same DKIM selector twice",
    raw: rawWith({
      "dns.dkim": [
        { selector: "fe-1", publicKey: KEY_2048 },
        { selector: "FE-1", publicKey: KEY_2048 },
      ],
    }),
    faults: [["mailstead:dns.dkim[1].selector", "duplicate-selector", "the selector fe-1 has a key already"]],
  },
  {
    name: "two DKIM selectors that are one name in the state",
    raw: rawWith({
      "dns.dkim": [
        { selector: "a.b", publicKey: KEY_2048 },
        { selector: "a-b", publicKey: KEY_2048 },
      ],
    }),
    faults: [
      [
        "mailstead:dns.dkim[1].selector",
        "same-role",
        "the records of a-b and a.b would have the same name in the state, dkim-a-b",
      ],
    ],
  },
  // the owner's records
  {
    name: "a record without a type",
    raw: record({ target: "a.example.net" }),
    faults: [["mailstead:dns.records[0].type", "missing", "the value is missing"]],
  },
  {
    name: "a record type in lower case",
    raw: record({ type: "cname", target: "a.example.net" }),
    faults: [["mailstead:dns.records[0].type", "not-allowed", "there is no such record type here"]],
  },
  {
    name: "a record without its value",
    raw: record({ type: "A" }),
    faults: [["mailstead:dns.records[0].address", "missing", "the value is missing"]],
  },
  {
    name: "a record with the value of another type",
    raw: record({ type: "TXT", text: "x", target: "a.example.net" }),
    faults: [["mailstead:dns.records[0].target", "unknown-key", "there is no such key"]],
  },
  {
    name: "an A record with an IPv6 address",
    raw: record({ type: "A", address: "2001:db8::1" }),
    faults: [["mailstead:dns.records[0].address", "not-an-address", "this is not an IPv4 address"]],
  },
  {
    name: "an AAAA record with an IPv4 address",
    raw: record({ type: "AAAA", address: "192.0.2.1" }),
    faults: [["mailstead:dns.records[0].address", "not-an-address", "this is not an IPv6 address"]],
  },
  {
    name: "a relative target",
    raw: record({ type: "CNAME", target: "www" }),
    faults: [["mailstead:dns.records[0].target", "relative-target", "the target has no dot"]],
  },
  ...(
    [
      ["MX", { priority: 10, exchange: "backup" }, "exchange"],
      ["SRV", { priority: 0, weight: 0, port: 993, target: "imap" }, "target"],
      ["NS", { target: "ns1." }, "target"],
    ] as const
  ).map(([type, fields, key]): BadConfiguration => ({
    name: `a host of one label in ${type}`,
    raw: record({ type, ...fields }),
    faults: [[`mailstead:dns.records[0].${key}`, "relative-target", "the target has no dot"]],
  })),
  ...["", "*."].map((name): BadConfiguration => ({
    name: `a record's name of nothing: "${name}"`,
    raw: record({ name, type: "TXT", text: "x" }),
    faults: [["mailstead:dns.records[0].name", "empty", "the name is empty"]],
  })),
  {
    name: "an issuer of one label",
    raw: rawWith({ "dns.caa.enabled": true, "dns.caa.issuer": "digicert" }),
    faults: [["mailstead:dns.caa.issuer", "relative-issuer", "the issuer has no dot"]],
  },
  ...["s._domainkey.example.org", "s._domainkey.mail.example.com."].map((selector): BadConfiguration => ({
    name: `the name of another domain's key as selector: ${selector}`,
    raw: rawWith({ "dns.dkim": [{ selector, publicKey: KEY_2048 }] }),
    faults: [
      [
        "mailstead:dns.dkim[0].selector",
        "foreign-selector",
        `this is the name of a key of ${selector.slice("s._domainkey.".length).replace(/\.$/, "")}, and the mail domain is example.com`,
      ],
    ],
  })),
  ...["s._domainkey._domainkey", "s._domainkeys", "_domainkey.s", "s._domainkey.a._domainkey.b"].map(
    (selector): BadConfiguration => ({
      name: `a selector with _domainkey in it: ${selector}`,
      raw: rawWith({ "dns.dkim": [{ selector, publicKey: KEY_2048 }] }),
      faults: [
        ["mailstead:dns.dkim[0].selector", "not-a-selector", "a selector has letters, digits and hyphens"],
      ],
    }),
  ),
  {
    name: "an MX to an address",
    raw: record({ type: "MX", priority: 10, exchange: "192.0.2.1" }),
    faults: [
      [
        "mailstead:dns.records[0].exchange",
        "address-not-name",
        "this is an address or holds a port, not a name",
      ],
    ],
  },
  {
    name: "an MX without a priority",
    raw: record({ type: "MX", exchange: "mx.example.net" }),
    faults: [["mailstead:dns.records[0].priority", "missing", "the value is missing"]],
  },
  {
    name: "an SRV with a port too high",
    raw: record({ type: "SRV", priority: 0, weight: 0, port: 70000, target: "a.example.net" }),
    faults: [["mailstead:dns.records[0].port", "out-of-range", "70000 is above 65535"]],
  },
  {
    name: "a CAA with an unknown tag",
    raw: record({ type: "CAA", flags: 0, tag: "isue", value: "letsencrypt.org" }),
    faults: [
      [
        "mailstead:dns.records[0].tag",
        "not-allowed",
        '"isue" is not one of issue, issuewild, iodef, contactemail, contactphone, issuemail, issuevmc',
      ],
    ],
  },
  {
    name: "a TXT in quotes",
    raw: record({ type: "TXT", text: '"hello"' }),
    faults: [
      [
        "mailstead:dns.records[0].text",
        "quoted-text",
        "the text is in quotes, which would become part of it",
      ],
    ],
  },
  {
    name: "a TXT with a line break",
    raw: record({ type: "TXT", text: "a\nb" }),
    faults: [["mailstead:dns.records[0].text", "control-character", "the text holds a control character"]],
  },
  {
    name: "a TXT too long",
    raw: record({ type: "TXT", text: "x".repeat(2049) }),
    faults: [["mailstead:dns.records[0].text", "text-too-long", "the text has more than 2048 bytes"]],
  },
  {
    name: "a role with capitals",
    raw: record({ role: "MySite", type: "TXT", text: "x" }),
    faults: [
      ["mailstead:dns.records[0].role", "not-a-role", "a role is lower-case words with hyphens between"],
    ],
  },
  {
    name: "a purpose too long",
    raw: record({ purpose: "x".repeat(101), type: "TXT", text: "x" }),
    faults: [
      [
        "mailstead:dns.records[0].purpose",
        "purpose-too-long",
        "a purpose is one line of 100 characters at most",
      ],
    ],
  },
  {
    name: "a record outside the zone",
    raw: record({ name: "www.example.org.", type: "TXT", text: "x" }),
    faults: [
      ["mailstead:dns.records[0].name", "outside-zone", "www.example.org is not in the zone example.com"],
    ],
  },
  // certificates
  {
    name: "a method misspelt",
    raw: rawWith({ "certificates.method": "dns01" }),
    faults: [
      [
        "mailstead:certificates.method",
        "not-allowed",
        '"dns01" is not one of dns-01, http-01, provided, manual',
      ],
    ],
  },
  {
    name: "a directory over plain HTTP",
    raw: rawWith({ "certificates.directory": "http://acme.example.org/" }),
    faults: [
      ["mailstead:certificates.directory", "not-a-directory", "an ACME directory is a plain https URL"],
    ],
  },
  {
    name: "a directory that is no URL",
    raw: rawWith({ "certificates.directory": "constructor" }),
    faults: [
      ["mailstead:certificates.directory", "not-a-directory", "this is neither a known directory nor a URL"],
    ],
  },
  {
    name: "provided without both values",
    raw: rawWith({ "certificates.method": "provided" }),
    faults: [
      ["mailstead:certificates.certificate", "missing", "the method provided needs this value"],
      ["mailstead:certificates.privateKey", "missing", "the method provided needs this value"],
    ],
  },
  {
    name: "a certificate with another method",
    raw: rawWith({
      "certificates.certificate": WHOLE.certificate,
      "certificates.privateKey": WHOLE.privateKey,
    }),
    faults: [
      ["mailstead:certificates.certificate", "not-for-method", "this has no meaning with the method dns-01"],
      ["mailstead:certificates.privateKey", "not-for-method", "this has no meaning with the method dns-01"],
    ],
  },
  {
    name: "a key of another certificate",
    raw: rawWith({
      certificates: { method: "provided", certificate: WHOLE.certificate, privateKey: OTHER.privateKey },
    }),
    faults: [
      [
        "mailstead:certificates.privateKey",
        "key-mismatch",
        "the private key does not belong to the first certificate",
      ],
    ],
  },
  {
    name: "a certificate that does not cover all names",
    raw: rawWith({ certificates: { method: "provided", ...NARROW } }),
    faults: [
      [
        "mailstead:certificates.certificate",
        "names-not-covered",
        "the certificate does not cover smtp.example.com, api.example.com, imap.example.com, pop3.example.com, caldav.example.com, carddav.example.com",
      ],
    ],
  },
  {
    name: "the private key as certificate",
    raw: rawWith({
      certificates: { method: "provided", certificate: WHOLE.privateKey, privateKey: WHOLE.privateKey },
    }),
    faults: [["mailstead:certificates.certificate", "private-key", "the certificate holds a private key"]],
  },
  {
    name: "a damaged private key",
    raw: rawWith({
      certificates: { method: "provided", certificate: WHOLE.certificate, privateKey: "very-secret-key" },
    }),
    faults: [["mailstead:certificates.privateKey", "not-a-private-key", "this is not a private key in PEM"]],
  },
  {
    name: "a private key with a password",
    raw: rawWith({
      certificates: {
        method: "provided",
        certificate: WHOLE.certificate,
        privateKey: "-----BEGIN ENCRYPTED PRIVATE KEY-----",
      },
    }),
    faults: [["mailstead:certificates.privateKey", "encrypted-key", "the private key has a password"]],
  },
  {
    name: "a directory with a provided certificate",
    raw: rawWith({ certificates: { method: "provided", directory: "letsencrypt", ...WHOLE } }),
    faults: [
      ["mailstead:certificates.directory", "not-for-method", "this has no meaning with the method provided"],
    ],
  },
  {
    name: "challenges with another method",
    raw: rawWith({ "certificates.acmeChallenges": ["A".repeat(43)] }),
    faults: [
      [
        "mailstead:certificates.acmeChallenges",
        "not-for-method",
        "this has no meaning with the method dns-01",
      ],
    ],
  },
  {
    name: "three challenges",
    raw: rawWith({
      certificates: { method: "manual", acmeChallenges: ["A", "B", "C"].map((letter) => letter.repeat(43)) },
    }),
    faults: [["mailstead:certificates.acmeChallenges", "list-too-long", "the list has more than 2 entries"]],
  },
  {
    name: "the same challenge twice",
    raw: rawWith({ certificates: { method: "manual", acmeChallenges: ["A".repeat(43), "A".repeat(43)] } }),
    faults: [["mailstead:certificates.acmeChallenges[1]", "duplicate-challenge", "both values are the same"]],
  },
  {
    name: "a challenge cut off",
    raw: rawWith({ certificates: { method: "manual", acmeChallenges: ["short"] } }),
    faults: [
      [
        "mailstead:certificates.acmeChallenges[0]",
        "not-a-challenge",
        "a value of _acme-challenge has 43 letters, digits, - and _",
      ],
    ],
  },
  {
    name: "no wait for a dns-01 record",
    raw: rawWith({ "certificates.propagationSeconds": 0 }),
    faults: [["mailstead:certificates.propagationSeconds", "out-of-range", "0 is below 1"]],
  },
  // mail
  {
    name: "release missing",
    raw: rawWith({ "mail.release": undefined }),
    faults: [["mailstead:mail.release", "missing", "the value is missing"]],
  },
  {
    name: "a release that moves",
    raw: rawWith({ "mail.release": "latest" }),
    faults: [["mailstead:mail.release", "moving-tag", "this tag moves by itself"]],
  },
  {
    name: "a release with the whole image",
    raw: rawWith({ "mail.release": "ghcr.io/forwardemail/x:v1" }),
    faults: [["mailstead:mail.release", "not-a-tag", "this is not a tag of an image"]],
  },
  {
    name: "a digest missing",
    raw: rawWith({ "mail.images.mongo": undefined }),
    faults: [["mailstead:mail.images.mongo.digest", "missing", "the value is missing"]],
  },
  {
    name: "a digest without its kind",
    raw: rawWith({ "mail.images.redis.digest": "ab".repeat(32) }),
    faults: [
      ["mailstead:mail.images.redis.digest", "not-a-digest", "a digest is sha256: and 64 hexadecimal digits"],
    ],
  },
  {
    name: "a repository with a tag",
    raw: rawWith({ "mail.images.nginx.repository": "nginx:1.28" }),
    faults: [
      [
        "mailstead:mail.images.nginx.repository",
        "repository-with-tag",
        "the repository holds a tag or digest",
      ],
    ],
  },
  {
    name: "a repository with capitals",
    raw: rawWith({ "mail.images.nginx.repository": "Nginx" }),
    faults: [
      ["mailstead:mail.images.nginx.repository", "not-a-repository", "this is not a name of an image"],
    ],
  },
  {
    name: "a tag that moves",
    raw: rawWith({ "mail.images.nginx": { tag: "stable", digest: DIGEST } }),
    faults: [["mailstead:mail.images.nginx.tag", "moving-tag", "this tag moves by itself"]],
  },
  {
    name: "an image that there is not",
    raw: rawWith({ "mail.images.mysql": { digest: DIGEST } }),
    faults: [["mailstead:mail.images.mysql", "unknown-key", "there is no such key"]],
  },
  {
    name: "a cache that MongoDB does not take",
    raw: rawWith({ "mail.mongoCacheMib": 128 }),
    faults: [["mailstead:mail.mongoCacheMib", "out-of-range", "128 is below 256"]],
  },
  {
    name: "a user name with a blank",
    raw: rawWith({ "mail.authUser": "the admin" }),
    faults: [
      [
        "mailstead:mail.authUser",
        "not-a-user-name",
        "a user name has letters, digits, dots and hyphens, 64 at most",
      ],
    ],
  },

  // further records
  {
    name: "a removed DMARC tag",
    raw: rawWith({ "dns.dmarc": { pct: 50 } }),
    faults: [["mailstead:dns.dmarc.pct", "unknown-key", "there is no such key"]],
  },
  {
    name: "no key that signs",
    raw: rawWith({
      "dns.dkim": [
        { selector: "fe-1", publicKey: KEY_2048, use: "retired" },
        { selector: "fe-2", publicKey: KEY_2048, use: "next" },
      ],
    }),
    faults: [
      [
        "mailstead:dns.dkim[0].use",
        "no-signing-key",
        "no key of the list signs: the one in use would be missing",
      ],
    ],
  },
  {
    name: "two keys that sign",
    raw: rawWith({
      "dns.dkim": [
        { selector: "fe-1", publicKey: KEY_2048, use: "signing" },
        { selector: "fe-2", publicKey: KEY_2048, use: "signing" },
      ],
    }),
    faults: [
      [
        "mailstead:dns.dkim[1].use",
        "two-signing-keys",
        "fe-1 signs already, and the server signs with one key",
      ],
    ],
  },
  {
    name: "MTA-STS in force with a certificate that no one trusts",
    raw: rawWith({ "dns.mtaSts": { mode: "enforce" }, "certificates.directory": "letsencrypt-staging" }),
    faults: [
      [
        "mailstead:dns.mtaSts.mode",
        "enforce-untrusted",
        "senders would refuse to deliver: no one trusts a certificate of the staging directory",
      ],
    ],
  },
  {
    name: "an MTA-STS policy that is kept for an hour",
    raw: rawWith({ "dns.mtaSts": { mode: "testing", maxAgeSeconds: 3600 } }),
    faults: [["mailstead:dns.mtaSts.maxAgeSeconds", "out-of-range", "3600 is below 86400"]],
  },
  {
    name: "CAA with an unknown CA",
    raw: rawWith({ "dns.caa.enabled": true, "certificates.directory": "https://acme.example.net/directory" }),
    faults: [["mailstead:dns.caa.issuer", "unknown-issuer", "the CA's word for CAA is not known here"]],
  },
  {
    name: "CAA with a certificate from elsewhere",
    raw: rawWith({ "dns.caa.enabled": true, certificates: { method: "provided", ...WHOLE } }),
    faults: [["mailstead:dns.caa.issuer", "unknown-issuer", "the CA's word for CAA is not known here"]],
  },
  {
    name: "CAA with an account of another directory",
    raw: rawWith({ "dns.caa": { enabled: true, accountUri: "https://acme.example.net/acct/1" } }),
    faults: [
      [
        "mailstead:dns.caa.accountUri",
        "foreign-account",
        "the account is not one of the directory at acme-v02.api.letsencrypt.org, so every order would be refused",
      ],
    ],
  },
  {
    name: "CAA with an account that would end the value",
    raw: rawWith({ "dns.caa": { enabled: true, accountUri: "https://acme.example.net/a;b" } }),
    faults: [["mailstead:dns.caa.accountUri", "not-an-account-uri", "an account URI is a plain https URL"]],
  },
  {
    name: "CAA words without CAA",
    raw: rawWith({ "dns.caa.report": "ops@example.org" }),
    faults: [["mailstead:dns.caa.report", "caa-off", "this has no meaning while dns.caa.enabled is false"]],
  },
  {
    name: "SPF of an alias",
    raw: rawWith({ "dns.heloSpf": true, "dns.mxHost": "alias" }),
    faults: [
      [
        "mailstead:dns.heloSpf",
        "not-with-alias",
        "mx is an alias, which can have no SPF of its own; the domain's counts there",
      ],
    ],
  },
  {
    name: "reports on TLS to an address over plain HTTP",
    raw: rawWith({ "dns.tlsReports": "http://tls.example.org/report" }),
    faults: [["mailstead:dns.tlsReports", "not-a-report-target", "this is not a plain https URL"]],
  },
  {
    name: "hosts that cannot be closed",
    raw: rawWith({
      "dns.nullMxHosts": [
        "example.com",
        "imap.example.com",
        "www.example.net",
        "shop.example.com",
        "shop.example.com",
      ],
    }),
    faults: [
      ["mailstead:dns.nullMxHosts[0]", "own-domain", "this is the mail domain itself"],
      ["mailstead:dns.nullMxHosts[1]", "own-name", "imap.example.com is one of the server's own names"],
      ["mailstead:dns.nullMxHosts[2]", "outside-zone", "www.example.net is not in the zone example.com"],
      ["mailstead:dns.nullMxHosts[4]", "duplicate-host", "the same host is above"],
    ],
  },
  {
    name: "CAA for another CA than the one that is asked",
    raw: rawWith({ "dns.caa": { enabled: true, issuer: "pki.goog" } }),
    faults: [
      ["mailstead:dns.caa.issuer", "foreign-issuer", "orders go to letsencrypt.org, which this would forbid"],
    ],
  },
];
