/**
 * Stacks that come and go beside the first server (first.test.ts), at the same vendors and at the same time: a small one
 * that is broken again and again, then others in the same zones. None may look at, or be disturbed by, what is not its
 * own.
 */
import { describe } from "vitest";

const PARTS: Readonly<Record<string, () => Promise<unknown>>> = {
  "faults of people": () => import("./small/kept.ts"),
  kills: () => import("./small/kills.ts"),
  faults: () => import("./small/faults.ts"),
  import: () => import("./small/import.ts"),
  "living domain": () => import("./others/livingDomain.ts"),
  "DNS at DigitalOcean": () => import("./others/digitaloceanDns.ts"),
  "DNS at Hetzner": () => import("./others/hetznerDns.ts"),
  "forwarding only": () => import("./others/forwardOnly.ts"),
};

for (const [name, load] of Object.entries(PARTS)) {
  describe(name, async () => {
    await load();
  });
}
