/** A state without some of its resources, which stay where they are. Pure. */

/** An entry of an exported state, as far as it is looked at. Keys that nothing here looks at are kept. */
interface Entry {
  readonly urn: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>> | null;
  readonly replaceWith?: readonly string[];
}

/**
 * Takes entries out, and what others say of them: the engine reads no state that names what is not in it.
 *
 * @param isLost which ones go. None of them has children.
 */
export function withoutEntries<One extends Entry>(
  entries: readonly One[],
  isLost: (entry: One) => boolean,
): { readonly entries: One[]; readonly urns: string[] } {
  const gone = new Set(entries.filter(isLost).map(({ urn }) => urn));
  const left = (urns: readonly string[]): string[] => urns.filter((urn) => !gone.has(urn));
  const all = entries
    .filter(({ urn }) => !gone.has(urn))
    .map((entry) => ({
      ...entry,
      ...(entry.dependencies === undefined ? {} : { dependencies: left(entry.dependencies) }),
      ...(entry.replaceWith === undefined ? {} : { replaceWith: left(entry.replaceWith) }),
      ...(entry.propertyDependencies == undefined
        ? {}
        : {
            propertyDependencies: Object.fromEntries(
              Object.entries(entry.propertyDependencies).map(([key, urns]) => [key, urns && left(urns)]),
            ),
          }),
    }));
  return { entries: all, urns: [...gone] };
}
