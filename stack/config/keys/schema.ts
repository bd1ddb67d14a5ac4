/** What may stand in the configuration: every key, its check, its meaning, and what to set. */
import { z } from "zod";
import { activeServices } from "../../services/activeServices.ts";
import type { ImageRole } from "../../model/imageRoles.ts";
import { readHostName, readMailDomain } from "../../values/domainName.ts";
import {
  because,
  count,
  digits,
  filledList,
  list,
  switches,
  text,
  ttl,
  type Because,
  type Field,
  type Fields,
} from "../../values/field.ts";
import { readMailAddress } from "../../values/mailAddress.ts";
import { readAddress, readNetwork } from "../../values/network.ts";
import { ONBOARDING } from "./mailboxSchema.ts";
import { RECORD_SWITCHES } from "./recordSchema.ts";
import { readSshPublicKey } from "../../values/sshKey.ts";
import * as words from "./readValues.ts";
import { alternatives } from "../../values/sentence.ts";
import { readByAny } from "../../vendors/readByAny.ts";
import { CLOUDS, CLOUD_NAMES, DNS_PROVIDERS, DNS_PROVIDER_NAMES } from "../../vendors/registry.ts";

/** Containers of a server with mailboxes. */
const CONTAINERS = activeServices(true, []).length;

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
    default: because(1, "the first server"),
  },
  protect: {
    schema: switches,
    meaning: "identity and required records cannot be deleted (What is protected, below)",
    fix: "set true or false",
    default: because(true, "keys, addresses and records that mail depends on are not deleted by mistake"),
  },
  drift: {
    schema: z.enum(["warn", "error", "off"]),
    meaning: "what a preview does with drift at the DNS provider: says it, stops with it, or does not look",
    fix: "set warn, error or off",
    default: because("warn" as const, "a preview shall say what it saw, and still show its own changes"),
  },
  ...ONBOARDING,
} satisfies Fields;

export const SERVER = {
  provider: {
    schema: z.enum(CLOUD_NAMES),
    meaning: "cloud",
    fix: `set ${alternatives(CLOUD_NAMES)}`,
    default: because("hetzner" as const, "the one cloud that is built so far"),
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
    default: because("cx23", `2 CPUs and 4 GB, which ${CONTAINERS} containers want; the cheapest such size`),
  },
  image: {
    schema: z.enum(["ubuntu-24.04", "debian-13"]),
    meaning: "operating system",
    fix: "set ubuntu-24.04 or debian-13",
    default: because("ubuntu-24.04" as const, "supported by its makers until 2029"),
  },
  adminNetworks: {
    schema: filledList(text(readNetwork)),
    meaning: "blocks that may reach SSH",
    fix: "list the CIDR blocks that you administer from, such as 203.0.113.0/24",
    required: true,
  },
  adminKeys: {
    schema: list(text(readSshPublicKey)),
    meaning: "people's own public SSH keys; besides the deploy's own, the host lets in these and no others",
    fix: "list public keys, one line each",
    default: because<readonly string[]>([], "the deploy has its own key; people's keys are extra"),
  },
  deployKeys: {
    schema: filledList(count(1, 1_000_000), 2),
    meaning:
      "numbers of the deploy's own SSH keys: it connects with the first, the host lets all of them in; a change takes three steps (docs/guides/ssh-keys.md)",
    fix: "list the number of the key in use, and while it is changed that of the other one after it",
    default: because<readonly number[]>([1], "the first key that the deploy made"),
  },
  disposable: {
    schema: switches,
    meaning: "the server may be deleted, with the mail on it (What is protected, below)",
    fix: "set true or false",
    default: because(false, "mail is lost with the server until backups exist"),
  },
  swapMib: {
    schema: count(0, 65_536),
    meaning: "swap file in MiB",
    fix: "set a whole number of MiB, 0 for none",
    default: because(2048, `${CONTAINERS} containers on 4 GB need room for peaks`),
  },
  lostAddress: {
    schema: text((given) => readAddress(given, "ipv4")),
    meaning:
      "IPv4 address of this stack that was deleted at the vendor for good, or lost with its project: the stack may take new ones, in another project too",
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
    default: because("cloudflare" as const, "the one that the guide uses"),
  },
  zone: {
    schema: text(readHostName),
    meaning: "zone that holds the domain",
    fix: "set the name of the zone at the provider, such as example.com",
    follows: because(
      "the registrable domain of `domain`",
      "that is what people register, and keep a zone for",
    ),
  },
  zoneId: {
    schema: text(readZoneId),
    meaning: `${alternatives(HAVE_ZONE_IDS.map(({ title }) => title))}'s id of the zone`,
    fix: "copy the zone ID of 32 hexadecimal digits, or leave it out",
    follows: because("looked up by the zone's name", "it is one value less to copy"),
  },
  ttlSeconds: {
    schema: ttl,
    meaning: `TTL of the records; auto is the provider's own: ${AUTOMATIC_TTLS.join(", ")}`,
    fix: TTL_FIX,
    default: because("auto" as const, "the guide's table says automatic"),
  },
  mx: {
    schema: z.enum(["hold", "point"]),
    meaning:
      "whether mail comes here: hold declares everything but the MX, MTA-STS, and the names that mail programs use",
    fix: "set hold or point",
    default: because(
      "point" as const,
      "a new domain gets its mail here; one that gets it elsewhere begins with hold (docs/guides/move-a-living-domain.md)",
    ),
  },
  mxHost: {
    schema: z.enum(["address", "alias"]),
    meaning: "whether mx has addresses or is an alias",
    fix: "set address or alias",
    default: because("address" as const, "an MX may not point to an alias (RFC 2181 10.3)"),
  },
  verification: {
    schema: digits(words.readVerification),
    meaning:
      "token of forward-email-site-verification; with onboarding automatic only where the server has another than ours",
    fix: "paste the token that the web interface shows",
  },
  ...RECORD_SWITCHES,
} satisfies Fields;

