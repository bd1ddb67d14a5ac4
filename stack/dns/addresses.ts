/** Names with addresses: the domain itself and the host of the MX. */
import type { PlannedRecord, RecordLevel } from "../model/plan.ts";
import { hostName } from "../services/names.ts";
import { slot, template } from "../values/slots.ts";
import type { DnsInput } from "./dnsInput.ts";

/** A and AAAA of one name that is the server. */
export function addressRecords(
  role: string,
  name: string,
  purpose: string,
  input: DnsInput,
  level: RecordLevel = "required",
): PlannedRecord[] {
  const base = { name, ttlSeconds: input.dns.ttlSeconds, level };
  return [
    { ...base, role, type: "A", address: template`${slot("serverIpv4")}`, purpose: `${purpose}, over IPv4` },
    {
      ...base,
      role: `${role}-v6`,
      type: "AAAA",
      address: template`${slot("serverIpv6")}`,
      purpose: `${purpose}, over IPv6`,
    },
  ];
}

/** The domain's own addresses: web interface, and what SPF allows to send. */
export function apexAddresses(input: DnsInput): PlannedRecord[] {
  return addressRecords("apex", input.domain, "Web interface, and the address that mail leaves from", input);
}

/**
 * The host that the MX points to.
 *
 * By default it has addresses of its own, since an MX may not point to an alias (RFC 2181 10.3);
 * with `mxHost: alias` it is the CNAME of the guide's table.
 */
export function mxHost(input: DnsInput): PlannedRecord[] {
  const name = hostName("mx", input.domain);
  const purpose = "Host that takes mail for the domain";
  if (input.dns.mxHost === "address") return addressRecords("mx-host", name, purpose, input);
  const { ttlSeconds } = input.dns;
  return [
    { role: "mx-host", type: "CNAME", name, target: input.domain, ttlSeconds, purpose, level: "required" },
  ];
}
