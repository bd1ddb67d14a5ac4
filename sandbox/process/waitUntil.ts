/** The one way to wait in the sandbox: until something is so, with a limit, and a word about what it was. */

import { setTimeout as delay } from "node:timers/promises";

export interface WaitOptions {
  /** What is waited for, as in "timed out after 10 s waiting for …". */
  readonly what: string;
  readonly timeoutSeconds: number;
  /** Pause between two looks. Default 50. */
  readonly everyMilliseconds?: number;
  /** Ends the wait early with an error of its own, when going on makes no sense. */
  readonly giveUp?: () => Promise<string | undefined> | string | undefined;
}

/**
 * Resolves as soon as `condition` gives true. A condition that throws counts as "not yet"; its last error is told.
 *
 * @throws {Error} naming what was waited for and for how long.
 */
export async function waitUntil(
  condition: () => Promise<boolean> | boolean,
  options: WaitOptions,
): Promise<void> {
  const limit = performance.now() + options.timeoutSeconds * 1000;
  let cause: unknown;
  for (;;) {
    try {
      if (await condition()) return;
    } catch (error) {
      cause = error;
    }
    const reason = await options.giveUp?.();
    if (reason !== undefined) throw new Error(`waiting for ${options.what}: ${reason}`, { cause });
    if (performance.now() > limit) {
      const last = cause instanceof Error ? ` (last: ${cause.message})` : "";
      throw new Error(`timed out after ${options.timeoutSeconds} s waiting for ${options.what}${last}`, {
        cause,
      });
    }
    await delay(options.everyMilliseconds ?? 50);
  }
}
