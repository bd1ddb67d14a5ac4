/** All records: the guide's table, what sending needs, and the owner's own. */
import type { PlannedRecord } from "../model/plan.ts";
import { DOMAIN_SELECTOR } from "../services/domainKey.ts";
import { hostName } from "../services/names.ts";
import { apexAddresses, mxHost } from "./addresses.ts";
import { serviceAliases, webAliases } from "./aliases.ts";
import { caaRecords } from "./caa.ts";
import { hostRecords } from "./closedHosts.ts";
import { dkimName, dkimRecord, dkimRole, domainDkimRecord, ownDkimRecord } from "./dkim.ts";
import { dmarcPolicy } from "./dmarc.ts";
import type { DnsInput } from "./dnsInput.ts";
import { extraRecord } from "./extraRecords.ts";
import { heldPlaces, isHeld } from "./held.ts";
import type { HeldPlace } from "./rules/zoneView.ts";
import { transportRecords } from "./mtaSts.ts";
import { serviceRecords } from "./services.ts";
import { spfPolicy } from "./spf.ts";
import { textRecord, type TextRow } from "./textRecord.ts";
import { verificationRecord } from "../services/siteVerification.ts";
import { slot } from "../values/slots.ts";

function mailExchanger({ domain, dns }: DnsInput): PlannedRecord {
  return {
    role: "apex-mx",
    type: "MX",
    name: domain,
    priority: 0,
    exchange: hostName("mx", domain),
    ttlSeconds: dns.ttlSeconds,
    purpose: "Where mail for the domain goes",
    level: "required",
  };
}

/** Policies and keys that every receiver of our mail asks for. */
function authentication(input: DnsInput): PlannedRecord[] {
  const { domain, dns } = input;
  return [
    textRecord(input, {
      role: "apex-spf",
      name: domain,
      text: spfPolicy(dns.spf.mechanisms),
      purpose: "SPF: which addresses send mail of the domain",
      level: "required",
    }),
    textRecord(input, {
      role: dkimRole("default"),
      name: dkimName("default", domain),
      text: ownDkimRecord(),
      purpose: "DKIM key of the server's own mail",
      level: "required",
    }),
    textRecord(input, {
      role: "dmarc",
      name: `_dmarc.${domain}`,
      text: dmarcPolicy(dns.dmarc),
      purpose: "DMARC: what others do with mail that fails",
      level: "required",
    }),
  ];
}

/**
 * How a key's record is kept, by its use. The key that signs is required, and so protected: it leaves the list in two
 * steps only, first as `retired`, so that one in use is not dropped by mistake.
 */
const KEY_USES = {
  unsaid: { purpose: "DKIM key of the domain's users", level: "recommended" },
  next: { purpose: "DKIM key that will sign next; published before its use", level: "optional" },
  signing: { purpose: "DKIM key that signs the mail of the domain's users", level: "required" },
  retired: { purpose: "DKIM key that signed before; stays while such mail is under way", level: "optional" },
} as const;

/** The token that is given, else the one that the deploy makes; none where a person has still to bring it. */
function siteVerification(input: DnsInput): PlannedRecord[] {
  const { domain, dns } = input;
  const token = dns.verification ?? (input.onboarding === "automatic" ? slot("siteVerification") : undefined);
  if (token === undefined) return [];
  const record = textRecord(input, {
    role: "site-verification",
    name: domain,
    text: verificationRecord(token),
    purpose: "Shows the server that the domain is ours: without it nobody logs in",
    level: "required",
  });
  return [record];
}

/** What the domain has in Forward Email: by the deploy, or as the web interface shows it after a person added the domain. */
function onboarding(input: DnsInput): PlannedRecord[] {
  const { domain, dns } = input;
  const own: readonly TextRow[] =
    input.onboarding === "automatic"
      ? [
          {
            role: dkimRole(DOMAIN_SELECTOR),
            name: dkimName(DOMAIN_SELECTOR, domain),
            text: domainDkimRecord(),
            ...KEY_USES.signing,
          },
        ]
      : [];
  const given = dns.dkim.map(({ selector, publicKey, use }) => ({
    role: dkimRole(selector),
    name: dkimName(selector, domain),
    text: dkimRecord(publicKey),
    ...KEY_USES[use ?? "unsaid"],
  }));
  return [...[...own, ...given].map((row) => textRecord(input, row)), ...siteVerification(input)];
}

/** Values of a certificate order made by hand; both stand at one name. */
function challenges(input: DnsInput): PlannedRecord[] {
  return input.certificates.acmeChallenges.map((value, index) =>
    textRecord(input, {
      role: `acme-challenge-${index + 1}`,
      name: `_acme-challenge.${input.domain}`,
      text: [value],
      purpose: "Certificate order made by hand",
      level: "optional",
    }),
  );
}

/** Mailstead's own records, those too that `dns.mx: hold` leaves out. */
function allOwnRecords(input: DnsInput): readonly PlannedRecord[] {
  return [
    ...apexAddresses(input),
    ...mxHost(input),
    ...serviceAliases(input),
    mailExchanger(input),
    ...authentication(input),
    ...onboarding(input),
    ...challenges(input),
    ...webAliases(input),
    ...transportRecords(input),
    ...caaRecords(input),
    ...serviceRecords(input),
    ...hostRecords(input),
  ];
}

/** Places that are left to others; none where mail comes here. */
export function heldByConfig(input: DnsInput): readonly HeldPlace[] {
  return input.dns.mx === "hold" ? heldPlaces(allOwnRecords(input), input.domain) : [];
}

/** Plans every record. The owner's own come last, in the order of the configuration. */
export function planDns(input: DnsInput): readonly PlannedRecord[] {
  const own = allOwnRecords(input);
  return [
    ...(input.dns.mx === "hold" ? own.filter((record) => !isHeld(record)) : own),
    ...input.dns.records.map((record) => extraRecord(record, input.dns.ttlSeconds)),
  ];
}