/** Keys of `mail` but its section `images`. */
export const MAIL = {
  release: {
    schema: digits(words.readTag),
    meaning: "release of Forward Email",
    fix: "set the tag of a release on github.com/forwardemail/forwardemail.net/releases",
    required: true,
  },
  storage: {
    schema: switches,
    meaning: "mailboxes, calendars and contacts",
    fix: "set true or false",
    default: because(true, "mailboxes are what most people want a mail server for"),
  },
  authUser: {
    schema: digits(words.readUserName),
    meaning: "user name of the first login",
    fix: "set a name of letters and digits",
    default: because("admin", "the name that the guide uses"),
  },
  gate: {
    schema: z.enum(["always", "first"]),
    meaning:
      "the gate before the web interface: always asks for the first login, first only until there is an account",
    fix: "set always or first",
    default: because("always" as const, "behind it nobody can sign up whom you have not given the login"),
  },
  mongoCacheMib: {
    schema: count(256, 1_000_000),
    meaning: "memory in MiB that MongoDB keeps data in",
    fix: "set 256 MiB or more",
    default: because(
      512,
      "left to itself it takes half of the memory but 1 GB, which the other containers want",
    ),
  },
} satisfies Fields;

/** Keys of one image. */
function imageKeys<Preset extends Pick<Field<string>, "default" | "follows">>(
  repository: Because<string>,
  tag: Preset,
) {
  return {
    repository: {
      schema: text(words.readRepository),
      meaning: "where the image is kept",
      fix: "set registry and name, without tag",
      default: repository,
    },
    tag: { schema: digits(words.readTag), meaning: "tag", fix: "set the tag of a release", ...tag },
    digest: {
      schema: text(words.readDigest),
      meaning: "digest of the image's index",
      fix: words.FIND_DIGEST,
      required: true,
    },
  } as const satisfies Fields;
}

/** Keys of the images, by role. */
export const IMAGES = {
  app: imageKeys(
    because(
      "ghcr.io/forwardemail/forwardemail.net-selfhosted",
      "where Forward Email publishes its self-hosted image",
    ),
    { follows: because("`mail.release`", "the image is what the release is") },
  ),
  nginx: imageKeys(because("nginx", "the official image"), {
    default: because("1.28", "a stable branch, as upstream uses `stable`"),
  }),
  mongo: imageKeys(because("mongo", "the official image"), {
    default: because("8.0", "a major release of its own: a jump by `latest` cannot be taken back"),
  }),
  redis: imageKeys(because("redis", "the official image"), {
    default: because("8.2", "a minor release of its own: `latest` moves unasked"),
  }),
} satisfies Readonly<Record<ImageRole, Fields>>;

export const CERTIFICATES = {
  method: {
    schema: z.enum(["dns-01", "http-01", "provided", "manual"]),
    meaning: "how the certificate is had",
    fix: "set dns-01, http-01, provided or manual",
    default: because("dns-01" as const, "one certificate for every name, with no port to open"),
  },
  directory: {
    schema: text(words.readDirectory),
    meaning: "ACME directory",
    fix: "set letsencrypt, letsencrypt-staging or an https URL",
    default: because("letsencrypt", "free, and trusted by mail programs and servers everywhere"),
  },
  propagationSeconds: {
    schema: count(1, 3600),
    meaning: "wait before a dns-01 record is checked",
    fix: "set 1 to 3600 seconds",
    default: because(10, "what the provider's own plug-in waits"),
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
    default: because<readonly string[]>([], "only the method manual has them"),
  },
} satisfies Fields;

/** Keys under `mailstead:` with sections of their own, by path. */
export const SECTIONS = {
  "": ["server", "dns", "mail", "mailboxes", "certificates", "data", "backups", "upgrades"],
  dns: ["spf", "dmarc", "dkim", "mtaSts", "caa", "records", "ignore"],
  mail: ["images"],
} as const;
