/**
 * Proves: the refresh of a rebuild does without the program only where the plugin of the last `up` takes today's token, and the
 * volume with the mail is at the vendor.
 * Cannot prove: what the engine makes of it; the lives in the sandbox do.
 */
import { expect, test } from "vitest";
import { needsProgram } from "../../../cli/rebuild/bringUp.ts";
import { CLOUDS } from "../../../stack/vendors/registry.ts";

const VOLUME = { urn: "urn:volume", type: "hcloud:index/volume:Volume", id: "77" };
const plugin = (inputs: Readonly<Record<string, unknown>>) => ({
  ...{ urn: "urn:plugin", type: "pulumi:providers:hcloud", id: "1" },
  inputs: { version: "1.41.0", ...inputs },
});
const OTHER = { urn: "urn:other", type: "pulumi:providers:cloudflare", inputs: { token: "secret" } };
const SAFE = {
  resources: [plugin({}), OTHER, VOLUME],
  volumes: [{ id: "77", name: "mailstead-prod" }],
  given: { token: "secret", place: "HCLOUD_TOKEN" },
  places: CLOUDS.hetzner.token,
};

test.each([
  ["all tokens are in the environment", {}, false],
  ["there is no volume", { resources: [plugin({})], volumes: [] }, false],
  ["the last one had a token of its own", { resources: [plugin({ token: "secret" }), VOLUME] }, true],
  ["today's is in the configuration", { given: { token: "secret", place: "hcloud:token" } }, true],
  ["the volume is gone too", { volumes: [] }, true],
  ["another volume is there", { volumes: [{ id: "78", name: "mailstead-prod" }] }, true],
])("%s", (_, change, expected) => {
  expect(needsProgram({ ...SAFE, ...change })).toBe(expected);
});
