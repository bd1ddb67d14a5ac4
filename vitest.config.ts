import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // All cores; the default leaves one idle, which is half of a small machine.
    maxWorkers: "100%",
    coverage: {
      // Of what runs in a process of the tests; what they start beside it is not counted.
      include: ["{stack,cloud-init,components,verify,cli,startup}/**/*.{ts,js}"],
      reporter: ["text-summary", "html"],
      reportsDirectory: "coverage",
    },
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
          exclude: ["test/sandbox/life.test.ts"],
          // Three lives in the one sandbox, and what has a ground of its own: they go on at once, and wait a lot.
          sequence: { groupOrder: 1 },
          globalSetup: ["test/support/sandboxUp.ts"],
          maxWorkers: 4,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: "life",
          include: ["test/sandbox/life.test.ts"],
          // After all others: it takes the sandbox away.
          sequence: { groupOrder: 2 },
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
