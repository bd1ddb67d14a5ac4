/** Names of services, each an alias of the domain. */
import type { PlannedRecord, RecordLevel } from "../plan.ts";
import type { DnsInput } from "./dnsInput.ts";

interface Alias {
  readonly label: string;
  readonly purpose: string;
  readonly level: RecordLevel;
  /** Means nothing without mailboxes. */
  readonly storage: boolean;
}

const ALIASES: readonly Alias[] = [
  {
    label: "api",
    purpose: "Programming interface, which the web interface uses",
    level: "recommended",
    storage: false,
  },
  { label: "caldav", purpose: "Calendars", level: "optional", storage: true },
  { label: "carddav", purpose: "Contacts", level: "optional", storage: true },
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

/** One CNAME a service. */
export function serviceAliases({ domain, dns, mail }: DnsInput): PlannedRecord[] {
  return ALIASES.filter(({ storage }) => mail.storage || !storage).map(({ label, purpose, level }) => ({
    role: label,
    type: "CNAME",
    name: `${label}.${domain}`,
    target: domain,
    ttlSeconds: dns.ttlSeconds,
    purpose,
    level,
  }));
}
