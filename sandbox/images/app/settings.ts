/** Settings of every process, from upstream's variables (`config/env.ts`). */
import { readFileSync } from "node:fs";
import { variables } from "./config/env.ts";

/** The parts of the `.env` file that the stand-in heeds. */
export interface Settings {
  readonly webHost: string;
  readonly mxHost: string;
  readonly smtpHost: string;
  /** Names that every MX of a domain must be among. */
  readonly exchanges: readonly string[];
  readonly ports: Readonly<Record<PortName, number>>;
  readonly mongoUri: string;
  readonly redis: { readonly host: string; readonly port: number };
  readonly helperKey: string;
  readonly srsSecret: string;
  readonly apiSecrets: readonly string[];
  /** How the server itself logs in to send mail. */
  readonly transport: {
    readonly user: string;
    readonly password: string;
    readonly host: string;
    readonly port: number;
  };
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

/** Prefixes of the variables of listening ports. */
const PORTS = ["WEB", "API", "CALDAV", "CARDDAV", "SQLITE", "MX", "SMTP", "IMAP", "POP3"] as const;

/** Prefix of a port's variable: `MX` of `MX_PORT`. */
export type PortName = (typeof PORTS)[number];

/**
 * The settings of this process. It ends with code 78 (configuration error, sysexits.h) where the DKIM key that they name
 * cannot be read.
 */
export function readSettings(): Settings {
  const settings = settingsFrom(variables);
  const { keyPath } = settings.dkim;
  try {
    if (keyPath !== "") readFileSync(keyPath);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(78);
  }
  return settings;
}

/** The settings that a set of variables makes. */
export function settingsFrom(given: Readonly<Record<string, string>>): Settings {
  const value = (name: string): string => given[name] ?? "";
  return {
    webHost: value("WEB_HOST"),
    mxHost: value("MX_HOST"),
    smtpHost: value("SMTP_HOST"),
    exchanges: listOf(value("SMTP_EXCHANGE_DOMAINS")).map(normalName),
    ports: Object.fromEntries(PORTS.map((name) => [name, Number(value(`${name}_PORT`))])) as Record<
      PortName,
      number
    >,
    mongoUri: value("MONGO_URI"),
    redis: { host: value("REDIS_HOST"), port: Number(value("REDIS_PORT")) },
    helperKey: value("HELPER_ENCRYPTION_KEY"),
    srsSecret: value("SRS_SECRET"),
    apiSecrets: listOf(value("API_SECRETS")),
    transport: {
      user: value("SMTP_TRANSPORT_USER"),
      password: value("SMTP_TRANSPORT_PASS"),
      host: value("SMTP_TRANSPORT_HOST"),
      port: Number(value("SMTP_TRANSPORT_PORT")),
    },
    dkim: {
      domain: value("DKIM_DOMAIN_NAME"),
      selector: value("DKIM_KEY_SELECTOR"),
      keyPath: value("DKIM_PRIVATE_KEY_PATH"),
    },
    ...basicAuthFrom(value),
    sqliteHost: value("SQLITE_HOST"),
    storage: `${value("SQLITE_STORAGE_ROOT")}/${value("SQLITE_STORAGE_PATH")}`,
    sendEmail: value("SEND_EMAIL") === "true",
    tlsFiles: (service) => {
      if (value("HTTP_PROTOCOL") === "http") return undefined;
      const file = (name: string): string => value(`${service}_${name}`) || value(`WEB_${name}`);
      return { key: file("SSL_KEY_PATH"), certificate: file("SSL_CERT_PATH") };
    },
  };
}

function listOf(text: string): string[] {
  return text.split(",").filter((part) => part.trim() !== "");
}

function basicAuthFrom(value: (name: string) => string): Pick<Settings, "basicAuth"> {
  if (value("AUTH_BASIC_ENABLED") !== "true") return {};
  const always = value("AUTH_BASIC_ALWAYS") === "true";
  return {
    basicAuth: { user: value("AUTH_BASIC_USERNAME"), password: value("AUTH_BASIC_PASSWORD"), always },
  };
}

/** A name as it is compared: lower case, no final dot. */
export function normalName(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, "");
}
