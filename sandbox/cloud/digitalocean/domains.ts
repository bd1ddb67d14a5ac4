/** Domains: how they are made, found and shown. */
import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import { notFound, unprocessable } from "./errors.ts";
import { fullName } from "./records.ts";
import { TYPES } from "./recordData.ts";
import type { DigitaloceanState, Domain, DomainRecord } from "./state.ts";

const TTL = 1800;
const NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;
const SOA_TIMES = "1 10800 3600 604800 1800";

const bodySchema = z.object({
  name: z.string(),
  ip_address: z
    .string()
    .refine((text) => isIPv4(text) || isIPv6(text))
    .optional(),
});

/** Adds a domain with its SOA and NS. Nothing is checked. */
export function addDomain(state: DigitaloceanState, name: string, nameServers: readonly string[]): Domain {
  const domain: Domain = { name, ttl: TTL, records: [] };
  // The answer to a SOA is its last number alone.
  for (const [type, data] of [["SOA", String(TTL)], ...nameServers.map((server) => ["NS", server])]) {
    domain.records.push(apexRecord(state, String(type), String(data)));
  }
  state.domains.push(domain);
  return domain;
}

function apexRecord(state: DigitaloceanState, type: string, data: string): DomainRecord {
  const nothing = { priority: null, port: null, weight: null, flags: null, tag: null };
  return { id: state.nextRecordId++, type, name: "@", data, ttl: TTL, ...nothing };
}

/** Makes a domain of a request. @throws DigitaloceanError 422 */
export function makeDomain(state: DigitaloceanState, body: unknown, nameServers: readonly string[]): Domain {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success || !NAME.test(parsed.data.name.toLowerCase())) {
    throw unprocessable("Domain name is invalid");
  }
  const name = parsed.data.name.toLowerCase();
  if (state.domains.some((domain) => domain.name === name)) throw unprocessable("Name already exists");
  const domain = addDomain(state, name, nameServers);
  const { ip_address: address } = parsed.data;
  if (address !== undefined) domain.records.push(apexRecord(state, isIPv4(address) ? "A" : "AAAA", address));
  return domain;
}

/** Adds the domains that an account has from the start and that are not there yet. */
export function seedDomains(
  state: DigitaloceanState,
  names: readonly string[],
  nameServers: readonly string[],
): void {
  for (const name of names) {
    if (!state.domains.some((domain) => domain.name === name)) addDomain(state, name, nameServers);
  }
}

/** @throws DigitaloceanError 404 */
export function findDomain(state: DigitaloceanState, name: string): Domain {
  const found = state.domains.find((domain) => domain.name === name.toLowerCase());
  if (found === undefined) throw notFound();
  return found;
}

/** A domain as the API shows it, with its zone file. */
export function domainAnswer(domain: Domain, nameServers: readonly string[]): Record<string, unknown> {
  const { name, ttl } = domain;
  const soa = `${name}. IN SOA ${nameServers[0] ?? ""}. hostmaster.${name}. ${SOA_TIMES}`;
  const lines = domain.records.flatMap((record) => {
    const rdata = TYPES[record.type]?.rdata(record, name);
    return rdata === undefined ? [] : [`${fullName(record, name)}. ${record.ttl} IN ${record.type} ${rdata}`];
  });
  const zone_file = [`$ORIGIN ${name}.`, `$TTL ${ttl}`, soa, ...lines, ""].join("\n");
  return { name, ttl, zone_file };
}
