/** Server types and locations of Hetzner as every cloud's are told. Pure. */
import type { CloudOffer, ServerSize } from "../cloud.ts";
import { describePrice } from "./costs.ts";
import { isOffered, type Offer, type OfferedType } from "./offer.ts";

/** Hetzner's words for processors. */
const ARCHITECTURES: Readonly<Record<string, "amd64" | "arm64">> = { x86: "amd64", arm: "arm64" };

function readSize(type: OfferedType, locations: Offer["locations"], now: Date): ServerSize {
  const { name, architecture = "", cores, memory, prices } = type;
  const processor = ARCHITECTURES[architecture];
  const places = locations.filter((place) => isOffered(type, place.name, now));
  return {
    name,
    ...(processor === undefined ? {} : { architecture: processor }),
    ...(cores === undefined ? {} : { cpus: cores }),
    ...(memory === undefined ? {} : { memoryMib: Math.round(memory * 1024) }),
    prices: Object.fromEntries(
      places.map((place) => [place.name, describePrice(prices, place.name) ?? "price unknown"]),
    ),
  };
}

/** What can be ordered at a moment. */
export function readSizes({ locations, types }: Offer, now: Date): CloudOffer {
  return {
    locations: locations.map(({ name, city }) => ({ name, title: city ?? name })),
    sizes: types.map((type) => readSize(type, locations, now)),
  };
}
