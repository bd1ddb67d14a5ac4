/**
 * Versions as the tags of images tell them: `v1.2.3`, `8.0`, `8.0.15-noble`.
 *
 * A tag is a name and proves nothing by itself; two of them that tell different numbers cannot be names of one image.
 */

/** Numbers of a version, the largest part first. Never empty. */
export type Version = readonly number[];

/** The version that a tag begins with; undefined where it begins with none, such as `noble`. */
export function readVersion(tag: string): Version | undefined {
  const [, text] = /^v?(\d{1,9}(?:\.\d{1,9})*)(?![\d.])/.exec(tag) ?? [];
  return text?.split(".").map(Number);
}

/** Whether both may be names of one image: one says the same as the other, or less. */
export function mayBeOne(one: Version, other: Version): boolean {
  return one.every((number, index) => (other[index] ?? number) === number);
}

/** Less than 0 where `one` is older, by the numbers that both have and at most `parts` of them; 0 where these are equal. */
export function compareVersions(one: Version, other: Version, parts: number): number {
  const length = Math.min(parts, one.length, other.length);
  const at = one.slice(0, length).findIndex((number, index) => number !== other[index]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}
