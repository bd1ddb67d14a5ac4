/**
 * Small files on the web that Mailstead serves itself, from a container of its own behind the router: the MTA-STS
 * policy (RFC 8461 3.2), which upstream's server does not have, and settings for mail programs, which upstream's has
 * behind its first login and with services that a server without mailboxes lacks.
 */
import type { Config } from "../model/config.ts";
import { mtaStsPolicy } from "../services/mtaStsPolicy.ts";
import { WELL_KNOWN_FILES } from "../host/paths.ts";
import { clientServers, type ClientServer } from "../services/clients.ts";
import { findPort } from "../services/table.ts";
import type { WebNameOf } from "../services/webNames.ts";

const PORT = findPort("well-known");

/** Where the container sees the certificate. */
export const CERTIFICATES_IN_NGINX = "/etc/nginx/ssl";

const PATHS = {
  "mta-sts": ["/.well-known/mta-sts.txt"],
  // Thunderbird's and the draft's, in this order (draft-ietf-mailmaint-autoconfig 3).
  autoconfig: ["/mail/config-v1.1.xml", "/.well-known/autoconfig/mail/config-v1.1.xml"],
} as const satisfies Readonly<Record<WebNameOf<"well-known">, readonly string[]>>;

/** One file on the host and in the container. */
interface WellKnownFile {
  readonly role: string;
  readonly path: string;
  readonly containerPath: string;
  readonly text: string;
}

interface Site extends WellKnownFile {
  readonly label: keyof typeof PATHS;
  readonly mediaType: string;
}

/** A text between two tags, or in an attribute. */
function xmlText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

/** One server of the settings file. The login is always the whole address. */
function serverElement({ direction, protocol, host, port }: ClientServer): string {
  const tag = `${direction}Server`;
  return `    <${tag} type="${protocol.toLowerCase()}">
      <hostname>${xmlText(host)}</hostname>
      <port>${String(port)}</port>
      <socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </${tag}>
`;
}

/** Settings for mail programs. @see https://wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat */
function autoconfigText(config: Config): string {
  const name = xmlText(config.domain);
  return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="${name}">
    <domain>${name}</domain>
    <displayName>${name}</displayName>
    <displayShortName>${name}</displayShortName>
${clientServers(config).map(serverElement).join("")}  </emailProvider>
</clientConfig>
`;
}

function sites(config: Config): Site[] {
  const policy = mtaStsPolicy(config);
  const mtaSts: Site[] =
    policy === undefined
      ? []
      : [
          {
            label: "mta-sts",
            role: "mta-sts-policy",
            path: WELL_KNOWN_FILES.mtaSts,
            containerPath: "/srv/mta-sts.txt",
            mediaType: "text/plain",
            text: policy,
          },
        ];
  if (!config.dns.autoconfig) return mtaSts;
  const autoconfig: Site = {
    label: "autoconfig",
    role: "autoconfig",
    path: WELL_KNOWN_FILES.autoconfig,
    containerPath: "/srv/autoconfig.xml",
    mediaType: "text/xml",
    text: autoconfigText(config),
  };
  return [...mtaSts, autoconfig];
}

function serverBlock(domain: string, { label, containerPath, mediaType }: Site): string {
  const locations = PATHS[label].map(
    (path) => `
    location = ${path} {
      alias ${containerPath};
    }`,
  );
  return `
  server {
    listen 127.0.0.1:${String(PORT)} ssl;
    server_name ${label}.${domain};
    types {}
    default_type ${mediaType};
${locations.join("\n")}

    location / {
      return 404;
    }
  }
`;
}

function renderConf(domain: string, served: readonly Site[]): string {
  return `# Written by Mailstead. Changes here are lost with the next deploy.
worker_processes 1;

events {
  worker_connections 1024;
}

http {
  access_log off;
  server_tokens off;
  # Room for the longest name of the DNS; the default, a line of the processor's cache, ends at some 46 bytes.
  server_names_hash_bucket_size 512;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_certificate ${CERTIFICATES_IN_NGINX}/fullchain.pem;
  ssl_certificate_key ${CERTIFICATES_IN_NGINX}/privkey.pem;

  server {
    listen 127.0.0.1:${String(PORT)} ssl default_server;
    return 404;
  }
${served.map((site) => serverBlock(domain, site)).join("")}}
`;
}

/** The container's files: its settings first, then one for each web name that is switched on; none when none is. */
export function wellKnownFiles(config: Config): readonly WellKnownFile[] {
  const served = sites(config);
  if (served.length === 0) return [];
  const conf: WellKnownFile = {
    role: "well-known-conf",
    path: WELL_KNOWN_FILES.conf,
    containerPath: "/etc/nginx/nginx.conf",
    text: renderConf(config.domain, served),
  };
  return [
    conf,
    ...served.map(({ role, path, containerPath, text }) => ({ role, path, containerPath, text })),
  ];
}
