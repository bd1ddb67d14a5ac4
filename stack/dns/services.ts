/** SRV records, by which programs find their server (RFC 6186, RFC 8314 5.1, RFC 6764). */
import { selectServices } from "../services/activeServices.ts";
import { nameHost } from "../services/names.ts";
import { byDirection, isSrvTarget, publicPort, type ListeningService } from "../services/reach.ts";
import { findPort } from "../services/table.ts";
import { WEB_NAMES, webNames } from "../services/webNames.ts";
import type { PlannedRecord } from "../model/plan.ts";
import { DNS_PROVIDERS } from "../vendors/registry.ts";
import type { DnsInput } from "./dnsInput.ts";

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
 * One service over TLS, and that it is not offered without, where the provider can keep that.
 *
 * Targets have addresses (RFC 2782): mail at the domain itself, calendars and contacts at their own names, by which
 * the router on port 443 tells them from the web. No path is said: both servers answer at `/.well-known`.
 */
function serviceSrv(input: DnsInput, service: ListeningService): PlannedRecord[] {
  const { srv: said } = service.listens;
  if (said === undefined) return [];
  const { name, purpose, denied } = said;
  const target = isSrvTarget(service) ? nameHost(service, input.domain) : input.domain;
  const offered = srv(input, `${name}s`, { port: publicPort(service.listens), target, purpose });
  if (DNS_PROVIDERS[input.dns.provider].limits.noRootTarget !== undefined) return [offered];
  return [offered, srv(input, name, { port: 0, target: ROOT, purpose: denied })];
}

/** The services, where they are switched on, and the web names that have one. */
export function serviceRecords(input: DnsInput): PlannedRecord[] {
  const { domain, dns } = input;
  const services = dns.services ? byDirection(selectServices(input)) : [];
  const web = webNames(dns).filter((label) => WEB_NAMES[label].srv === true);
  const port = findPort("sni-router");
  return [
    ...services.flatMap((service) => serviceSrv(input, service)),
    ...web.map((label) => srv(input, label, { port, target: domain, purpose: WEB_NAMES[label].purpose })),
  ];
}
