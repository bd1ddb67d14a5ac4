/** A gate that lets a number of tasks through at once; the others wait in order. */
export type Gate = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** @param width how many at once, at least 1. */
export function createGate(width: number): Gate {
  let free = width;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // The place is handed on, so that nobody slips in between.
      if (next === undefined) free += 1;
      else next();
    }
  };
}
