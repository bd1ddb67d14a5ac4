/** What mail programs are set up with. */
import type { Plan } from "../model/plan.ts";
import { selectServices } from "./activeServices.ts";
import { nameHost } from "./names.ts";
import { byDirection } from "./reach.ts";
import type { Listener } from "./service.ts";
import type { WebSwitches } from "./webNames.ts";

/** One server of a mail program's settings. */
export interface ClientServer extends NonNullable<Listener["client"]> {
  readonly host: string;
  readonly port: number;
  /** Few need it, and most take another instead. */
  readonly isOptional: boolean;
}

/** Servers for mail programs: those for reading mail first, then those for sending it. */
export function clientServers(config: {
  readonly domain: string;
  readonly mail: { readonly storage: boolean };
  readonly dns: WebSwitches;
}): readonly ClientServer[] {
  return byDirection(selectServices(config)).flatMap((service) => {
    const { client, port } = service.listens;
    const isOptional = service.alias?.level === "optional";
    return client === undefined
      ? []
      : [{ ...client, host: nameHost(service, config.domain), port, isOptional }];
  });
}

/** The same for people: what a mail program cannot do without comes first. */
export function planClients(
  config: Parameters<typeof clientServers>[0] & { readonly dns: { readonly mx: "hold" | "point" } },
): Plan["clients"] {
  const servers = clientServers(config);
  const needed = [...servers.filter((one) => !one.isOptional), ...servers.filter((one) => one.isOptional)];
  return needed.map(({ protocol, host, port }) => ({
    service: protocol,
    // As long as the services' names are those of another server, the domain's own leads here.
    host: config.dns.mx === "hold" ? config.domain : host,
    port,
    security: "TLS",
  }));
}
