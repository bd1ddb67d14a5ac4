/** Every default, with the reason for it. */
import { activeServices } from "../services/activeServices.ts";

/** A default value and why it is that one. */
export interface Default<T> {
  readonly value: T;
  readonly reason: string;
}

function because<T>(value: T, reason: string): Default<T> {
  return { value, reason };
}

/** Containers of a server with mailboxes. */
const CONTAINERS = activeServices(true, []).length;

/** Defaults by the path of the value under `mailstead:`. */
export const DEFAULTS = {
  generation: because(1, "the first server"),
  drift: because("warn" as const, "a preview shall say what it saw, and still show its own changes"),
  protect: because(true, "keys, addresses and records that mail depends on are not deleted by mistake"),
  "server.provider": because("hetzner" as const, "the one cloud that is built so far"),
  "server.type": because(
    "cx23",
    `2 CPUs and 4 GB, which ${CONTAINERS} containers want; the cheapest such size`,
  ),
  "server.image": because("ubuntu-24.04" as const, "supported by its makers until 2029"),
  "server.adminKeys": because<readonly string[]>([], "the deploy has its own key; people's keys are extra"),
  "server.deployKeys": because<readonly number[]>([1], "the first key that the deploy made"),
  "server.disposable": because(false, "mail is lost with the server until backups exist"),
  "server.swapMib": because(2048, `${CONTAINERS} containers on 4 GB need room for peaks`),
  "dns.provider": because("cloudflare" as const, "the one that the guide uses"),
  "dns.ttlSeconds": because("auto" as const, "the guide's table says automatic"),
  "dns.mx": because(
    "point" as const,
    "a new domain gets its mail here; one that gets it elsewhere begins with hold (docs/guides/move-a-living-domain.md)",
  ),
  "dns.mxHost": because("address" as const, "an MX may not point to an alias (RFC 2181 10.3)"),
  "dns.spf.mechanisms": because<readonly string[]>([], "mail leaves through this server alone"),
  "dns.dmarc.policy": because(
    "quarantine" as const,
    "all mail of the domain leaves through this server, which sends nothing that fails DMARC; reject is the next step",
  ),
  "dns.mtaSts.mode": because(
    "off" as const,
    "it wants a certificate that others trust; begin with testing, and with tlsReports",
  ),
  "dns.mtaSts.maxAgeSeconds": because(
    604_800,
    "a week: long enough to protect, short enough to come back from",
  ),
  "dns.caa.enabled": because(
    false,
    "it locks out every other authority, also that of a website on the domain",
  ),
  "dns.services": because(false, "many programs do not ask for them"),
  "dns.autoconfig": because(false, "one more name and container, for those who type settings by hand anyway"),
  "dns.autodiscover": because(false, "Outlook alone asks for it"),
  "dns.heloSpf": because(false, "without it receivers judge by the domain's own policy"),
  "dns.nullMx": because(false, "mail to such a name is refused by the server anyway"),
  "dns.nullMxHosts": because<readonly string[]>([], "only you know which hosts of yours take no mail"),
  "dns.ignore.reason": because(
    "ignored by the configuration",
    "the report gives a reason for each; your own says more",
  ),
  "dns.records.purpose": because(
    "added by the owner",
    "the comment at the provider tells it from Mailstead's own records",
  ),
  "dns.records.level": because(
    "optional" as const,
    "mail does not depend on it, so it goes with a destroy and comes back with `up`",
  ),
  "mail.storage": because(true, "mailboxes are what most people want a mail server for"),
  "mail.authUser": because("admin", "the name that the guide uses"),
  "mail.images.app.repository": because(
    "ghcr.io/forwardemail/forwardemail.net-selfhosted",
    "where Forward Email publishes its self-hosted image",
  ),
  "mail.images.nginx.repository": because("nginx", "the official image"),
  "mail.images.nginx.tag": because("1.28", "a stable branch, as upstream uses `stable`"),
  "mail.images.mongo.repository": because("mongo", "the official image"),
  "mail.images.mongo.tag": because(
    "8.0",
    "a major release of its own: a jump by `latest` cannot be taken back",
  ),
  "mail.images.redis.repository": because("redis", "the official image"),
  "mail.images.redis.tag": because("8.2", "a minor release of its own: `latest` moves unasked"),
  "certificates.method": because("dns-01" as const, "one certificate for every name, with no port to open"),
  "certificates.directory": because(
    "letsencrypt",
    "free, and trusted by mail programs and servers everywhere",
  ),
  "certificates.propagationSeconds": because(10, "what the provider's own plug-in waits"),
  "certificates.acmeChallenges": because<readonly string[]>([], "only the method manual has them"),
} as const;

/** Defaults that follow from other values: which, in words, and why. */
export const DERIVED = {
  "dns.zone": because(
    "the registrable domain of `domain`",
    "that is what people register, and keep a zone for",
  ),
  "dns.zoneId": because("looked up by the zone's name", "it is one value less to copy"),
  "dns.caa.issuer": because(
    "the authority of `certificates.directory`",
    "any other could not give the certificate",
  ),
  "dns.records.ttlSeconds": because("`dns.ttlSeconds`", "one value counts for all records"),
  "mail.images.app.tag": because("`mail.release`", "the image is what the release is"),
} as const;

/** ACME directories that have a short name. */
export const ACME_DIRECTORIES: Readonly<Record<string, string>> = {
  letsencrypt: "https://acme-v02.api.letsencrypt.org/directory",
  "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
};
