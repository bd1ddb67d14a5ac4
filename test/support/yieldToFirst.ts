/** The tests in the sandbox yield to its first life, the longest, which the whole run's length depends on. */
import { setPriority } from "node:os";
import { expect } from "vitest";

const YIELDS = 5;

if (expect.getState().testPath?.endsWith("/first.test.ts") !== true) setPriority(YIELDS);
