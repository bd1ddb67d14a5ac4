/**
 * Proves: a package is missing where its program is neither on PATH nor in a system folder.
 * Cannot: prove that apt has them; the first start on a fresh machine does.
 */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { missingPackages } from "../../../sandbox/install.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

test("what is on PATH is not missing, whoever brought it", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "one-program"), "");
  chmodSync(join(folder, "one-program"), 0o755);
  vi.stubEnv("PATH", folder);
  const packages = { one: "one-program", other: "another-program", ldconfig: "ldconfig" };
  expect(await missingPackages(packages)).toEqual(["other"]);
  vi.unstubAllEnvs();
});
