/**
 * Proves: a type is judged in the planned location and at a moment, an image by the type's processor and its age; each
 * finding names what is to be set instead, from what can be ordered.
 * Cannot prove: that the vendor has a machine free; only an order tells.
 */
import { expect, test } from "vitest";
import { checkOffer, type Offer } from "../../../../../verify/vendors/hetzner/offer.ts";

const NOW = new Date("2027-03-01T12:00:00Z");
const PLACES = ["fsn1", "nbg1", "ash"].map((name, id) => ({ id, name }));

/** A type in locations, each with the day after which it is gone, if any. */
function type(name: string, architecture: string, places: Readonly<Record<string, string | null>>) {
  const locations = Object.entries(places).map(([place, last]) => ({
    name: place,
    deprecation: last === null ? null : { announced: "2027-01-01T00:00:00Z", unavailable_after: last },
  }));
  return { id: 1, name, architecture, locations };
}

const OFFER: Offer = {
  locations: PLACES,
  types: [
    type("small", "x86", { fsn1: null, nbg1: null }),
    type("arm", "arm", { fsn1: null }),
    type("going", "x86", { nbg1: "2027-03-31T00:00:00Z", ash: null }),
    type("gone", "x86", { nbg1: "2027-03-01T11:59:59Z" }),
  ],
  images: [
    { id: 1, name: "debian-13", architecture: "x86", deprecated: null },
    { id: 2, name: "debian-13", architecture: "arm", deprecated: null },
    { id: 3, name: "ubuntu-24.04", architecture: "x86", deprecated: "2027-02-01T00:00:00Z" },
  ],
};

function judge(wanted: Partial<Parameters<typeof checkOffer>[1]>) {
  const all = checkOffer(OFFER, { location: "nbg1", type: "small", image: "debian-13", ...wanted }, NOW);
  return Object.fromEntries(all.map(({ subject, ...rest }) => [subject, rest]));
}

test("all three are there", () => {
  expect(judge({})).toEqual({
    location: { state: "ok", seen: "nbg1 is offered" },
    "server type": { state: "ok", seen: "small is offered in nbg1" },
    image: { state: "ok", seen: "debian-13 is offered for x86, the processor of small" },
  });
});

test("a type that is elsewhere only: types of the location, and locations of the type", () => {
  expect(judge({ location: "ash" })["server type"]).toEqual({
    state: "bad",
    seen: "small is not offered in ash",
    fix: "set mailstead:server.type to one of going; small is in fsn1, nbg1, before the first `pulumi up`",
  });
});

test("a type that goes is a warning with its last day, and one that has gone is not offered", () => {
  expect(judge({ type: "going" })["server type"]).toMatchObject({
    state: "warn",
    seen: "going can be ordered in nbg1 until 2027-03-31, and no generation after that",
  });
  expect(judge({ type: "going", location: "ash" })["server type"]).toMatchObject({ state: "ok" });
  expect(judge({ type: "gone" })["server type"]).toEqual({
    state: "bad",
    seen: "gone is not offered in nbg1 since 2027-03-01",
    fix: "set mailstead:server.type to one of small, going",
  });
});

test("in a location that there is not, the location is at fault and not the type", () => {
  expect(judge({ location: "mars1" })).toMatchObject({
    location: { state: "bad", fix: "set mailstead:server.location to one of fsn1, nbg1, ash" },
    "server type": { state: "ok" },
  });
});

test("an image for another processor is not offered, and an old one is a warning", () => {
  expect(judge({ location: "fsn1", type: "arm", image: "ubuntu-24.04" }).image).toEqual({
    state: "bad",
    seen: "ubuntu-24.04 is not offered for arm, the processor of arm",
    fix: "set mailstead:server.image to one of debian-13",
  });
  expect(judge({ image: "ubuntu-24.04" }).image).toEqual({
    state: "warn",
    seen: "ubuntu-24.04 is deprecated since 2027-02-01, and will go",
    fix: "set mailstead:server.image to one of debian-13",
  });
});
