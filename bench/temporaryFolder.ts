/** A folder for one bench. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs with a folder for the user alone, which is gone afterwards, after a signal too: it may hold a stack's secrets. */
export async function inTemporaryFolder<Result>(
  bench: string,
  action: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), `mailstead-${bench}-`));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const stop = (): never => process.exit(1);
  process.once("exit", remove);
  for (const name of SIGNALS) process.once(name, stop);
  try {
    return await action(folder);
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
    process.off("exit", remove);
    remove();
  }
}
