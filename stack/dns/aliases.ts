/** Names of services, each an alias of the domain unless something points to it that may not point to an alias. */
import { webNames, type WebName } from "../services/names.ts";
import type { PlannedRecord, RecordLevel } from "../model/plan.ts";
import { addressRecords } from "./addresses.ts";
import type { DnsInput } from "./dnsInput.ts";

interface Alias {
  readonly label: string;
  readonly purpose: string;
  readonly level: RecordLevel;
  /** Means nothing without mailboxes. */
  readonly storage: boolean;
  /** Has addresses where SRV records point to it (RFC 2782). */
  readonly srvTarget?: true;
}

const ALIASES: readonly Alias[] = [
  {
    label: "api",
    purpose: "Programming interface, which the web interface uses",
    level: "recommended",
    storage: false,
  },
  { label: "caldav", purpose: "Calendars", level: "optional", storage: true, srvTarget: true },
  { label: "carddav", purpose: "Contacts", level: "optional", storage: true, srvTarget: true },
  {
    label: "fe-bounces",
    purpose: "Return path of outgoing mail; nothing is sent without this alias",
    level: "required",
    storage: false,
  },
  { label: "imap", purpose: "Reading mail", level: "recommended", storage: true },
  { label: "pop3", purpose: "Fetching mail", level: "optional", storage: true },
  {
    label: "smtp",
    purpose: "Sending mail, and the name that the queue greets with",
    level: "required",
    storage: false,
  },
];

function aliasOf(
  { domain, dns }: DnsInput,
  { label, purpose, level }: Omit<Alias, "storage">,
): PlannedRecord {
  return {
    role: label,
    type: "CNAME",
    name: `${label}.${domain}`,
    target: domain,
    ttlSeconds: dns.ttlSeconds,
    purpose,
    level,
  };
}

/** One name a service. */
export function serviceAliases(input: DnsInput): PlannedRecord[] {
  const { domain, dns, mail } = input;
  return ALIASES.filter(({ storage }) => mail.storage || !storage).flatMap((alias) => {
    const { label, purpose, level } = alias;
    if (alias.srvTarget !== true || !dns.services) return [aliasOf(input, alias)];
    return addressRecords(label, `${label}.${domain}`, purpose, input, level);
  });
}

const WEB_ALIASES: Readonly<Record<WebName, Pick<Alias, "purpose" | "level">>> = {
  "mta-sts": { purpose: "Where senders fetch the MTA-STS policy", level: "recommended" },
  autoconfig: { purpose: "Settings for Thunderbird and its like", level: "optional" },
  autodiscover: { purpose: "Settings for Outlook", level: "optional" },
};

/** One CNAME for each web name that is switched on. */
export function webAliases(input: DnsInput): PlannedRecord[] {
  return webNames(input.dns).map((label) => aliasOf(input, { label, ...WEB_ALIASES[label] }));
}
