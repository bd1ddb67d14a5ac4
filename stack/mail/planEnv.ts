/** The mail stack's `.env`: complete, with secrets as slots. */
import type { Config } from "../model/config.ts";
import type { Slot, Template } from "../values/slots.ts";
import { slot } from "../values/slots.ts";
import { SQLITE_STORAGE_PATH } from "../host/paths.ts";
import { hostName, nameHost } from "../services/names.ts";
import { listening, reachedBy, type ListeningService } from "../services/reach.ts";
import { SERVICES } from "../services/table.ts";
import { FIXED, UNSET } from "./upstreamVariables.ts";

type Variable = readonly [name: string, ...value: (string | Slot)[]];

const SSL_KEY = "/app/ssl/privkey.pem";
const SSL_CERTIFICATE = "/app/ssl/fullchain.pem";
const SSL_CHAIN = "/app/ssl/chain.pem";

/** Where a service of the app listens, by variables that begin with its name. */
function address(service: ListeningService, domain: string): Variable[] {
  const prefix = service.name.toUpperCase();
  return [
    [`${prefix}_HOST`, nameHost(service, domain)],
    [`${prefix}_PORT`, String(service.listens.port)],
  ];
}

/** A web server of the app; its port is on loopback, its URL public. */
function webServer(service: ListeningService, domain: string): Variable[] {
  const prefix = service.name.toUpperCase();
  return [
    ...address(service, domain),
    [`${prefix}_PROTOCOL`, "https"],
    // Without the port: from outside, and by the router from inside, each answers on 443.
    [`${prefix}_URL`, `https://${nameHost(service, domain)}`],
    [`${prefix}_SSL_KEY_PATH`, SSL_KEY],
    [`${prefix}_SSL_CERT_PATH`, SSL_CERTIFICATE],
    [`${prefix}_SSL_CA_PATH`, SSL_CHAIN],
  ];
}

/** Every service of the app, those of mailboxes also where there are none: upstream's list has them on every server. */
function hosts(config: Config): Variable[] {
  const { domain } = config;
  const services = listening(SERVICES.filter(({ image }) => image === "app"));
  const groups = Map.groupBy(services, ({ listens }) => reachedBy(listens));
  const variables = (group: ReturnType<typeof reachedBy>) => {
    const form = group === "router" ? webServer : address;
    return (groups.get(group) ?? []).flatMap((service) => form(service, domain));
  };
  return [
    ["DOMAIN", domain],
    ["WEBSITE_URL", domain],
    ["APP_NAME", domain],
    ...variables("router"),
    ["ERROR_HANDLER_BASE_URL", `https://${domain}`],
    ["UBUNTU_CALLBACK_URL", `https://${domain}/auth/ubuntu/ok`],
    ["UBUNTU_REALM", `https://${domain}`],
    ["APPLE_CALLBACK_URL", `https://${domain}/auth/apple/ok`],
    ["GOOGLE_CALLBACK_URL", `https://${domain}/auth/google/ok`],
    ["GITHUB_CALLBACK_URL", `https://${domain}/auth/github/ok`],
    ...variables("host"),
    ["SQLITE_STORAGE_PATH", SQLITE_STORAGE_PATH],
    ["SQLITE_TMPDIR", `/tmp/production_${SQLITE_STORAGE_PATH}_tmp`],
    ...variables("clients"),
    ...variables("servers"),
    ["MX1_HOST", hostName("mx", domain)],
    ["MX2_HOST", hostName("mx", domain)],
    ["SMTP_EXCHANGE_DOMAINS", exchanges(config).join(",")],
  ];
}

/** Every host that the domain's MX records name: verification fails on one that is not listed. */
function exchanges({ domain, dns }: Config): readonly string[] {
  const own = hostName("mx", domain);
  const more = dns.records.flatMap((record) =>
    record.type === "MX" && record.name === domain ? [record.exchange] : [],
  );
  return [...new Set([own, ...more])];
}

