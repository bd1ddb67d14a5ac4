/** SRV records, by which programs find their server (RFC 6186, RFC 8314 5.1, RFC 6764). */
import { serviceNames } from "../services/names.ts";
import type { PlannedRecord } from "../model/plan.ts";
import { PROVIDER_LIMITS } from "./rules/providers.ts";
import type { DnsInput } from "./dnsInput.ts";

interface Service {
  readonly name: string;
  readonly purpose: string;
  /** Undefined: the service is not offered, which `.` says. */
  readonly at?: { readonly port: number; readonly host: "domain" | "caldav" | "carddav" };
  /** Means nothing without mailboxes. */
  readonly storage: boolean;
}

/**
 * Targets have addresses (RFC 2782): mail at the domain itself, calendars and contacts at their own names, by which
 * the router on port 443 tells them from the web. No path is said: both servers answer at `/.well-known`.
 */
const SERVICES: readonly Service[] = [
  { name: "imaps", purpose: "Reading mail over TLS", at: { port: 993, host: "domain" }, storage: true },
  { name: "imap", purpose: "Reading mail without TLS is not offered", storage: true },
  { name: "pop3s", purpose: "Fetching mail over TLS", at: { port: 995, host: "domain" }, storage: true },
  { name: "pop3", purpose: "Fetching mail without TLS is not offered", storage: true },
  {
    name: "submissions",
    purpose: "Sending mail over TLS",
    at: { port: 465, host: "domain" },
    storage: false,
  },
  { name: "submission", purpose: "Sending mail without TLS from the start is not offered", storage: false },
  { name: "caldavs", purpose: "Calendars over TLS", at: { port: 443, host: "caldav" }, storage: true },
  { name: "caldav", purpose: "Calendars without TLS are not offered", storage: true },
  { name: "carddavs", purpose: "Contacts over TLS", at: { port: 443, host: "carddav" }, storage: true },
  { name: "carddav", purpose: "Contacts without TLS are not offered", storage: true },
];

/** Root of the DNS, which as a target says that there is no service (RFC 2782). */
const ROOT = ".";

type Srv = Extract<PlannedRecord, { type: "SRV" }>;

function srv(
  { domain, dns }: DnsInput,
  service: string,
  data: Pick<Srv, "port" | "target" | "purpose">,
): Srv {
  return {
    role: `srv-${service}`,
    type: "SRV",
    name: `_${service}._tcp.${domain}`,
    priority: 0,
    weight: data.target === ROOT ? 0 : 1,
    ttlSeconds: dns.ttlSeconds,
    level: "optional",
    ...data,
  };
}

/**
 * The services, where they are switched on; what is not offered is said where the provider can keep it. Outlook's is on
 * its own switch.
 */
export function serviceRecords(input: DnsInput): PlannedRecord[] {
  const { domain, dns, mail } = input;
  const keepsRoot = PROVIDER_LIMITS[dns.provider].noRootTarget !== true;
  const told = SERVICES.filter(
    ({ storage, at }) => (mail.storage || !storage) && (at !== undefined || keepsRoot),
  );
  const records = (dns.services ? told : []).map(({ name, purpose, at }) => {
    if (at === undefined) return srv(input, name, { port: 0, target: ROOT, purpose });
    const target = at.host === "domain" ? domain : serviceNames(domain)[at.host];
    return srv(input, name, { port: at.port, target, purpose });
  });
  if (!dns.autodiscover) return records;
  const purpose = "Settings for Outlook";
  return [...records, srv(input, "autodiscover", { port: 443, target: domain, purpose })];
}
