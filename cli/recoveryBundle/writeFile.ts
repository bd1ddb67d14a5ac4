/** A file that is there whole and looked at, or not at all. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import process from "node:process";

function writeThrough(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "wx", 0o600);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes beside the place, looks at what was written, and moves it there. Only for its owner (0600).
 *
 * @param check is handed what the disk gives back; where it throws, or the process is stopped, nothing stays.
 */
export async function writeChecked(
  path: string,
  bytes: Uint8Array,
  check: (written: Uint8Array) => Promise<void>,
): Promise<void> {
  const part = `${path}.${String(process.pid)}.part`;
  const stop = (signal: NodeJS.Signals): void => {
    rmSync(part, { force: true });
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    writeThrough(part, bytes);
    await check(readFileSync(part));
    renameSync(part, path);
  } finally {
    rmSync(part, { force: true });
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}
