/** What can be ordered: locations, server types and images, with Hetzner's own names and numbers. */

/** A place. */
export interface Location {
  readonly id: number;
  readonly name: string;
  readonly city: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly description: string;
  readonly network_zone: string;
}

function location(
  id: number,
  name: string,
  city: string,
  country: string,
  place: [number, number],
): Location {
  const number = /\d*$/.exec(name)?.[0] || "1";
  const [latitude, longitude] = place;
  const network_zone = country === "US" ? "us-east" : "eu-central";
  return {
    ...{ id, name, city, country, latitude, longitude, network_zone },
    description: `${city} DC Park ${number}`,
  };
}

const EUROPE: readonly Location[] = [
  location(1, "fsn1", "Falkenstein", "DE", [50.47612, 12.370071]),
  location(2, "nbg1", "Nuremberg", "DE", [49.452102, 11.076665]),
  location(3, "hel1", "Helsinki", "FI", [60.169855, 24.938379]),
];

const ASHBURN = location(4, "ash", "Ashburn, VA", "US", [39.045821, -77.487073]);

/** Falkenstein, Nuremberg, Helsinki, Ashburn. */
export const LOCATIONS: readonly Location[] = [...EUROPE, ASHBURN];

/** When a type goes from a location: no order from then on, though it is listed. */
export interface Deprecation {
  readonly announced: string;
  readonly unavailable_after: string;
}

/** A place where a type can be ordered, or could be. */
interface Offer {
  readonly place: Location;
  readonly deprecation: Deprecation | null;
}

function offeredIn(places: readonly Location[], deprecation: Deprecation | null = null): Offer[] {
  return places.map((place) => ({ place, deprecation }));
}

const GONE_IN_2026: Deprecation = {
  announced: "2025-10-16T06:00:00+00:00",
  unavailable_after: "2026-01-01T00:00:00+00:00",
};

/** A size of server. `disk` and `memory` in GB. */
export interface ServerType {
  readonly id: number;
  readonly name: string;
  readonly cores: number;
  readonly memory: number;
  readonly disk: number;
  readonly architecture: "x86" | "arm";
  readonly offers: readonly Offer[];
}

const IN_EUROPE = { offers: offeredIn(EUROPE) };

/** The types on offer: three that are not in America, and one that is nowhere else any more. */
export const SERVER_TYPES: readonly ServerType[] = [
  { id: 114, name: "cx23", cores: 2, memory: 4, disk: 40, architecture: "x86", ...IN_EUROPE },
  { id: 115, name: "cx33", cores: 4, memory: 8, disk: 80, architecture: "x86", ...IN_EUROPE },
  { id: 45, name: "cax11", cores: 2, memory: 4, disk: 40, architecture: "arm", ...IN_EUROPE },
  {
    ...{ id: 23, name: "cpx21", cores: 3, memory: 4, disk: 80, architecture: "x86" },
    offers: [...offeredIn(EUROPE, GONE_IN_2026), ...offeredIn([ASHBURN])],
  },
];

/** Whether a type can be ordered in a location. */
export function canBeOrdered({ offers }: ServerType, location: string, now = new Date()): boolean {
  const offer = offers.find(({ place }) => place.name === location);
  if (offer === undefined) return false;
  return offer.deprecation === null || new Date(offer.deprecation.unavailable_after) > now;
}

/** A system image. */
export interface Image {
  readonly id: number;
  readonly name: string;
  readonly flavor: "debian" | "ubuntu";
  readonly version: string;
  readonly architecture: "x86" | "arm";
}

/** The images on offer. Which of them boot is up to the host driver. */
export const IMAGES: readonly Image[] = [
  { id: 310557660, name: "debian-13", flavor: "debian", version: "13", architecture: "x86" },
  { id: 310557661, name: "debian-13", flavor: "debian", version: "13", architecture: "arm" },
  { id: 114690387, name: "debian-12", flavor: "debian", version: "12", architecture: "x86" },
  { id: 161547269, name: "ubuntu-24.04", flavor: "ubuntu", version: "24.04", architecture: "x86" },
  { id: 161547270, name: "ubuntu-24.04", flavor: "ubuntu", version: "24.04", architecture: "arm" },
];

/** An image as the API shows it. */
export function imageAnswer(image: Image): Record<string, unknown> {
  return {
    id: image.id,
    type: "system",
    status: "available",
    name: image.name,
    description: `${image.flavor === "debian" ? "Debian" : "Ubuntu"} ${image.version}`,
    image_size: null,
    disk_size: 5,
    created: "2025-08-11T06:00:00+00:00",
    created_from: null,
    bound_to: null,
    os_flavor: image.flavor,
    os_version: image.version,
    rapid_deploy: true,
    protection: { delete: false },
    deprecated: null,
    deleted: null,
    labels: {},
    architecture: image.architecture,
  };
}

/** A server type as the API shows it. */
export function serverTypeAnswer(type: ServerType): Record<string, unknown> {
  const price = { net: "0.0060000000", gross: "0.0071400000" };
  const monthly = { net: "3.4900000000", gross: "4.1531000000" };
  return {
    id: type.id,
    name: type.name,
    description: type.name.toUpperCase(),
    category: "Cost-Optimized",
    cores: type.cores,
    memory: type.memory,
    disk: type.disk,
    deprecated: false,
    deprecation: null,
    cpu_type: "shared",
    storage_type: "local",
    architecture: type.architecture,
    locations: type.offers.map(({ place: { id, name }, deprecation }) => ({ id, name, deprecation })),
    prices: type.offers.map(({ place }) => ({
      location: place.name,
      price_hourly: price,
      price_monthly: monthly,
      included_traffic: 21990232555520,
      price_per_tb_traffic: { net: "1.0000000000", gross: "1.1900000000" },
    })),
  };
}

/** Number and name of a location's data centre. */
export function dataCenterOf({ id, name }: Location): { readonly id: number; readonly name: string } {
  return { id: id + 1, name: name === ASHBURN.name ? "ash-dc1" : `${name}-dc${id + 1}` };
}

/** The data centre of a location; still shown, though no longer taken in requests. */
export function dataCenterAnswer(place: Location): Record<string, unknown> {
  const supported = SERVER_TYPES.filter(({ offers }) => offers.some((offer) => offer.place === place));
  const available = supported.filter((type) => canBeOrdered(type, place.name)).map(({ id }) => id);
  return {
    ...dataCenterOf(place),
    description: `${place.city} ${place.id} virtual DC ${place.id + 1}`,
    location: place,
    server_types: {
      ...{ available, available_for_migration: available },
      supported: supported.map(({ id }) => id),
    },
  };
}

/** Location by name. The stored name is always one of ours. */
export function locationNamed(name: string): Location {
  const found = LOCATIONS.find((place) => place.name === name);
  if (found === undefined) throw new Error(`no location ${name}`);
  return found;
}

/** Type by name or number, as requests have it. */
export function findServerType(nameOrId: string | number): ServerType | undefined {
  return SERVER_TYPES.find((type) => type.name === nameOrId || String(type.id) === String(nameOrId));
}

/** Image by number, or by name for one architecture. */
export function findImage(nameOrId: string | number, architecture: string): Image | undefined {
  return (
    IMAGES.find((image) => String(image.id) === String(nameOrId)) ??
    IMAGES.find((image) => image.name === nameOrId && image.architecture === architecture)
  );
}
