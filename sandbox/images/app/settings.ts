/**
 * Settings of every process, from the mounted `.env` file with upstream's variable names.
 *
 * As upstream's loader does (`@ladjs/env`, in silent mode), a file that cannot be read is passed over without a word, and
 * the process runs with what upstream ships for everyone to read. Stricter than upstream, a file that was read is refused
 * with all its faults where it lacks a needed variable, or keeps a secret that upstream ships.
 */
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** The parts of the `.env` file that the stand-in heeds. */
export interface Settings {
  readonly webHost: string;
  readonly mxHost: string;
  readonly smtpHost: string;
  /** Names that every MX of a domain must be among. */
  readonly exchanges: readonly string[];
  readonly ports: Readonly<Record<PortName, number>>;
  readonly mongoUri: string;
  /** Database of the outgoing queue. */
  readonly emailsDatabase: string;
  readonly redis: { readonly host: string; readonly port: number };
  readonly helperKey: string;
  readonly srsSecret: string;
  readonly apiSecrets: readonly string[];
  readonly transport: { readonly user: string; readonly password: string };
  readonly dkim: { readonly domain: string; readonly selector: string; readonly keyPath: string };
  readonly basicAuth?: { readonly user: string; readonly password: string; readonly always: boolean };
  readonly sqliteHost: string;
  /** Folder of the mailboxes. */
  readonly storage: string;
  /** False holds back everything that would leave the host. */
  readonly sendEmail: boolean;
  /** Files of the certificate, by service; nothing where the settings ask for no TLS. */
  tlsFiles(service: string): { readonly key: string; readonly certificate: string } | undefined;
}

/** Listening ports by the prefix of their variable, with the value when the variable is absent. */
const PORTS = {
  WEB: 3000,
  API: 4000,
  CALDAV: 5000,
  CARDDAV: 6000,
  SQLITE: 3456,
  MX: undefined,
  SMTP: undefined,
  IMAP: undefined,
  POP3: undefined,
} as const;

/** Prefix of a port's variable: `MX` of `MX_PORT`. */
export type PortName = keyof typeof PORTS;

/** Variables with no use without a value of the owner's, and the form each must have. */
const NEEDED: Readonly<Record<string, RegExp>> = {
  WEB_HOST: /^[a-z0-9.-]+$/,
  MX_HOST: /^[a-z0-9.-]+$/,
  SMTP_HOST: /^[a-z0-9.-]+$/,
  IMAP_HOST: /^[a-z0-9.-]+$/,
  SMTP_EXCHANGE_DOMAINS: /./,
  MX_PORT: /^\d+$/,
  SMTP_PORT: /^\d+$/,
  IMAP_PORT: /^\d+$/,
  POP3_PORT: /^\d+$/,
  HELPER_ENCRYPTION_KEY: /^.{32}$/,
  TXT_ENCRYPTION_KEY: /^[0-9a-f]{32}$/,
  SRS_SECRET: /^.{32,}$/,
  WEBHOOK_SIGNATURE_KEY: /^[0-9a-f]{32,}$/,
  API_SECRETS: /^[^,]{32,},/,
  SMTP_TRANSPORT_PASS: /^.{12,}$/,
  SQLITE_STORAGE_PATH: /^[\w-]+$/,
};

/** Values that upstream's files carry for everyone to read. */
const SHIPPED = new Set(["secret,", "secret", "Thisisapassword123", "xxxxx", "forwardemail"]);

/** What upstream's `.env.defaults` (01f100e) has for variables that no file gives. */
const DEFAULTS: Readonly<Record<string, string>> = {
  HTTP_PROTOCOL: "http",
  WEB_HOST: "localhost",
  MX_HOST: "localhost",
  SMTP_HOST: "localhost",
  IMAP_HOST: "localhost",
  SMTP_EXCHANGE_DOMAINS: "mx1.forwardemail.net,mx2.forwardemail.net",
  MX_PORT: "2525",
  SMTP_PORT: "2587",
  IMAP_PORT: "2993",
  POP3_PORT: "2995",
  API_SECRETS: "secret,",
  SQLITE_STORAGE_PATH: "storage_do_1",
};

/**
 * Reads the settings; those that upstream ships where the file cannot be read. The process ends with code 78
 * (configuration error, sysexits.h) when the file is not fit, or its DKIM key cannot be read.
 */
