/** What may stand in the configuration: every key, its check, its meaning, and what to set. */
import { z } from "zod";
import { DEFAULTS } from "./defaults.ts";
import { readHostName, readMailDomain } from "../values/domainName.ts";
import { count, list, switches, text, ttl, type Fields } from "../values/field.ts";
import { readMailAddress } from "../values/mailAddress.ts";
import { readAddress, readNetwork } from "../values/network.ts";
import { RECORD_SWITCHES } from "./recordSchema.ts";
import { readSshPublicKey } from "../values/sshKey.ts";
import * as words from "./words.ts";
import { alternatives } from "../values/inWords.ts";
import { readByAny } from "../vendors/readByAny.ts";
import { CLOUDS, CLOUD_NAMES, DNS_PROVIDERS, DNS_PROVIDER_NAMES } from "../vendors/registry.ts";

const TTL_FIX = 'set "auto" or 60 to 86400 seconds';

/** Keys at the top. */
export const TOP = {
  domain: {
    schema: text(readMailDomain),
    meaning: "mail domain",
    fix: "set the domain of your addresses: pulumi config set mailstead:domain example.com",
    required: true,
  },
  email: {
    schema: text(readMailAddress),
    meaning: "address of the person responsible, best outside the mail domain",
    fix: "set an address that you read: pulumi config set mailstead:email you@example.org",
    required: true,
  },
  generation: {
    schema: count(1, 1_000_000),
    meaning: "one more replaces the server",
    fix: "set a whole number from 1 on",
    fallback: DEFAULTS.generation.value,
  },
  protect: {
    schema: switches,
    meaning: "identity and required records cannot be deleted (What is protected, below)",
    fix: "set true or false",
    fallback: DEFAULTS.protect.value,
  },
  drift: {
    schema: z.enum(["warn", "error", "off"]),
    meaning: "what a preview does with drift at the DNS provider: says it, stops with it, or does not look",
    fix: "set warn, error or off",
    fallback: DEFAULTS.drift.value,
  },
} satisfies Fields;

export const SERVER = {
  provider: {
    schema: z.enum(CLOUD_NAMES),
    meaning: "cloud",
    fix: `set ${alternatives(CLOUD_NAMES)}`,
    fallback: DEFAULTS["server.provider"].value,
  },
  location: {
    schema: text(readByAny(Object.values(CLOUDS).map((cloud) => cloud.readLocation))),
    meaning: "place of the server; stays for ever",
    fix: "set a location of the vendor, such as nbg1",
    required: true,
  },
  type: {
    schema: text(readByAny(Object.values(CLOUDS).map((cloud) => cloud.readServerType))),
    meaning: "size of the server",
    fix: "set a server type of the vendor, such as cx23",
    fallback: DEFAULTS["server.type"].value,
  },
  image: {
    schema: z.enum(["ubuntu-24.04", "debian-13"]),
    meaning: "operating system",
    fix: "set ubuntu-24.04 or debian-13",
    fallback: DEFAULTS["server.image"].value,
  },
  adminNetworks: {
    schema: z.array(text(readNetwork)).min(1).max(100),
    meaning: "blocks that may reach SSH",
    fix: "list the CIDR blocks that you administer from, such as 203.0.113.0/24",
    required: true,
  },
  adminKeys: {
    schema: list(text(readSshPublicKey)),
    meaning: "people's own public SSH keys; besides the deploy's own, the host lets in these and no others",
    fix: "list public keys, one line each",
    fallback: DEFAULTS["server.adminKeys"].value,
  },
  deployKeys: {
    schema: z.array(count(1, 1_000_000)).min(1).max(2),
    meaning:
      "numbers of the deploy's own SSH keys: it connects with the first, the host lets all of them in; a change takes three steps (docs/guides/ssh-keys.md)",
    fix: "list the number of the key in use, and while it is changed that of the other one after it",
    fallback: DEFAULTS["server.deployKeys"].value,
  },
  disposable: {
    schema: switches,
    meaning: "the server may be deleted, with the mail on it (What is protected, below)",
    fix: "set true or false",
    fallback: DEFAULTS["server.disposable"].value,
  },
  swapMib: {
    schema: count(0, 65_536),
    meaning: "swap file in MiB",
    fix: "set a whole number of MiB, 0 for none",
    fallback: DEFAULTS["server.swapMib"].value,
  },
  lostAddress: {
    schema: text((given) => readAddress(given, "ipv4")),
    meaning:
      "IPv4 address of this stack that was deleted at the vendor for good: the stack may take new ones, in another project too",
    fix: "set the address that is gone, such as 203.0.113.10",
  },
} satisfies Fields;

const PROVIDERS = Object.values(DNS_PROVIDERS);
const AUTOMATIC_TTLS = PROVIDERS.map(({ title, automaticTtl }) => `${automaticTtl.inWords} at ${title}`);
const HAVE_ZONE_IDS = PROVIDERS.filter(({ readZoneId }) => readZoneId !== undefined);
const readZoneId = readByAny(HAVE_ZONE_IDS.flatMap((one) => one.readZoneId ?? []));

