/** Names that the certificate must have. */
import type { Config } from "../model/config.ts";
import { activeServices } from "./activeServices.ts";
import { nameHost } from "./names.ts";
import { listening, reachedBy } from "./reach.ts";
import type { WebName } from "./webNames.ts";

/**
 * Names of the certificate.
 *
 * A dns-01 order takes the wildcard, so a new service needs no new certificate; http-01 cannot (RFC 8555 8.3), so
 * every name is listed: the domain, the services that every server has, those of mailboxes, each in the order of their
 * ports, and the web names. A certificate from elsewhere must cover the same list.
 */
export function certificateNames(
  domain: string,
  storage: boolean,
  method: Config["certificates"]["method"],
  web: readonly WebName[],
): readonly string[] {
  if (method === "dns-01" || method === "manual") return [domain, `*.${domain}`];
  const services = listening(activeServices(storage, web))
    .filter(({ label, listens }) => label !== undefined && reachedBy(listens) !== "host")
    .toSorted((a, b) => a.listens.port - b.listens.port);
  const [always, mailboxes] = [undefined, "mailboxes"].map((condition) =>
    services.filter(({ onlyWith }) => onlyWith === condition).map((service) => nameHost(service, domain)),
  );
  const switched = web.map((label) => `${label}.${domain}`);
  return [...new Set([domain, ...(always ?? []), ...(mailboxes ?? []), ...switched])];
}
