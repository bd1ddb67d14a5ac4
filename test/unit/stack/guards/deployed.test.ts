/**
 * Proves: what is deployed is read as it was written, and written again as it was read, from one line that the engine does
 * not take for an object, and from the object that earlier versions registered; a part of another shape counts as absent,
 * and no other part with it. The state's resources are asked for only where the outputs do not tell what these may tell.
 * Cannot prove: how the engine shows the line; driftPreview.long.test.ts does.
 */
import { expect, test } from "vitest";
import { deployedText, needsResources, readDeployed } from "../../../../stack/guards/deployed.ts";

const DEPLOYED = {
  domain: "example.com",
  containers: { smtp: "0123456789abcdef", imap: "fedcba9876543210" },
  generation: 3,
  images: { mongo: { tag: "8.2", digests: { "8.2": `sha256:${"cd".repeat(32)}` } } },
  deployKeys: [2, 1],
};

test("is written as one line, which is no JSON as a whole, and read again", () => {
  const text = deployedText(DEPLOYED);
  expect(text).toMatch(/^.+$/);
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  expect(readDeployed({ deployed: text })).toEqual(DEPLOYED);
});

test("written again as it was read, it is the same text: order and the server's address change nothing", () => {
  const onboarding = { left: [], run: 1, mailboxes: ["alice"] };
  const text = deployedText({ onboarding, ...DEPLOYED });
  const read = readDeployed({ deployed: text, addresses: { ipv4: "203.0.113.10" } });
  expect(read.ipv4).toBe("203.0.113.10");
  expect(deployedText(read)).toBe(text);
});

test("is read as earlier versions registered it, an object", () => {
  expect(readDeployed({ deployed: DEPLOYED })).toEqual(DEPLOYED);
});

test.each([
  "json {",
  "json 7",
  "json",
  "{}",
  7,
  null,
  [],
  { domain: 7, containers: { smtp: 7 }, generation: "3", images: [], deployKeys: [] },
  { containers: ["smtp"], images: { mongo: { tag: "8.2" } }, deployKeys: ["1"] },
])("another shape is absent: %j", (deployed) => {
  expect(readDeployed({ deployed, addresses: "203.0.113.10", webAddress: 7 })).toEqual({});
});

test("a part of another shape takes no other part along", () => {
  expect(readDeployed({ deployed: { ...DEPLOYED, generation: "3" } })).toEqual({
    ...DEPLOYED,
    generation: undefined,
  });
});

test.each([
  ["nothing", {}, true],
  ["all of it", { deployed: DEPLOYED, addresses: { ipv4: "203.0.113.10" } }, false],
  ["no address", { deployed: DEPLOYED }, true],
  ["no images", { deployed: { domain: "example.com" }, addresses: { ipv4: "203.0.113.10" } }, true],
])("outputs that tell %s", (_, outputs, needed) => {
  expect(needsResources(readDeployed(outputs))).toBe(needed);
});
