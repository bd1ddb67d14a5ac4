/** Turns what the owner wrote into a {@link Config}, or into every fault at once. */
import { checkRecords } from "../dns/rules/checkRecords.ts";
import type { RuleFacts } from "../dns/rules/zoneView.ts";
import { planDns } from "../dns/planDns.ts";
import { zoneFacts } from "../dns/zoneFacts.ts";
import type { Issue } from "../model/issue.ts";
import { missingForMethod } from "./certificateChecks.ts";
import { CHECKS } from "./checks.ts";
import { caaIssuer } from "./recordChecks.ts";
import type { CaaConfig, CertificatesConfig, Config, DnsConfig, ServerConfig } from "../model/config.ts";
import { DEFAULTS } from "./defaults.ts";
import type { Draft } from "./draft.ts";
import { readDraft } from "./draft.ts";
import { isObject } from "./readSection.ts";

/** What reading gives: a configuration with warnings, or faults. */
export type ParsedConfig =
  | { readonly config: Config; readonly issues: Issue[] }
  | { readonly config?: undefined; readonly issues: Issue[] };

/** The values that are there. */
function present<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function switchesOf({ dns, mtaSts }: Draft) {
  return {
    mtaSts: {
      mode: mtaSts.mode ?? DEFAULTS["dns.mtaSts.mode"].value,
      maxAgeSeconds: mtaSts.maxAgeSeconds ?? DEFAULTS["dns.mtaSts.maxAgeSeconds"].value,
    },
    services: dns.services ?? DEFAULTS["dns.services"].value,
    autoconfig: dns.autoconfig ?? DEFAULTS["dns.autoconfig"].value,
    autodiscover: dns.autodiscover ?? DEFAULTS["dns.autodiscover"].value,
    heloSpf: dns.heloSpf ?? DEFAULTS["dns.heloSpf"].value,
    nullMx: dns.nullMx ?? DEFAULTS["dns.nullMx"].value,
    nullMxHosts: dns.nullMxHosts ?? DEFAULTS["dns.nullMxHosts"].value,
  };
}

function caaOf(draft: Draft): CaaConfig | undefined {
  const { enabled, accountUri, report } = draft.caa;
  if (enabled !== true) return undefined;
  return present({ issuer: caaIssuer(draft) ?? "", accountUri, report });
}

function dnsOf(draft: Draft): DnsConfig {
  const { dns, spf, dmarc, dkim, records, ignore, zone } = draft;
  const { zoneId, verification, tlsReports } = dns;
  return {
    provider: dns.provider ?? DEFAULTS["dns.provider"].value,
    zone: zone ?? "",
    ttlSeconds: dns.ttlSeconds ?? DEFAULTS["dns.ttlSeconds"].value,
    mx: dns.mx ?? DEFAULTS["dns.mx"].value,
    mxHost: dns.mxHost ?? DEFAULTS["dns.mxHost"].value,
    spf: { mechanisms: spf.mechanisms ?? DEFAULTS["dns.spf.mechanisms"].value },
    dmarc: present({ ...dmarc, policy: dmarc.policy ?? DEFAULTS["dns.dmarc.policy"].value }),
    dkim: dkim.map(({ value }) => value),
    ...switchesOf(draft),
    ...present({ zoneId, verification, tlsReports, caa: caaOf(draft) }),
    records: records.map(({ value }) => value),
    ignore: ignore.map(({ value }) => value),
  };
}

function certificatesOf({ certificates, directoryUrl }: Draft): CertificatesConfig {
  const { certificate, privateKey } = certificates;
  return {
    method: certificates.method ?? DEFAULTS["certificates.method"].value,
    directoryUrl: directoryUrl ?? "",
    propagationSeconds: certificates.propagationSeconds ?? DEFAULTS["certificates.propagationSeconds"].value,
    ...(certificate === undefined ? {} : { certificate }),
    ...(privateKey === undefined ? {} : { privateKey }),
    acmeChallenges: certificates.acmeChallenges ?? [],
  };
}

/** The configuration of a draft without faults: every required value is there. */
function configOf(draft: Draft): Config {
  const { top, mail, images } = draft;
  return {
    domain: top.domain ?? "",
    contact: top.email ?? "",
    server: draft.server as ServerConfig,
    dns: dnsOf(draft),
    mail: { ...(mail as Omit<Config["mail"], "images">), images: images as Config["mail"]["images"] },
    certificates: certificatesOf(draft),
    drift: top.drift ?? DEFAULTS.drift.value,
    generation: top.generation ?? DEFAULTS.generation.value,
    protect: top.protect ?? DEFAULTS.protect.value,
  };
}

/** What rules may know while there are faults: nothing that follows from a value that could not be read. */
function knownFacts({ dns, mtaSts, mail, certificates }: Draft, whole: RuleFacts): RuleFacts {
  const { domain, zone, reverseFamilies } = whole;
  const ordered = certificates.method !== undefined;
  const named = [mail.storage, mtaSts.mode, dns.autoconfig, dns.autodiscover].every(
    (one) => one !== undefined,
  );
  return present({
    ...{ domain, zone, reverseFamilies },
    provider: dns.provider,
    issuer: ordered ? whole.issuer : undefined,
    ordersByDns: ordered ? whole.ordersByDns : undefined,
    certificateNames: ordered && named ? whole.certificateNames : undefined,
  });
}

/** Faults of the records that the plan would find, told together with the others. */
function recordFaults(draft: Draft): readonly Issue[] {
  const { domain } = draft.top;
  if (domain === undefined || draft.zone === undefined) return [];
  const input = {
    domain,
    dns: dnsOf(draft),
    // Where it could not be read, the owner's records cannot clash with those that only mailboxes need.
    mail: { storage: draft.mail.storage ?? false },
    certificates: certificatesOf(draft),
  };
  return checkRecords(
    planDns(input),
    draft.records.map(({ path }) => path),
    knownFacts(draft, zoneFacts(input)),
  );
}

/**
 * Reads the configuration.
 *
 * @param raw the values under `mailstead:`, keys without that prefix, objects already parsed
 *   (see {@link readRawConfig}). At the top, texts that say a number or true and false are taken for them.
 * @returns the configuration with warnings, or every fault and warning at once. No secret is in any message.
 */
export function parseConfig(raw: Readonly<Record<string, unknown>>): ParsedConfig {
  const issues: Issue[] = [];
  const draft = readDraft(raw, issues);
  const section = isObject(raw["certificates"]) ? raw["certificates"] : {};
  issues.push(
    ...missingForMethod(
      draft.certificates.method,
      (key) => section[key] !== undefined && section[key] !== null,
    ),
    ...CHECKS.flatMap((check) => check(draft)),
  );
  if (!issues.some(({ severity }) => severity === "error")) return { config: configOf(draft), issues };
  return { issues: [...issues, ...recordFaults(draft).filter(({ severity }) => severity === "error")] };
}
