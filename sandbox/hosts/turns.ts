/** Calls of one key, one after another. */

/** Runs the work when all work of the same key that was given before has ended, well or not. */
export type Turn = (key: string, work: () => Promise<void>) => Promise<void>;

/** A new queue for each key. */
export function turns(): Turn {
  const last = new Map<string, Promise<void>>();
  return (key, work) => {
    const next = (last.get(key) ?? Promise.resolve()).catch(() => undefined).then(work);
    last.set(key, next);
    return next;
  };
}
