/** Host names of the services under a mail domain. */
import { activeServices } from "./activeServices.ts";
import type { Service } from "./service.ts";
import { SERVICES, type ServiceLabel } from "./table.ts";

/** Host name of a label. */
export function hostName(label: ServiceLabel, domain: string): string {
  return `${label}.${domain}`;
}

/** Every service with its host name. `sqlite` is reached on the host alone and has no record. */
export function serviceNames(domain: string): Readonly<Record<ServiceLabel, string>> {
  const labels = SERVICES.flatMap(({ label = "" }) => (label === "" ? [] : [label]));
  return Object.fromEntries(labels.map((label) => [label, `${label}.${domain}`])) as Record<
    ServiceLabel,
    string
  >;
}

/** Host name by which a service is reached: the domain itself where it has no label of its own. */
export function nameHost({ label = "" }: Pick<Service, "label">, domain: string): string {
  return label === "" ? domain : `${label}.${domain}`;
}

/** Return path of outgoing mail: Forward Email sends nothing unless this name is an alias of the domain. */
export const RETURN_PATH = "fe-bounces";

/** Host name of the return path. */
export function returnPathName(domain: string): string {
  return `${RETURN_PATH}.${domain}`;
}

/** Host names that the machine and its containers bear. @param storage it has mailboxes */
export function hostNames(domain: string, storage: boolean): readonly string[] {
  const named = activeServices(storage, []).filter(({ label }) => label !== undefined);
  return [...new Set([hostName("mx", domain), ...named.map((service) => nameHost(service, domain))])];
}
