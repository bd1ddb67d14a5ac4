/** Ctrl-C while steps run. */

import process from "node:process";

export const INTERRUPTED = 130;

const GRACE_MS = 5000;

/**
 * Ctrl-C reaches the programs of the running step as well; they end, the step fails and clears up after itself.
 * Where that takes longer than the grace, or on a second Ctrl-C, this process ends at once.
 *
 * @param advice what to do next; said by this process only where it ends at once. SIGTERM counts as Ctrl-C.
 * @param graceMs milliseconds, default 5,000.
 * @returns whether Ctrl-C came.
 */
export function watchInterrupt(advice: string, graceMs = GRACE_MS): () => boolean {
  let interrupted = false;
  const endNow = (): void => {
    process.stderr.write(advice);
    process.exit(INTERRUPTED);
  };
  const seconds = String(graceMs / 1000);
  const onSignal = (): void => {
    if (interrupted) endNow();
    interrupted = true;
    process.stderr.write(
      `\nStopping: the running step has ${seconds} s to end. Ctrl-C again stops at once.\n`,
    );
    setTimeout(endNow, graceMs).unref();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return () => interrupted;
}
