/** The names of a zone as a tree, for what is answered by a wildcard (RFC 4592). */

/** The zone's names. */
export interface ZoneTree {
  /** Whether the name has records, or stands above one that has (an empty non-terminal): no wildcard answers for it. */
  exists(name: string): boolean;
  /** The nearest ancestor that exists: only a wildcard right below it answers for the name (RFC 4592 3.3.1). */
  closestEncloser(name: string): string;
}

/** Name above, or "" at the top. */
export function parentOf(name: string): string {
  const dot = name.indexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1);
}

/** Builds the tree from the names that have records. */
export function zoneTree(names: Iterable<string>, zone: string): ZoneTree {
  const nodes = new Set([zone]);
  for (const name of names) {
    for (let node = name; node !== "" && !nodes.has(node); node = parentOf(node)) nodes.add(node);
  }
  return {
    exists: (name) => nodes.has(name),
    closestEncloser(name) {
      let node = parentOf(name);
      while (node !== "" && !nodes.has(node)) node = parentOf(node);
      return node;
    },
  };
}