function senders({ domain }: Config): Variable[] {
  return [
    ["EMAIL_ABUSE", `abuse@${domain}`],
    ["EMAIL_SECURITY", `security@${domain}`],
    ["EMAIL_FRIENDLY_FROM", `no-reply@${domain}`],
    ["EMAIL_DEFAULT_FROM_EMAIL", `support@${domain}`],
    ["EMAIL_DEFAULT_FROM", `${domain} <support@${domain}>`],
    ["EMAIL_ALERTS_FROM_EMAIL", `alerts@${domain}`],
    ["EMAIL_ALERTS_FROM", `${domain} <alerts@${domain}>`],
    ["REMOVED_EMAIL_DOMAIN", `removed.${domain}`],
    ["SMTP_TRANSPORT_USER", `support@${domain}`],
    ["SMTP_TRANSPORT_HOST", hostName("smtp", domain)],
    ["DKIM_DOMAIN_NAME", domain],
    ["DKIM_KEY_SELECTOR", "default"],
    ["DKIM_PRIVATE_KEY_PATH", "/app/ssl/dkim.key"],
  ];
}

function secrets({ mail }: Config): Variable[] {
  return [
    ["HELPER_ENCRYPTION_KEY", slot("helperEncryptionKey")],
    ["TXT_ENCRYPTION_KEY", slot("txtEncryptionKey")],
    ["SRS_SECRET", slot("srsSecret")],
    ["WEBHOOK_SIGNATURE_KEY", slot("webhookSignatureKey")],
    // The comma makes the app read a list.
    ["API_SECRETS", slot("apiSecret"), ","],
    ["SMTP_TRANSPORT_PASS", slot("smtpTransportPassword")],
    ["AUTH_BASIC_USERNAME", mail.authUser],
    ["AUTH_BASIC_PASSWORD", slot("authBasicPassword")],
    // By itself the app opens the gate for good with the first account, and strangers may sign up then.
    ["AUTH_BASIC_ALWAYS", String(mail.gate === "always")],
  ];
}

/** For upstream's own scripts, and for a restore: data goes with the release that wrote it. */
function release({ mail }: Config): Variable[] {
  return [
    ["IMAGE_TAG", mail.images.app.tag],
    ["COMPOSE_PROFILES", mail.storage ? "storage" : ""],
  ];
}

/**
 * A plain value needs no quotes; blanks and `#` would end it without. What readers of the format take for more than a
 * character within quotes, each in its own way, is in no value: names and addresses are checked words.
 */
function quoted(value: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]*$/.test(value)) return value;
  if (/["'`\\$\p{Cc}]/u.test(value))
    throw new Error(`The plan is broken: ${JSON.stringify(value)} cannot stand in .env.`);
  return `"${value}"`;
}

function line([name, ...value]: Variable): Template {
  const plain = value.map((piece) => (typeof piece === "string" ? quoted(piece) : piece));
  return [`${name}=`, ...plain, "\n"];
}

/** Joins neighbouring texts, so that a template shows slots and the text between them. */
function joined(pieces: Template): Template {
  const result: (string | Slot)[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (typeof piece === "string" && typeof last === "string") result[result.length - 1] = last + piece;
    else result.push(piece);
  }
  return result;
}

function ofThisServer(config: Config): readonly Variable[] {
  return [...hosts(config), ...senders(config), ...secrets(config), ...release(config)];
}

/** The part that is the same on every server, made once. */
const SAME_FOR_ALL: Template = joined([...FIXED, ...UNSET.map((name): Variable => [name, ""])].flatMap(line));

/** Plans the text of `.env`. Secrets are slots; none of the secrets that upstream ships is kept. */
export function planEnv(config: Config): Template {
  const head = "# Written by Mailstead. Changes here are lost with the next deploy.\n";
  return joined([head, ...ofThisServer(config).flatMap(line), ...SAME_FOR_ALL]);
}
