/** Hosts that take no mail say so (RFC 7505), and those that send none too (RFC 7208). */
import { selectServices } from "../services/activeServices.ts";
import { hostName } from "../services/names.ts";
import { isSrvTarget } from "../services/reach.ts";
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
function ownHosts(input: DnsInput): ClosedHost[] {
  const { domain, dns } = input;
  const exchanger = { role: "mx-host", name: hostName("mx", domain), sends: true };
  const targets = dns.services ? selectServices(input).filter(isSrvTarget) : [];
  return [
    ...(dns.mxHost === "address" ? [exchanger] : []),
    ...targets.flatMap(({ label }) =>
      label === undefined ? [] : [{ role: label, name: `${label}.${domain}`, sends: false }],
    ),
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
    name: hostName("mx", domain),
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
