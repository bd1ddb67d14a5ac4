import { defineConfig } from "vitest/config";
import LivesFirst from "./test/support/livesFirst.ts";

const FAST = ["test/{unit,golden,component}/**/*.test.ts"];
const LONG = ["test/{unit,component}/**/*.long.test.ts"];

/** Tests that need no sandbox run beside its lives, and yield to them. */
const BESIDE_LIVES = { setupFiles: ["test/support/lowPriority.ts"], testTimeout: 240_000 };

export default defineConfig({
  test: {
    // More than a small machine's cores: the lives in the sandbox wait a lot. Without them, `npm run test:fast` says less.
    maxWorkers: 5,
    sequence: { sequencer: LivesFirst },
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
          include: FAST,
          exclude: LONG,
          ...BESIDE_LIVES,
        },
      },
      {
        extends: true,
        test: {
          // Thousands of generated cases, or many runs of the real engine: half of the fast tests' time in a few files.
          name: "long",
          include: LONG,
          ...BESIDE_LIVES,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
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
          globalSetup: ["test/support/sandboxUp.ts"],
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
          sequence: { groupOrder: 1 },
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
