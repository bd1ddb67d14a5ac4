import { defineConfig } from "vitest/config";
import ByName from "./test/support/byName.ts";

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
          // After the fast ones, one file after the other: they drive one sandbox, and share the cores with nothing.
          name: "sandbox",
          sequence: { groupOrder: 1 },
          include: ["test/sandbox/**/*.test.ts"],
          globalSetup: ["test/sandbox/globalSetup.ts"],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
