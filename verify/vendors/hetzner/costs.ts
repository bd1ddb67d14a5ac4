/** What a stack costs at Hetzner, as far as its API tells prices. Pure. */
import type { Cost } from "../cloud.ts";
import type { HetznerAddress, HetznerThing } from "./api.ts";

interface Price {
  readonly net: string;
  readonly gross: string;
}

/** A server, with the prices of its type. */
export interface PricedServer extends HetznerThing {
  readonly location?: { readonly name: string } | null;
  readonly server_type?: {
    readonly name: string;
    readonly prices?: readonly { readonly location: string; readonly price_monthly: Price }[];
  };
}

const PRICES = "https://www.hetzner.com/cloud/";

function euros(text: string): string {
  return Number(text).toFixed(2);
}

function findPrice({ location, server_type: type }: PricedServer): string {
  const price = type?.prices?.find((one) => one.location === location?.name)?.price_monthly;
  if (price === undefined) return `price: ${PRICES}`;
  return `${euros(price.net)} a month and most, ${euros(price.gross)} with VAT; switched off too`;
}

export function hetznerCosts(
  servers: readonly PricedServer[],
  addresses: readonly HetznerAddress[],
): readonly Cost[] {
  return [
    ...servers.map((server) => ({
      kind: "server" as const,
      id: String(server.id),
      what: `server ${server.name} (${server.server_type?.name ?? "?"})`,
      price: findPrice(server),
    })),
    ...addresses.map(({ id, ip = "" }) => ({
      kind: "address" as const,
      id: String(id),
      what: `address ${ip}`,
      price: ip.includes(":") ? "free" : `price: ${PRICES} (Primary IPs), assigned or not`,
    })),
  ];
}
