/** What a stack costs at Hetzner, as far as its API tells prices. Pure. */
import type { Cost } from "../cloud.ts";
import type { HetznerAddress, HetznerThing } from "./api.ts";

interface Price {
  readonly net: string;
  readonly gross: string;
}

/** What a type costs in a location. */
export interface LocationPrice {
  readonly location: string;
  readonly price_monthly: Price;
}

/** A server, with the prices of its type. */
export interface PricedServer extends HetznerThing {
  readonly location?: { readonly name: string } | null;
  readonly server_type?: {
    readonly name: string;
    readonly prices?: readonly LocationPrice[];
  };
}

const PRICES = "https://www.hetzner.com/cloud/";

function euros(text: string): string {
  return Number(text).toFixed(2);
}

/** What a type costs in a location, for people; undefined where the vendor does not say. */
export function describePrice(
  prices: readonly LocationPrice[] | undefined,
  location: string | undefined,
): string | undefined {
  const price = prices?.find((one) => one.location === location)?.price_monthly;
  return price && `${euros(price.net)} a month at most, ${euros(price.gross)} with VAT`;
}

function findPrice({ location, server_type: type }: PricedServer): string {
  const price = describePrice(type?.prices, location?.name);
  return price === undefined ? `price: ${PRICES}` : `${price}; switched off too`;
}

/** A volume, as the API lists it. */
export interface PricedVolume extends HetznerThing {
  /** In GB. */
  readonly size?: number;
}

export function hetznerCosts(
  servers: readonly PricedServer[],
  addresses: readonly HetznerAddress[],
  volumes: readonly PricedVolume[],
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
    ...volumes.map(({ id, name, size }) => ({
      kind: "volume" as const,
      id: String(id),
      what: `volume ${name} (${String(size ?? "?")} GB)`,
      price: `price: ${PRICES} (Volumes), attached or not`,
    })),
  ];
}
