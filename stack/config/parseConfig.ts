/** Turns what the owner wrote into a {@link Config}, or into every fault at once. */
import { extraRecord } from "../dns/extraRecords.ts";
import { planDns } from "../dns/planDns.ts";
import { checkRecords } from "../dns/rules/checkRecords.ts";
import { zoneFacts } from "../dns/zoneFacts.ts";
import type { CaaConfig, CertificatesConfig, Config, DnsConfig, MailConfig } from "../model/config.ts";
import type { Issue } from "../model/issue.ts";
import type { PlannedRecord } from "../model/plan.ts";
import { wholeValues } from "../values/field.ts";
import { missingForMethod } from "./certificateChecks.ts";
import { CHECKS } from "./checks.ts";
import type { Draft, Placed } from "./draft.ts";
import { readDraft } from "./draft.ts";
import { BACKUPS } from "./keys/backupSchema.ts";
import { DATA } from "./keys/dataSchema.ts";
import { UPGRADES } from "./keys/upgradesSchema.ts";
import { DMARC, MTA_STS, SPF } from "./keys/recordSchema.ts";
import { CERTIFICATES, DNS, MAIL, SERVER, TOP } from "./keys/schema.ts";
import { caaIssuer } from "./recordChecks.ts";

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

/** Each of several values, or nothing where one of them is not there. */
function all<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } | undefined {
  return Object.values(values).includes(undefined) ? undefined : present(values);
}

/** The switched-on CAA, `off`, or nothing where it could not be read. */
function buildCaa(draft: Draft): CaaConfig | "off" | undefined {
  const { enabled, accountUri, report } = draft.caa;
  if (enabled !== true) return enabled === false ? "off" : undefined;
  const issuer = caaIssuer(draft);
  return issuer === undefined ? undefined : { issuer, ...present({ accountUri, report }) };
}

function buildDns(draft: Draft): DnsConfig | undefined {
  const { dkim, records, ignore, zone } = draft;
  const caa = buildCaa(draft);
  const dns = wholeValues(DNS, draft.dns);
  const sections = all({
    zone,
    spf: wholeValues(SPF, draft.spf),
    dmarc: wholeValues(DMARC, draft.dmarc),
    mtaSts: wholeValues(MTA_STS, draft.mtaSts),
  });
  if (dns === undefined || sections === undefined || caa === undefined) return undefined;
  return {
    ...dns,
    ...sections,
    ...(caa === "off" ? {} : { caa }),
    dkim: dkim.map(({ value }) => value),
    records: records.map(({ value }) => value),
    ignore: ignore.map(({ value }) => value),
  };
}

function buildCertificates(draft: Draft): CertificatesConfig | undefined {
  const whole = wholeValues(CERTIFICATES, draft.certificates);
  if (whole === undefined) return undefined;
  const { directory: directoryUrl, ...certificates } = whole;
  return { ...certificates, directoryUrl };
}

function buildMail(draft: Draft): MailConfig | undefined {
  const mail = wholeValues(MAIL, draft.mail);
  const { app, nginx, mongo, redis } = draft.images;
  const images = all({ app, nginx, mongo, redis });
  return mail && images && { ...mail, images };
}

/** The configuration, where every part of it could be read. */
function buildConfig(draft: Draft): Config | undefined {
  const top = wholeValues(TOP, draft.top);
  const parts = all({
    server: wholeValues(SERVER, draft.server),
    dns: buildDns(draft),
    mail: buildMail(draft),
    certificates: buildCertificates(draft),
    data: wholeValues(DATA, draft.data),
    upgrades: wholeValues(UPGRADES, draft.upgrades),
  });
  if (top === undefined || parts === undefined) return undefined;
  const { email: contact, ...rest } = top;
  const backups = draft.backups && wholeValues(BACKUPS, draft.backups);
  return {
    ...{ ...rest, contact, ...parts },
    mailboxes: draft.mailboxes.map(({ value }) => value),
    ...(backups && { backups }),
  };
}

/** The owner's records alone: what they say against each other is wrong whatever else stands in the configuration. */
function ownersRecords({ dns, records }: Draft): readonly Placed<PlannedRecord>[] {
  return records.flatMap(({ value, path }) => {
    const ttlSeconds = value.ttlSeconds ?? dns.ttlSeconds;
    return ttlSeconds === undefined ? [] : [{ path, value: extraRecord(value, ttlSeconds) }];
  });
}

/**
 * Faults of the records, told together with the others. The records of the plan are judged where all that they follow from
 * could be read, and else the owner's by themselves.
 */
function recordFaults(draft: Draft): readonly Issue[] {
  const { domain, onboarding } = draft.top;
  const { storage } = draft.mail;
  if (domain === undefined || draft.zone === undefined) return [];
  const [dns, certificates] = [buildDns(draft), buildCertificates(draft)];
  if (dns !== undefined && certificates !== undefined && storage !== undefined && onboarding !== undefined) {
    const input = { domain, dns, onboarding, mail: { storage }, certificates };
    return checkRecords(
      planDns(input),
      draft.records.map(({ path }) => path),
      zoneFacts(input),
    );
  }
  const owners = ownersRecords(draft);
  const facts = present({ domain, zone: draft.zone, provider: draft.dns.provider });
  return checkRecords(
    owners.map(({ value }) => value),
    owners.map(({ path }) => path),
    facts,
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
  issues.push(...missingForMethod(draft), ...CHECKS.flatMap((check) => check(draft)));
  const config = issues.some(({ severity }) => severity === "error") ? undefined : buildConfig(draft);
  if (config !== undefined) return { config, issues };
  return { issues: [...issues, ...recordFaults(draft).filter(({ severity }) => severity === "error")] };
}