export function readSettings(path = process.env["ENV_PATH"] ?? "/app/.env"): Settings {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return settingsFrom((name, fallback = "") => DEFAULTS[name] || fallback);
  }
  try {
    const settings = parseSettings(text);
    readFileSync(settings.dkim.keyPath);
    return settings;
  } catch (error) {
    process.stderr.write(`${path}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(78);
  }
}

/** Parses the text of a `.env` file. Throws one error that names every fault and shows no value. */
export function parseSettings(text: string): Settings {
  const values = expand(parseEnv(text) as Record<string, string>);
  const faults = Object.entries(NEEDED).flatMap(([name, form]) => {
    const value = values[name] ?? "";
    if (value === "") return [`${name} is missing`];
    if (SHIPPED.has(value)) return [`${name} has the value that everyone knows: set one of your own`];
    return form.test(value) ? [] : [`${name} does not have the form ${form.source}`];
  });
  if (faults.length > 0) throw new Error(`not fit to start:\n  ${faults.join("\n  ")}`);
  return settingsFrom((name, fallback = "") => values[name] || fallback);
}

function settingsFrom(value: (name: string, fallback?: string) => string): Settings {
  const webHost = value("WEB_HOST");
  const mongo = `${value("MONGO_HOST", "127.0.0.1")}:${value("MONGO_PORT", "27017")}`;
  const portNames = Object.keys(PORTS) as PortName[];
  return {
    webHost,
    mxHost: value("MX_HOST"),
    smtpHost: value("SMTP_HOST"),
    exchanges: value("SMTP_EXCHANGE_DOMAINS").split(",").map(normalName).filter(Boolean),
    ports: Object.fromEntries(
      portNames.map((name) => [name, Number(value(`${name}_PORT`, String(PORTS[name])))]),
    ) as Record<PortName, number>,
    mongoUri: value("MONGO_URI", `mongodb://${mongo}/${value("MONGO_NAME", "forwardemail_production")}`),
    emailsDatabase: value("EMAILS_MONGO_NAME", "forwardemail_emails_production"),
    redis: { host: value("REDIS_HOST", "127.0.0.1"), port: Number(value("REDIS_PORT", "6379")) },
    helperKey: value("HELPER_ENCRYPTION_KEY"),
    srsSecret: value("SRS_SECRET"),
    apiSecrets: value("API_SECRETS").split(",").filter(Boolean),
    transport: {
      user: value("SMTP_TRANSPORT_USER", `support@${webHost}`),
      password: value("SMTP_TRANSPORT_PASS"),
    },
    dkim: {
      domain: value("DKIM_DOMAIN_NAME", webHost),
      selector: value("DKIM_KEY_SELECTOR", "default"),
      keyPath: value("DKIM_PRIVATE_KEY_PATH", "/app/ssl/dkim.key"),
    },
    ...basicAuthFrom(value),
    sqliteHost: value("SQLITE_HOST", "127.0.0.1"),
    storage: `${value("SQLITE_STORAGE_ROOT", "/mnt")}/${value("SQLITE_STORAGE_PATH")}`,
    sendEmail: value("SEND_EMAIL") === "true",
    tlsFiles: (service) =>
      value("HTTP_PROTOCOL", "https") === "http"
        ? undefined
        : {
            key: value(`${service}_SSL_KEY_PATH`, value("WEB_SSL_KEY_PATH", "/app/ssl/privkey.pem")),
            certificate: value(
              `${service}_SSL_CERT_PATH`,
              value("WEB_SSL_CERT_PATH", "/app/ssl/fullchain.pem"),
            ),
          },
  };
}

function basicAuthFrom(value: (name: string) => string): Pick<Settings, "basicAuth"> {
  if (value("AUTH_BASIC_ENABLED") !== "true") return {};
  const always = value("AUTH_BASIC_ALWAYS") === "true";
  return {
    basicAuth: { user: value("AUTH_BASIC_USERNAME"), password: value("AUTH_BASIC_PASSWORD"), always },
  };
}

/** Fills in `{{NAME}}` and `{{{NAME}}}`, which upstream's file uses between its own variables. */
function expand(values: Record<string, string>): Record<string, string> {
  const resolve = (text: string, depth: number): string =>
    depth === 0
      ? text
      : text.replace(/\{{2,3}(\w+)\}{2,3}/g, (_, name: string) => resolve(values[name] ?? "", depth - 1));
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, resolve(text, 5)]));
}

/** A name as it is compared: lower case, no final dot. */
export function normalName(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, "");
}
