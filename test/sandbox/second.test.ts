/**
 * The life of a second server, of another domain, beside the first one (first.test.ts): its owner signs up by hand, and
 * leaves the rest to the deploy later; its certificates, and servers that take its place. A new server takes longer than most other things, so that these stand in a file of their own.
 */
import { afterAll, beforeAll, describe } from "vitest";
import { cloneFolder, endClone, makeClone } from "../support/clone.ts";
import { liveAs, up } from "../support/sandbox.ts";
import { sandboxConfig } from "../support/small.ts";
import { countsLine } from "../support/summary.ts";

const STACK = "second";
const DOMAIN = "second.example";
const clone = cloneFolder(STACK);
liveAs(STACK, DOMAIN, clone);

const PARTS: Readonly<Record<string, () => Promise<unknown>>> = {
  "mail gate": () => import("./second/mailGate.ts"),
  "by hand": () => import("./second/byHand.ts"),
  certificate: () => import("./second/certificate.ts"),
  adoption: () => import("./second/adoption.ts"),
  generation: () => import("./second/generation.ts"),
  "certificate methods": () => import("./second/certificateMethods.ts"),
  bundle: () => import("./second/bundle.ts"),
  "everything gone": () => import("./second/everythingGone.ts"),
  secrets: () => import("./first/secrets.ts"),
};

beforeAll(async () => {
  await makeClone(clone, STACK, sandboxConfig(DOMAIN));
  console.log(countsLine(await up()));
});

afterAll(() => endClone(clone, STACK));

for (const [name, load] of Object.entries(PARTS)) {
  describe(name, async () => {
    await load();
  });
}
