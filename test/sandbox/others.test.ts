/** Stacks that come and go beside the other lives, at the same vendors and at the same time, each in a zone of its own. */
import { describe } from "vitest";

const PARTS: Readonly<Record<string, () => Promise<unknown>>> = {
  "living domain": () => import("./others/livingDomain.ts"),
  "DNS at DigitalOcean": () => import("./others/digitaloceanDns.ts"),
  "DNS at Hetzner": () => import("./others/hetznerDns.ts"),
  "forwarding only": () => import("./others/forwardOnly.ts"),
  "init and pin": () => import("./others/initAndPin.ts"),
};

for (const [name, load] of Object.entries(PARTS)) {
  describe(name, async () => {
    await load();
  });
}
