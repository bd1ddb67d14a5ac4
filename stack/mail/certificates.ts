/** How the certificate is had: the files of its order, and what the deploy runs. */
import type { Config } from "../model/config.ts";
import type { PlannedFile, PlannedRecord, PlannedStep } from "../model/plan.ts";
import type { Template } from "../values/slots.ts";
import { slot, template } from "../values/slots.ts";
import { certificateNames } from "../services/certificateNames.ts";
import { script, settingsText, unit } from "../host/files.ts";
import { SCRIPTS, SETTINGS, SSL } from "../host/paths.ts";
import { findAuthenticator } from "../vendors/authenticator.ts";
import type { DnsAuthenticator } from "../vendors/dnsProvider.ts";
import { certificateReaders } from "./planContainers.ts";
import { webNames } from "../services/webNames.ts";

/** Orders that need no person: these renew themselves. */
function isAutomatic({ certificates }: Config): boolean {
  return certificates.method === "dns-01" || certificates.method === "http-01";
}

function listNames({ domain, mail, certificates, dns }: Config): readonly string[] {
  return certificateNames(domain, mail.storage, certificates.method, webNames(dns));
}

/** The plugin that a dns-01 order writes its records with. The checks let no order through without one. */
function recordWriter({ certificates, dns, server }: Config): DnsAuthenticator | undefined {
  return certificates.method === "dns-01" ? findAuthenticator(dns.provider, server.image) : undefined;
}

/** Certbot's plugin of an order that needs no person: its name, and its credentials file if it has one. */
function authenticatorSettings(config: Config): readonly [string, string][] {
  if (!isAutomatic(config)) return [];
  const { name, credentials } = recordWriter(config) ?? { name: "standalone", credentials: "" };
  return [
    ["AUTHENTICATOR", name],
    ["CREDENTIALS", credentials],
  ];
}

/** Settings of the certificate script, in the form of a shell file. All values are checked words. */
function certificateSettings(config: Config): Template {
  const { domain, contact, certificates } = config;
  const settings: readonly [string, string][] = [
    ["METHOD", certificates.method],
    ["DIRECTORY", certificates.directoryUrl],
    ["EMAIL", contact],
    ["DOMAIN", domain],
    ["NAMES", listNames(config).join(" ")],
    ...authenticatorSettings(config),
    ["PROPAGATION_SECONDS", String(certificates.propagationSeconds)],
    ["READERS", certificateReaders(config).join(" ")],
  ];
  return [settingsText(settings)];
}

/** The certificate of the configuration at upstream's names. `cert.pem` and `chain.pem` may hold the whole chain. */
function providedCertificate(): PlannedFile[] {
  const chain = template`${slot("providedCertificate")}`;
  const key = template`${slot("providedPrivateKey")}`;
  return [
    { role: "certificate", path: `${SSL}/fullchain.pem`, mode: "0600", content: chain },
    { role: "certificate-leaf", path: `${SSL}/cert.pem`, mode: "0600", content: chain },
    { role: "certificate-chain", path: `${SSL}/chain.pem`, mode: "0600", content: chain },
    { role: "certificate-key", path: `${SSL}/privkey.pem`, mode: "0600", content: key },
  ];
}

/** What the plugin of a dns-01 order shows the DNS provider. */
function dnsCredentials(config: Config): PlannedFile[] {
  const authenticator = recordWriter(config);
  if (authenticator === undefined) return [];
  const { role, credentials, tokenKey } = authenticator;
  const content = template`${tokenKey} = ${slot("dnsApiToken")}
`;
  return [{ role, path: credentials, mode: "0600", content }];
}

/** What the order reads, and the units that renew the certificate. */
export function certificateFiles(config: Config): PlannedFile[] {
  const { method } = config.certificates;
  const always: PlannedFile[] = [
    {
      role: "certificate-env",
      path: `${SETTINGS}/certificate.env`,
      mode: "0644",
      content: certificateSettings(config),
    },
    script("certificate-script", "certificate.sh"),
    script("certificate-now-script", "certificate-now.sh"),
    script("certificate-hook", "certificate-hook.sh"),
  ];
  return [
    ...always,
    ...dnsCredentials(config),
    ...(method === "provided" ? providedCertificate() : []),
    ...(isAutomatic(config)
      ? [
          unit("certificate-service", "mailstead-certificate.service"),
          unit("certificate-timer", "mailstead-certificate.timer"),
        ]
      : []),
  ];
}

/** Records that an http-01 order looks up before it can succeed. */
function recordsBeforeOrder(config: Config, records: readonly PlannedRecord[]): readonly string[] {
  if (config.certificates.method !== "http-01") return [];
  const addresses = records.filter(({ type }) => type === "A" || type === "AAAA" || type === "CNAME");
  return listNames(config).flatMap((name) =>
    addresses.filter((record) => record.name === name).map(({ role }) => role),
  );
}

/** The timer's, and what somebody asks for later: a change of them is no reason to look at the certificate. */
const NOT_OF_THE_ORDER = ["certificate-service", "certificate-timer", "certificate-now-script"];

/** Where the host has the script. */
export const CERTIFICATE_SCRIPT = `${SCRIPTS}/certificate.sh`;

const ORDER_SECONDS = 900;
const UNIT_SECONDS = 60;

/** The order of the certificate, and what renews it. @param records every record of the plan */
export function certificateSteps(config: Config, records: readonly PlannedRecord[]): readonly PlannedStep[] {
  const reads = certificateFiles(config)
    .map(({ role }) => role)
    .filter((role) => !NOT_OF_THE_ORDER.includes(role));
  const order: PlannedStep = {
    role: "certificate",
    command: `${CERTIFICATE_SCRIPT} issue`,
    files: reads,
    after: recordsBeforeOrder(config, records),
    timeoutSeconds: ORDER_SECONDS,
  };
  if (!isAutomatic(config)) return [order];
  const timer: PlannedStep = {
    role: "certificate-timer",
    command: "systemctl enable --now mailstead-certificate.timer",
    files: ["certificate-service", "certificate-timer"],
    after: ["certificate"],
    timeoutSeconds: UNIT_SECONDS,
  };
  return [order, timer];
}
