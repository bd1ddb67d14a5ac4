/** Resources of the state alone that hold no secret, by their names: the engine orders and keeps others by them. */
export const MARKERS = {
  /** After all that comes before the containers. */
  prepared: "prepared",
  /** Protected with the server. */
  kept: "kept-with-server",
} as const;

const NAMES: readonly string[] = Object.values(MARKERS);

/** @param name of a resource that is random. */
export function isMarker(name: string): boolean {
  return NAMES.includes(name);
}
