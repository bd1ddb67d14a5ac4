/** A folder for one test file, gone when its tests are over. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const made: string[] = [];

/** Clears away what was made so far: at the end of each file, also where files share this module (lowPriority.ts). */
export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

afterAll(removeTemporaryFolders);

/** Makes an empty folder; the test file that imports this need not clear it away. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mailstead-test-"));
  made.push(folder);
  return folder;
}
