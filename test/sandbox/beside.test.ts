/**
 * Stacks that come and go beside the first server (first.test.ts), at the same vendors and at the same time, one after
 * the other. None may look at, or be disturbed by, what is not its own.
 */
import { describe } from "vitest";

const PARTS: Readonly<Record<string, () => Promise<unknown>>> = {
  "forwarding only": () => import("./beside/forwardOnly.ts"),
  "DNS at DigitalOcean": () => import("./beside/digitaloceanDns.ts"),
  "DNS at Hetzner": () => import("./beside/hetznerDns.ts"),
  kills: () => import("./beside/kills.ts"),
  faults: () => import("./beside/faults.ts"),
  import: () => import("./beside/import.ts"),
};

for (const [name, load] of Object.entries(PARTS)) {
  describe(name, async () => {
    await load();
  });
}
