/** Names of services, each an alias of the domain unless something points to it that may not point to an alias. */
import { selectServices } from "../services/activeServices.ts";
import { RETURN_PATH } from "../services/names.ts";
import { isSrvTarget } from "../services/reach.ts";
import { WEB_NAMES, webNames } from "../services/webNames.ts";
import type { PlannedRecord, RecordLevel } from "../model/plan.ts";
import { addressRecords } from "./addresses.ts";
import type { DnsInput } from "./dnsInput.ts";

interface Alias {
  readonly label: string;
  readonly purpose: string;
  readonly level: RecordLevel;
  /** Has addresses instead, where SRV records are declared. */
  readonly srvTarget?: boolean;
}

/** No service answers by it: mail that comes back goes to the MX. */
const RETURN_PATH_ALIAS: Alias = {
  label: RETURN_PATH,
  purpose: "Return path of outgoing mail; nothing is sent without this alias",
  level: "required",
};

function aliasRecord({ domain, dns }: DnsInput, { label, purpose, level }: Alias): PlannedRecord {
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

/** One name a service, in the order of their labels. */
export function serviceAliases(input: DnsInput): PlannedRecord[] {
  const named = selectServices(input).flatMap((service): Alias[] => {
    const { label, alias } = service;
    return label === undefined || alias === undefined
      ? []
      : [{ label, ...alias, srvTarget: isSrvTarget(service) }];
  });
  const aliases = [...named, RETURN_PATH_ALIAS].toSorted((a, b) => (a.label < b.label ? -1 : 1));
  return aliases.flatMap((alias) => {
    const { label, purpose, level } = alias;
    if (alias.srvTarget !== true || !input.dns.services) return [aliasRecord(input, alias)];
    return addressRecords(label, `${label}.${input.domain}`, purpose, input, level);
  });
}

/** One CNAME for each web name that is switched on. */
export function webAliases(input: DnsInput): PlannedRecord[] {
  return webNames(input.dns).map((label) => {
    const { purpose, level } = WEB_NAMES[label];
    return aliasRecord(input, { label, purpose, level });
  });
}
