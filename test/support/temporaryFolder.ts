/** A folder for one test file, gone when its tests are over. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Makes an empty folder; the test file that imports this need not clear it away. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mailstead-test-"));
  made.push(folder);
  return folder;
}
