/** Files that the deploy writes, and what it runs after them. */
import type { Config } from "../model/config.ts";
import { planDns } from "../dns/planDns.ts";
import type { PlannedFile, PlannedStep } from "../model/plan.ts";
import type { Template } from "../values/slots.ts";
import { slot, template } from "../values/slots.ts";
import { hostFirewallFiles, hostFirewallSteps } from "../firewall/hostFirewall.ts";
import { certificateNames } from "../services/certificateNames.ts";
import { dnsAuthenticator, type DnsAuthenticator } from "../vendors/dnsAuthenticators.ts";
import { script, settingsText, unit } from "./hostFiles.ts";
import { renderNginxConf } from "./nginxConf.ts";
import { ENV_FILE, NGINX_CONF, SCRIPTS, SETTINGS, SSL } from "./paths.ts";
import { certificateReaders } from "./planContainers.ts";
import { planEnv } from "./planEnv.ts";
import { servicesOf } from "../services/activeServices.ts";
import { webNames } from "../services/webNames.ts";
import { wellKnownFiles } from "./wellKnown.ts";

/** Orders that need no person: these renew themselves. */
function isAutomatic({ certificates }: Config): boolean {
  return certificates.method === "dns-01" || certificates.method === "http-01";
}

function namesOf({ domain, mail, certificates, dns }: Config): readonly string[] {
  return certificateNames(domain, mail.storage, certificates.method, webNames(dns));
}

/** The plugin that a dns-01 order writes its records with. The checks let no order through without one. */
function recordWriter({ certificates, dns, server }: Config): DnsAuthenticator | undefined {
  return certificates.method === "dns-01" ? dnsAuthenticator(dns.provider, server.image) : undefined;
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
    ["NAMES", namesOf(config).join(" ")],
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

function certificateFiles(config: Config): PlannedFile[] {
  const { method } = config.certificates;
  const always: PlannedFile[] = [
    {
      role: "certificate-env",
      path: `${SETTINGS}/certificate.env`,
      mode: "0644",
      content: certificateSettings(config),
    },
    script("certificate-script", "certificate.sh"),
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

/**
 * Who may be root by SSH: the deploy and the people of the configuration. The file is written whole, over what the first
 * boot and the vendor put there, so that nobody else keeps a way in.
 */
function authorizedKeys({ server }: Config): PlannedFile {
  const other = server.deployKeys.length > 1 ? template`${slot("otherDeployPublicKey")}\n` : [];
  const people = server.adminKeys.map((key) => `${key}\n`).join("");
  const head = "# Written by Mailstead from its configuration. Changes here are lost with the next deploy.\n";
  const content = [head, slot("deployPublicKey"), "\n", ...other, people];
  return { role: "authorized-keys", path: "/root/.ssh/authorized_keys", mode: "0600", content };
}

/** Plans every file. */
export function planFiles(config: Config): readonly PlannedFile[] {
  return [
    authorizedKeys(config),
    { role: "env", path: ENV_FILE, mode: "0600", content: planEnv(config) },
    {
      role: "nginx-conf",
      path: NGINX_CONF,
      mode: "0644",
      content: [renderNginxConf(servicesOf(config), webNames(config.dns))],
    },
    { role: "dkim-key", path: `${SSL}/dkim.key`, mode: "0600", content: template`${slot("dkimPrivateKey")}` },
    ...certificateFiles(config),
    ...hostFirewallFiles(config),
    ...wellKnownFiles(config).map(({ role, path, text }) => ({ role, path, mode: "0644", content: [text] })),
  ];
}

/** Records that an http-01 order looks up before it can succeed. */
function recordsBeforeOrder(config: Config): readonly string[] {
  if (config.certificates.method !== "http-01") return [];
  const addresses = planDns(config).filter(({ type }) => type === "A" || type === "AAAA" || type === "CNAME");
  return namesOf(config).flatMap((name) =>
    addresses.filter((record) => record.name === name).map(({ role }) => role),
  );
}

const ORDER_SECONDS = 900;
const UNIT_SECONDS = 60;

/** The order of the certificate, and what renews it. */
function certificateSteps(config: Config): readonly PlannedStep[] {
  const reads = certificateFiles(config)
    .map(({ role }) => role)
    .filter((role) => role !== "certificate-service" && role !== "certificate-timer");
  const order: PlannedStep = {
    role: "certificate",
    command: `${SCRIPTS}/certificate.sh issue`,
    files: reads,
    after: recordsBeforeOrder(config),
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

/** Plans every step. Rules and certificate are there before the containers start. */
export function planSteps(config: Config): readonly PlannedStep[] {
  return [...certificateSteps(config), ...hostFirewallSteps()];
}
