/**
 * The life of a small stack whose `up` is broken off again and again, by its user, by vendors and by its host, beside the
 * other lives, at the same vendors and at the same time. None may look at, or be disturbed by, what is not its own.
 */
import { describe } from "vitest";
import { smallAs } from "../support/small.ts";

smallAs("broken", "broken.example");

const PARTS: Readonly<Record<string, () => Promise<unknown>>> = {
  kills: () => import("./broken/kills.ts"),
  faults: () => import("./broken/faults.ts"),
};

for (const [name, load] of Object.entries(PARTS)) {
  describe(name, async () => {
    await load();
  });
}
