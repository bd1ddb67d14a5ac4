import { globSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import LivesFirst from "./test/support/livesFirst.ts";

const FAST = ["test/{unit,golden,component}/**/*.test.ts"];
const LONG = ["test/{unit,component}/**/*.long.test.ts"];
/** What puts something else in the place of a module, or of the SDK's engine, would do it to others in its process too. */
const APART = ["test/component/**/*.test.ts", ...globSync(FAST).filter(replacesModules)];

function replacesModules(file: string): boolean {
  return /\bvi\.(mock|doMock)\(/.test(readFileSync(file, "utf8"));
}

/** Tests that need no sandbox run beside its lives, and yield to them. */
const BESIDE_LIVES = {
  setupFiles: ["test/support/lowPriority.ts"],
  testTimeout: 240_000,
  hookTimeout: 240_000,
};

export default defineConfig({
  test: {
    // More than a small machine's cores: the lives in the sandbox wait a lot. Without them, `npm run test:fast` says less.
    maxWorkers: 7,
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
          exclude: [...LONG, ...APART],
          ...BESIDE_LIVES,
          // Modules are loaded once for all files of a process: that is half of these tests' time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "fast-apart",
          include: APART,
          exclude: LONG,
          ...BESIDE_LIVES,
        },
      },
      {
        extends: true,
        test: {
          // More than three seconds each: thousands of generated cases, or programs that are started for each case.
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
          setupFiles: ["test/support/yieldToFirst.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: "life",
          include: ["test/sandbox/life.test.ts"],
          setupFiles: ["test/support/yieldToFirst.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
