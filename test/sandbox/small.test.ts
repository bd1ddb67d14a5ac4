/**
 * The life of a small stack beside the first server (first.test.ts), at the same vendors and at the same time: people do
 * wrong with it, and take over what is there. Neither may look at, or be disturbed by, what is not its own.
 */
import { describe } from "vitest";

const PARTS: Readonly<Record<string, () => Promise<unknown>>> = {
  "faults of people": () => import("./small/kept.ts"),
  import: () => import("./small/import.ts"),
};

for (const [name, load] of Object.entries(PARTS)) {
  describe(name, async () => {
    await load();
  });
}
