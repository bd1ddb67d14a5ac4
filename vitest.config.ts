import { defineConfig } from "vitest/config";
import ByName from "./test/support/byName.ts";

export default defineConfig({
  test: {
    // All cores; the default leaves one idle, which is half of a small machine.
    maxWorkers: "100%",
    // Only the ground's files have an order that matters.
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
      {
        extends: true,
        test: {
          name: "sandbox",
          include: ["test/sandbox/*.test.ts"],
          // Each of its files is a life in the one sandbox, and they go on at once.
          sequence: { groupOrder: 1 },
          globalSetup: ["test/support/sandboxUp.ts"],
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: "ground",
          include: ["test/sandbox/ground/*.test.ts"],
          // One file after the other, sharing the cores with nothing: the last one takes the sandbox away.
          sequence: { groupOrder: 2 },
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
