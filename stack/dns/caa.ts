/** Certification Authority Authorization (RFC 8659) with the account bound (RFC 8657). */
import type { PlannedRecord } from "../model/plan.ts";
import type { DnsInput } from "./dnsInput.ts";
import { reportUri } from "./reportUri.ts";

type Property = Pick<Extract<PlannedRecord, { type: "CAA" }>, "role" | "tag" | "value" | "purpose">;

/**
 * Who may give certificates for the domain, and so for every name below it.
 *
 * `issue` alone covers wildcards too, which the certificate has unless it is had by http-01; then they are forbidden.
 */
export function caaRecords({ domain, dns, certificates }: DnsInput): PlannedRecord[] {
  if (dns.caa === undefined) return [];
  const { issuer, accountUri, report } = dns.caa;
  const account = accountUri === undefined ? "" : `; accounturi=${accountUri}`;
  const properties: Property[] = [
    {
      role: "caa-issue",
      tag: "issue",
      value: `${issuer}${account}`,
      purpose: "CAA: who may give certificates",
    },
  ];
  if (certificates.method === "http-01") {
    const purpose = "CAA: nobody gives wildcard certificates";
    properties.push({ role: "caa-wildcard", tag: "issuewild", value: ";", purpose });
  }
  if (report !== undefined) {
    const purpose = "CAA: where a refused order is reported";
    properties.push({ role: "caa-report", tag: "iodef", value: reportUri(report), purpose });
  }
  return properties.map((property) => ({
    ...property,
    type: "CAA",
    name: domain,
    flags: 0,
    ttlSeconds: dns.ttlSeconds,
    level: "optional",
  }));
}
