/** Whether the vendor makes the planned server: its location, its type there, and an image for the type's processor. */
import type { Plan } from "../../../stack/model/plan.ts";
import type { Finding } from "../../model/finding.ts";
import type { HetznerApi, HetznerThing } from "./api.ts";
import type { LocationPrice } from "./costs.ts";

/** A server type: what it is, where it is offered, and where it is about to go or has gone. */
export interface OfferedType extends HetznerThing {
  /** `x86` or `arm`. */
  readonly architecture?: string;
  readonly cores?: number;
  /** GB. */
  readonly memory?: number;
  readonly prices?: readonly LocationPrice[];
  readonly locations?: readonly {
    readonly name: string;
    readonly deprecation: { readonly unavailable_after: string } | null;
  }[];
}

/** A system image. */
export interface OfferedImage extends HetznerThing {
  readonly architecture?: string;
  /** Since when it is; it can be used for some time still. */
  readonly deprecated?: string | null;
}

/** A location. */
interface OfferedPlace extends HetznerThing {
  readonly city?: string;
}

/** What can be ordered. */
export interface Offer {
  readonly locations: readonly OfferedPlace[];
  readonly types: readonly OfferedType[];
  readonly images: readonly OfferedImage[];
}

type Wanted = Pick<Plan["server"], "location" | "type" | "image">;

/** Asks the vendor. @throws VendorError */
export async function readOffer(api: Pick<HetznerApi, "list">): Promise<Offer> {
  const [locations, types, images] = await Promise.all([
    api.list("locations"),
    api.list("server_types"),
    api.list("images", "&type=system&include_deprecated=true"),
  ]);
  return { locations, types, images };
}

function adviseChoice(key: string, names: readonly string[]): string {
  return `set mailstead:server.${key} to one of ${[...new Set(names)].slice(0, 12).join(", ")}`;
}

function checkLocation({ locations }: Offer, { location }: Wanted): Finding {
  const subject = "location";
  const names = locations.map(({ name }) => name);
  if (names.includes(location)) return { subject, state: "ok", seen: `${location} is offered` };
  return { subject, state: "bad", seen: `${location} is not offered`, fix: adviseChoice("location", names) };
}

/** Day after which a type cannot be ordered in a location: none where it stays, undefined where it never was. */
function lastDay({ locations }: OfferedType, location: string): Date | "none" | undefined {
  const place = locations?.find(({ name }) => name === location);
  if (place === undefined) return undefined;
  return place.deprecation === null ? "none" : new Date(place.deprecation.unavailable_after);
}

/** Whether a type can be ordered in a location at a moment. */
export function isOffered(type: OfferedType, location: string, now: Date): boolean {
  const last = lastDay(type, location);
  return last !== undefined && (last === "none" || last > now);
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** In a location that there is not, a type is judged by its name alone: the location is what has to change. */
function checkType({ locations, types }: Offer, wanted: Wanted, now: Date): Finding {
  const subject = "server type";
  const { type: name, location } = wanted;
  const type = types.find((one) => one.name === name);
  const isPlace = locations.some((one) => one.name === location);
  const fitting = types.filter((one) => !isPlace || isOffered(one, location, now));
  const fix = adviseChoice(
    "type",
    fitting.map((one) => one.name),
  );
  if (type === undefined) return { subject, state: "bad", seen: `${name} is not offered`, fix };
  if (!isPlace) return { subject, state: "ok", seen: `${name} is offered` };
  const last = lastDay(type, location);
  if (last === "none") return { subject, state: "ok", seen: `${name} is offered in ${location}` };
  if (last !== undefined && last > now) {
    const seen = `${name} can be ordered in ${location} until ${day(last)}, and no generation after that`;
    return { subject, state: "warn", seen, fix };
  }
  const since = last === undefined ? "" : ` since ${day(last)}`;
  const elsewhere = locations.filter((place) => isOffered(type, place.name, now)).map((place) => place.name);
  const move =
    elsewhere.length === 0 ? "" : `; ${name} is in ${elsewhere.join(", ")}, before the first \`pulumi up\``;
  return { subject, state: "bad", seen: `${name} is not offered in ${location}${since}`, fix: fix + move };
}

function checkImage({ types, images }: Offer, { type, image: name }: Wanted, now: Date): Finding {
  const subject = "image";
  const architecture = types.find((one) => one.name === type)?.architecture;
  const fitting = images.filter((one) => architecture === undefined || one.architecture === architecture);
  const image = fitting.find((one) => one.name === name);
  const processor = architecture === undefined ? "" : ` for ${architecture}, the processor of ${type}`;
  const isOld = (one: OfferedImage): boolean =>
    typeof one.deprecated === "string" && new Date(one.deprecated) <= now;
  const fix = adviseChoice(
    "image",
    fitting.filter((one) => !isOld(one)).map((one) => one.name),
  );
  if (image === undefined) return { subject, state: "bad", seen: `${name} is not offered${processor}`, fix };
  if (!isOld(image)) return { subject, state: "ok", seen: `${name} is offered${processor}` };
  const seen = `${name} is deprecated since ${day(new Date(image.deprecated ?? ""))}, and will go`;
  return { subject, state: "warn", seen, fix };
}

/** Words of the vendor that the configuration uses, each with where it is set. */
export function checkOffer(offer: Offer, wanted: Wanted, now: Date): Finding[] {
  return [checkLocation(offer, wanted), checkType(offer, wanted, now), checkImage(offer, wanted, now)];
}
