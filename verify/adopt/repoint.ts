/**
 * A state whose entry names a thing that is gone, while the thing that took its place is there under the same name: an
 * old copy of the state, or a replacement whose answer was lost. Pure.
 *
 * `pulumi import` refuses what the state has an entry of, so the entry itself is given the new id; a refresh of it then
 * reads the rest.
 */
import { nameOfUrn } from "../state/resources.ts";
import type { FoundId } from "./importFile.ts";

/** An entry of an exported state, as far as it is looked at. Keys that nothing here looks at are kept. */
export interface StateEntry {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  /** It waits for its deletion; another entry has taken its place. */
  readonly delete?: boolean;
  /** It is deleted at the vendor, and its successor is not known yet. */
  readonly pendingReplacement?: boolean;
  /** Value whose change replaces it. */
  readonly replacementTrigger?: unknown;
}

/** A thing that is there, and what it was made for. */
export interface FoundThing extends FoundId {
  /** Its id in the state, where that is not the one that an import takes. */
  readonly stateId?: string;
  /** Of a server: the generation that its label tells. */
  readonly generation?: number;
}

function readId({ id, stateId }: FoundThing): string {
  return stateId ?? id;
}

/** The entry of a found thing, where it names another one that is gone. */
function findSuccessor(
  entry: StateEntry,
  found: readonly FoundThing[],
  isThere: (type: string, id: string) => boolean,
): FoundThing | undefined {
  if (entry.id === undefined || entry.delete === true) return undefined;
  const successor = found.find(({ type, name }) => type === entry.type && name === nameOfUrn(entry.urn));
  if (successor === undefined || readId(successor) === entry.id || isThere(entry.type, entry.id))
    return undefined;
  return successor;
}

/**
 * Gives the entries of things that are gone the ids of their successors.
 *
 * @param isThere whether a thing is at the vendor: an entry of one that is stays as it is.
 * @returns all entries, and the URNs of those that were changed.
 */
export function repointed<Entry extends StateEntry>(
  entries: readonly Entry[],
  found: readonly FoundThing[],
  isThere: (type: string, id: string) => boolean,
): { readonly entries: Entry[]; readonly urns: string[] } {
  const urns: string[] = [];
  const all = entries.map((entry) => {
    const successor = findSuccessor(entry, found, isThere);
    if (successor === undefined) return entry;
    urns.push(entry.urn);
    const trigger = successor.generation ?? entry.replacementTrigger;
    const kept = Object.entries(entry).filter(([key]) => key !== "pendingReplacement");
    // Typed as the entry was: only an optional key is gone.
    return {
      ...Object.fromEntries(kept),
      id: readId(successor),
      ...(trigger === undefined ? {} : { replacementTrigger: trigger }),
    } as Entry;
  });
  return { entries: all, urns };
}
