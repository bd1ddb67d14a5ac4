/**
 * The life of a second server, of another domain, beside the first one (first.test.ts): its certificates, and servers
 * that take its place. It is onboarded by the deploy alone, and so is each server that takes its place. A new server takes longer than most other things, so that these stand in a file of their own.
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
  "no click": () => import("./second/noClick.ts"),
  certificate: () => import("./second/certificate.ts"),
  generation: () => import("./second/generation.ts"),
  "certificate methods": () => import("./second/certificateMethods.ts"),
  secrets: () => import("./first/secrets.ts"),
};

beforeAll(async () => {
  const config = {
    ...sandboxConfig(DOMAIN),
    "mailstead:onboarding": "automatic",
    "mailstead:mailboxes": [{ name: "bob" }, { name: "info", forwardTo: ["friend@outside.test"] }],
  };
  await makeClone(clone, STACK, config);
  console.log(countsLine(await up()));
});

afterAll(() => endClone(clone, STACK));

for (const [name, load] of Object.entries(PARTS)) {
  describe(name, async () => {
    await load();
  });
}
