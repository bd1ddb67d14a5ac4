/**
 * The life of a small stack beside the first server (first.test.ts), at the same vendors and at the same time: it is
 * broken again and again. Neither may look at, or be disturbed by, what is not its own.
 */
import { describe } from "vitest";

const PARTS: Readonly<Record<string, () => Promise<unknown>>> = {
  "faults of people": () => import("./small/kept.ts"),
  kills: () => import("./small/kills.ts"),
  faults: () => import("./small/faults.ts"),
  import: () => import("./small/import.ts"),
};

for (const [name, load] of Object.entries(PARTS)) {
  describe(name, async () => {
    await load();
  });
}