/** Keys of `dns` but its sections. */
export const DNS = {
  provider: {
    schema: z.enum(DNS_PROVIDER_NAMES),
    meaning: "where the zone is kept",
    fix: `set ${alternatives(DNS_PROVIDER_NAMES)}`,
    fallback: DEFAULTS["dns.provider"].value,
  },
  zone: {
    schema: text(readHostName),
    meaning: "zone that holds the domain",
    fix: "set the name of the zone at the provider, such as example.com",
  },
  zoneId: {
    schema: text(readZoneId),
    meaning: `${alternatives(HAVE_ZONE_IDS.map(({ title }) => title))}'s id of the zone`,
    fix: "copy the zone ID of 32 hexadecimal digits, or leave it out",
  },
  ttlSeconds: {
    schema: ttl,
    meaning: `time to live of the records; auto is the provider's own: ${AUTOMATIC_TTLS.join(", ")}`,
    fix: TTL_FIX,
    fallback: DEFAULTS["dns.ttlSeconds"].value,
  },
  mx: {
    schema: z.enum(["hold", "point"]),
    meaning:
      "whether mail comes here: hold declares everything but the MX, MTA-STS, and the names that mail programs use",
    fix: "set hold or point",
    fallback: DEFAULTS["dns.mx"].value,
  },
  mxHost: {
    schema: z.enum(["address", "alias"]),
    meaning: "whether mx has addresses or is an alias",
    fix: "set address or alias",
    fallback: DEFAULTS["dns.mxHost"].value,
  },
  verification: {
    schema: text(words.readVerification),
    meaning: "token of forward-email-site-verification",
    fix: "paste the token that the web interface shows",
  },
  ...RECORD_SWITCHES,
} satisfies Fields;

/** Keys of `mail` but its section `images`. */
export const MAIL = {
  release: {
    schema: text(words.readTag),
    meaning: "release of Forward Email",
    fix: "set the tag of a release on github.com/forwardemail/forwardemail.net/releases",
    required: true,
  },
  storage: {
    schema: switches,
    meaning: "mailboxes, calendars and contacts",
    fix: "set true or false",
    fallback: DEFAULTS["mail.storage"].value,
  },
  authUser: {
    schema: text(words.readUserName),
    meaning: "user name of the first login",
    fix: "set a name of letters and digits",
    fallback: DEFAULTS["mail.authUser"].value,
  },
} satisfies Fields;

/** Keys of one image; what is left out comes from the defaults of its role. */
export const IMAGE = {
  repository: {
    schema: text(words.readRepository),
    meaning: "where the image is kept",
    fix: "set registry and name, without tag",
  },
  tag: { schema: text(words.readTag), meaning: "tag", fix: "set the tag of a release" },
  digest: {
    schema: text(words.readDigest),
    meaning: "digest of the image's index",
    fix: `set sha256:… as \`docker buildx imagetools inspect REPOSITORY:TAG\` prints it, or ${words.UNKNOWN_DIGEST}`,
    required: true,
  },
} satisfies Fields;

export const CERTIFICATES = {
  method: {
    schema: z.enum(["dns-01", "http-01", "provided", "manual"]),
    meaning: "how the certificate is had",
    fix: "set dns-01, http-01, provided or manual",
    fallback: DEFAULTS["certificates.method"].value,
  },
  directory: {
    schema: text(words.readDirectory),
    meaning: "ACME directory",
    fix: "set letsencrypt, letsencrypt-staging or an https URL",
  },
  propagationSeconds: {
    schema: count(1, 3600),
    meaning: "wait before a dns-01 record is checked",
    fix: "set 1 to 3600 seconds",
    fallback: DEFAULTS["certificates.propagationSeconds"].value,
  },
  certificate: {
    schema: text(words.readCertificate),
    meaning: "certificate chain in PEM, for the method provided",
    fix: "paste the whole chain, leaf first",
  },
  privateKey: {
    schema: text(words.readPrivateKey),
    meaning: "private key in PEM, for the method provided",
    fix: "pulumi config set --secret --path mailstead:certificates.privateKey < privkey.pem",
    secret: true,
  },
  acmeChallenges: {
    schema: list(text(words.readChallenge), 2),
    meaning: "values of _acme-challenge, for the method manual",
    fix: "list the two values that the certificate order shows",
    fallback: DEFAULTS["certificates.acmeChallenges"].value,
  },
} satisfies Fields;

/** Keys under `mailstead:` with sections of their own, by path. */
export const SECTIONS = {
  "": ["server", "dns", "mail", "certificates"],
  dns: ["spf", "dmarc", "dkim", "mtaSts", "caa", "records", "ignore"],
  mail: ["images"],
} as const;
