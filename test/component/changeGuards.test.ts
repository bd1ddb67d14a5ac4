/**
 * Proves: a change that would destroy what the last `up` deployed stops the program before any resource is declared, with
 * the reason and what to type; without it, and before the first `up`, the program goes on. What a guard is told comes from
 * the engine's outputs of the stack, those of an earlier version too.
 * Cannot prove: that the engine hands those outputs over; the sandbox does.
 */
import { expect, test } from "vitest";
import { deployedText, readDeployed } from "../../stack/guards/deployed.ts";
import { DIGEST, rawWith } from "../unit/stack/support/validRaw.ts";
import { ZONE_ID } from "./support/declareSmall.ts";
import { runProgram } from "./support/wholeProgram.ts";

const RAW = rawWith({ "dns.zoneId": ZONE_ID });

test.each([
  ["the first up", {}],
  ["the same domain", { deployed: deployedText({ domain: "example.com" }) }],
  ["the same domain, kept as an object by an earlier version", { deployed: { domain: "example.com" } }],
  ["the same domain, kept in another output by a still earlier one", { webAddress: "https://example.com" }],
  ["an output of another shape", { deployed: "example.net", webAddress: 7 }],
])("%s goes on", async (_, outputs) => {
  const run = await runProgram(RAW, outputs);
  expect(run.errors).toEqual([]);
  expect(run.registrations.length).toBeGreaterThan(50);
  expect(readDeployed({ ...run.outputs }).domain).toBe("example.com");
});

test.each([
  [[1], [1]],
  [[1], [1, 2]],
  [
    [1, 2],
    [2, 1],
  ],
  [[2, 1], [2]],
  // The ways back.
  [[1, 2], [1]],
  [
    [2, 1],
    [1, 2],
  ],
  [[2], [1, 2]],
])("the deploy's keys from %j to %j go on", async (before, after) => {
  const raw = rawWith({ "dns.zoneId": ZONE_ID, "server.deployKeys": after });
  const run = await runProgram(raw, { deployed: { domain: "example.com", deployKeys: before } });
  expect(run.errors).toEqual([]);
  expect(readDeployed({ ...run.outputs }).deployKeys).toEqual(after);
});

test.each([
  [[1], [2], "set \\[1, 2\\] and run"],
  [undefined, [2], "set \\[1, 2\\] and run"],
  [[1], [2, 1], "set \\[1, 2\\] and run"],
  [[1, 2], [2], "set \\[2, 1\\] and run"],
  [[2], [1], "set \\[1, 2\\] and run"],
  [[1, 2], [3], "set \\[1, 3\\] and run"],
])("the deploy's keys from %j to %j are refused, before anything is declared", async (before, after, way) => {
  const raw = rawWith({ "dns.zoneId": ZONE_ID, "server.deployKeys": after });
  const deployed = { domain: "example.com", ...(before === undefined ? {} : { deployKeys: before }) };
  const { errors, registrations } = await runProgram(raw, { deployed });
  expect(registrations).toEqual([]);
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(`mailstead:server\\.deployKeys: .*${way}`),
  ]);
});

test("another domain is refused by the state's resources too, where an up that failed early left no output", async () => {
  const type = "hcloud:index/rdns:Rdns";
  const urn = `urn:pulumi:test::mailstead::${type}::reverse-v4`;
  const resources = { [urn]: { type, outputs: { dnsPtr: "mx.example.net" } } };
  const { errors, registrations } = await runProgram(RAW, {}, { resources });
  expect(registrations).toEqual([]);
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringContaining("mailstead:domain: this stack is the mail server of example.net"),
  ]);
});

test.each([
  { deployed: deployedText({ domain: "example.net" }) },
  { deployed: { domain: "example.net" } },
  { webAddress: "https://example.net" },
  // What an earlier version wrote is believed only where the newer output is not there.
  { deployed: { domain: "example.net" }, webAddress: "https://example.com" },
])("another domain in the same stack is refused: %j", async (outputs) => {
  const { errors, registrations } = await runProgram(RAW, outputs);
  expect(registrations).toEqual([]);
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^The configuration has 1 fault; nothing was changed\.\n {2}mailstead:domain: this stack is the mail server of example\.net.*→ set it back: pulumi config set mailstead:domain example\.net\. For example\.com, make a stack of its own: \.\/mailstead init example\.com --stack NAME\. To give example\.net up for good, /,
    ),
  ]);
});

test.each([
  [
    { "mail.images.mongo.tag": "7.0" },
    /MongoDB 7\.0 is older than 8\.0, which has run on this server's data/,
  ],
  [
    { "mail.release": "v1.1.0" },
    /sha256:abababababab… was deployed as v1\.0\.0: with it, v1\.1\.0 is v1\.0\.0 still/,
  ],
])("another image is judged by those that were deployed: %j", async (values, reason) => {
  const image = (tag: string) => ({ tag, digests: { [tag]: DIGEST } });
  const images = { app: image("v1.0.0"), nginx: image("1.28"), mongo: image("8.0"), redis: image("8.2") };
  const outputs = { deployed: { domain: "example.com", generation: 1, images } };
  const { errors, registrations } = await runProgram(rawWith({ "dns.zoneId": ZONE_ID, ...values }), outputs);
  expect(registrations).toEqual([]);
  expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(reason)]);
  expect((await runProgram(RAW, outputs)).errors).toEqual([]);
});
