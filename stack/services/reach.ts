/** How a service is reached from outside. */
import type { Listener, Service } from "./service.ts";
import { findPort } from "./table.ts";

/** Who reaches a service: all by its host name through the router, people's mail programs, other servers, or the host alone. */
export function reachedBy({
  behindRouter,
  opens,
  client,
}: Listener): "router" | "clients" | "servers" | "host" {
  if (behindRouter === true) return "router";
  if (opens === undefined) return "host";
  return client === undefined ? "servers" : "clients";
}

/** Port at which everyone reaches a public service. */
export function publicPort({ port, behindRouter }: Listener): number {
  return behindRouter === true ? findPort("sni-router") : port;
}

/** An SRV record points to its own name, which has addresses therefore (RFC 2782). */
export function isSrvTarget({ listens }: Service): boolean {
  return listens?.behindRouter === true && listens.srv !== undefined;
}

/** A service with its port. */
export type ListeningService = Service & { readonly listens: Listener };

/** Those that listen. */
export function listening(services: readonly Service[]): readonly ListeningService[] {
  return services.filter((service): service is ListeningService => service.listens !== undefined);
}

const DIRECTIONS = ["incoming", "outgoing", undefined];

/** Reading mail comes before sending it, and what is no mail last, as settings files have it; else as in the table. */
export function byDirection(services: readonly Service[]): readonly ListeningService[] {
  const place = ({ listens }: ListeningService) => DIRECTIONS.indexOf(listens.client?.direction);
  return listening(services).toSorted((a, b) => place(a) - place(b));
}
