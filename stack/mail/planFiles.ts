/** Files that the deploy writes, and what it runs after them. */
import type { Config } from "../config/config.ts";
import type { PlannedFile, PlannedStep } from "../plan.ts";
import type { Template } from "../slots.ts";
import { slot, template } from "../slots.ts";
import { certificateNames } from "./certificateNames.ts";
import { renderNginxConf } from "./nginxConf.ts";
import { ENV_FILE, NGINX_CONF, SCRIPTS, SETTINGS, SSL } from "./paths.ts";
import { certificateReaders } from "./planContainers.ts";
import { planEnv } from "./planEnv.ts";

const UNITS = "/etc/systemd/system";
const RELOAD_UNITS = "systemctl daemon-reload";

/** Orders that need no person: these renew themselves. */
function isAutomatic({ certificates }: Config): boolean {
  return certificates.method === "dns-01" || certificates.method === "http-01";
}

/** Settings of the certificate script, in the form of a shell file. All values are checked words. */
function certificateSettings({ domain, contact, mail, certificates }: Config): Template {
  const names = certificateNames(domain, mail.storage, certificates.method);
  const settings: readonly [string, string][] = [
    ["METHOD", certificates.method],
    ["DIRECTORY", certificates.directoryUrl],
    ["EMAIL", contact],
    ["DOMAIN", domain],
    ["NAMES", names.join(" ")],
    ["PROPAGATION_SECONDS", String(certificates.propagationSeconds)],
    ["READERS", certificateReaders(mail.storage).join(" ")],
  ];
  return [settings.map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`).join("")];
}

function script(role: string, asset: string): PlannedFile {
  return { role, path: `${SCRIPTS}/${asset}`, mode: "0755", content: { asset } };
}

function unit(role: string, asset: string): PlannedFile {
  return { role, path: `${UNITS}/${asset}`, mode: "0644", content: { asset }, afterChange: RELOAD_UNITS };
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
  const token = template`dns_cloudflare_api_token = ${slot("dnsApiToken")}
`;
  return [
    ...always,
    ...(method === "dns-01"
      ? [{ role: "cloudflare-ini", path: "/root/.cloudflare.ini", mode: "0600", content: token }]
      : []),
    ...(method === "provided" ? providedCertificate() : []),
    ...(isAutomatic(config)
      ? [
          unit("certificate-service", "mailstead-certificate.service"),
          unit("certificate-timer", "mailstead-certificate.timer"),
        ]
      : []),
  ];
}

/** Plans every file. */
export function planFiles(config: Config): readonly PlannedFile[] {
  return [
    { role: "env", path: ENV_FILE, mode: "0600", content: planEnv(config) },
    { role: "nginx-conf", path: NGINX_CONF, mode: "0644", content: [renderNginxConf(config.mail.storage)] },
    { role: "dkim-key", path: `${SSL}/dkim.key`, mode: "0600", content: template`${slot("dkimPrivateKey")}` },
    ...certificateFiles(config),
  ];
}

/** Records that an http-01 order looks up before it can succeed. */
function recordsBeforeOrder({ certificates, dns, mail }: Config): readonly string[] {
  if (certificates.method !== "http-01") return [];
  const host = dns.mxHost === "address" ? ["mx-host", "mx-host-v6"] : ["mx-host"];
  const storage = mail.storage ? ["imap", "pop3", "caldav", "carddav"] : [];
  return ["apex", "apex-v6", ...host, "smtp", "api", ...storage];
}

const ORDER_SECONDS = 900;
const UNIT_SECONDS = 60;

/** Plans every step. The certificate is there before the containers start. */
export function planSteps(config: Config): readonly PlannedStep[] {
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
