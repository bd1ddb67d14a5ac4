/** All records: the guide's table, what sending needs, and the owner's own. */
import type { PlannedRecord, RecordLevel } from "../plan.ts";
import type { Template } from "../slots.ts";
import { apexAddresses, mxHost } from "./addresses.ts";
import { serviceAliases } from "./aliases.ts";
import { dkimName, dkimRecord, ownDkimRecord } from "./dkim.ts";
import { dmarcPolicy } from "./dmarc.ts";
import type { DnsInput } from "./dnsInput.ts";
import { extraRecord } from "./extraRecords.ts";
import { spfPolicy } from "./spf.ts";
import { verificationRecord } from "./verification.ts";

function txt(
  input: DnsInput,
  record: { role: string; name: string; text: Template; purpose: string; level: RecordLevel },
): PlannedRecord {
  return { ...record, type: "TXT", ttlSeconds: input.dns.ttlSeconds };
}

function mailExchanger({ domain, dns }: DnsInput): PlannedRecord {
  return {
    role: "apex-mx",
    type: "MX",
    name: domain,
    priority: 0,
    exchange: `mx.${domain}`,
    ttlSeconds: dns.ttlSeconds,
    purpose: "Where mail for the domain goes",
    level: "required",
  };
}

/** Policies and keys that every receiver of our mail asks for. */
function authentication(input: DnsInput): PlannedRecord[] {
  const { domain, dns } = input;
  return [
    txt(input, {
      role: "apex-spf",
      name: domain,
      text: spfPolicy(),
      purpose: "SPF: mail of the domain comes from its own addresses only",
      level: "required",
    }),
    txt(input, {
      role: "dkim-default",
      name: dkimName("default", domain),
      text: ownDkimRecord(),
      purpose: "DKIM key of the server's own mail",
      level: "required",
    }),
    txt(input, {
      role: "dmarc",
      name: `_dmarc.${domain}`,
      text: dmarcPolicy(dns.dmarc),
      purpose: "DMARC: what others do with mail that fails",
      level: "required",
    }),
  ];
}

/** What the web interface shows after the domain was added there. */
function onboarding(input: DnsInput): PlannedRecord[] {
  const { domain, dns } = input;
  const keys = dns.dkim.map(({ selector, publicKey }) =>
    txt(input, {
      role: `dkim-${selector.replaceAll(".", "-")}`,
      name: dkimName(selector, domain),
      text: dkimRecord(publicKey),
      purpose: "DKIM key of the domain's users",
      level: "recommended",
    }),
  );
  if (dns.verification === undefined) return keys;
  const verification = txt(input, {
    role: "site-verification",
    name: domain,
    text: verificationRecord(dns.verification),
    purpose: "Shows the web interface that the domain is ours",
    level: "recommended",
  });
  return [...keys, verification];
}

/** Values of a certificate order made by hand; both stand at one name. */
function challenges(input: DnsInput): PlannedRecord[] {
  return input.certificates.acmeChallenges.map((value, index) =>
    txt(input, {
      role: `acme-challenge-${index + 1}`,
      name: `_acme-challenge.${input.domain}`,
      text: [value],
      purpose: "Certificate order made by hand",
      level: "optional",
    }),
  );
}

/** Plans every record. The owner's own come last, in the order of the configuration. */
export function planDns(input: DnsInput): readonly PlannedRecord[] {
  return [
    ...apexAddresses(input),
    ...mxHost(input),
    ...serviceAliases(input),
    mailExchanger(input),
    ...authentication(input),
    ...onboarding(input),
    ...challenges(input),
    ...input.dns.records.map((record) => extraRecord(record, input.dns.ttlSeconds)),
  ];
}
