import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import ByName from "./test/support/byName.ts";

const NOT_YET_GREEN = ["test/sandbox/sandboxLife.test.ts"];

/** Tests that drive the sandbox: one file after the other, sharing the cores with nothing. */
function sandbox(name: string, include: string[], exclude: string[]): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name,
      include,
      exclude,
      sequence: { groupOrder: 1 },
      globalSetup: ["test/sandbox/globalSetup.ts"],
      fileParallelism: false,
      testTimeout: 600_000,
      hookTimeout: 600_000,
    },
  };
}

export default defineConfig({
  test: {
    // Only the sandbox project has an order that matters; the fast one runs in parallel.
    sequence: { sequencer: ByName },
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          sequence: { groupOrder: 0 },
          include: ["test/{unit,golden,component}/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          sequence: { groupOrder: 0 },
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/browser/globalSetup.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      sandbox("sandbox", ["test/sandbox/**/*.test.ts"], NOT_YET_GREEN),
      // They join the others when seen green as a whole.
      sandbox("trial", NOT_YET_GREEN, []),
    ],
  },
});
