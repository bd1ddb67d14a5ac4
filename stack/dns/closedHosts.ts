/** Hosts that take no mail say so (RFC 7505), and those that send none too (RFC 7208). */
import { serviceNames } from "../services/names.ts";
import type { PlannedRecord } from "../model/plan.ts";
import type { DnsInput } from "./dnsInput.ts";
import { spfPolicy } from "./spf.ts";
import { textRecord } from "./textRecord.ts";

interface ClosedHost {
  readonly role: string;
  readonly name: string;
  readonly sends: boolean;
}

/** Hosts of the plan with addresses of their own: an alias can have no other record (RFC 1034 3.6.2). */
function ownHosts({ domain, dns, mail }: DnsInput): ClosedHost[] {
  const { mx, caldav, carddav } = serviceNames(domain);
  const exchanger = dns.mxHost === "address" ? [{ role: "mx-host", name: mx, sends: true }] : [];
  if (!dns.services || !mail.storage) return exchanger;
  return [
    ...exchanger,
    { role: "caldav", name: caldav, sends: false },
    { role: "carddav", name: carddav, sends: false },
  ];
}

function closed(input: DnsInput, { role, name, sends }: ClosedHost): PlannedRecord[] {
  const nullMx: PlannedRecord = {
    role: `${role}-null-mx`,
    type: "MX",
    name,
    priority: 0,
    exchange: ".",
    ttlSeconds: input.dns.ttlSeconds,
    purpose: "This host takes no mail",
    level: "optional",
  };
  if (sends) return [nullMx];
  const spf = textRecord(input, {
    role: `${role}-closed-spf`,
    name,
    text: ["v=spf1 -all"],
    purpose: "This host sends no mail",
    level: "optional",
  });
  return [nullMx, spf];
}

/** SPF of the name that the server greets with, and what closes hosts, each where it is switched on. */
export function hostRecords(input: DnsInput): PlannedRecord[] {
  const { domain, dns } = input;
  const greeting = textRecord(input, {
    role: "mx-host-spf",
    name: serviceNames(domain).mx,
    text: spfPolicy(),
    purpose: "SPF of the name that the server greets with",
    level: "recommended",
  });
  // A host name has no underscore, so no two names give one role.
  const owners = dns.nullMxHosts.map((name) => ({ role: name.replaceAll(".", "_"), name, sends: false }));
  return [
    ...(dns.heloSpf && dns.mxHost === "address" ? [greeting] : []),
    ...[...(dns.nullMx ? ownHosts(input) : []), ...owners].flatMap((host) => closed(input, host)),
  ];
}
