/**
 * Proves: after the state is lost, `mailstead import` and `pulumi import` take over what is at the vendors; one `up` then
 * ends healthy with the same addresses, reverse names and records, and the next preview is empty.
 * Cannot: bring back keys and secrets, which only the state had; the command says so.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { succeed } from "../support/sandbox.ts";
import {
  atVendors,
  endSmall,
  expectHealthy,
  importAsTold,
  loseState,
  mailstead,
  makeSmall,
  mustSucceed,
  orphans,
  small,
  upSmall,
} from "../support/small.ts";

async function addresses(): Promise<{ ipv4: string; ipv6: string }> {
  const printed = mustSucceed(await small(["stack", "output", "addresses", "--json"]));
  return JSON.parse(printed) as { ipv4: string; ipv6: string };
}

/** Addresses, their reverse names, and what at the vendors outlives a server. */
async function identity(): Promise<object> {
  const { ipv4, ipv6 } = await addresses();
  const reverse = async (address: string): Promise<string> =>
    succeed(["dig", "+short", "@203.0.113.3", "-x", address]);
  const things = (await atVendors()).map(({ id, text }) => `${text} ${id}`);
  return {
    ipv4,
    ipv6,
    ptr: [await reverse(ipv4), await reverse(ipv6)],
    kept: things.filter((text) => /^(primary_ips|record) /.test(text)).sort(),
  };
}

beforeAll(async () => {
  await makeSmall();
  await upSmall();
});
afterAll(async () => {
  await endSmall();
  expect(await atVendors()).toEqual([]);
});

test("after lost state: taken over by import, whole after one up, and nothing to do then", async () => {
  const before = await identity();
  await loseState();

  const looked = await mailstead(["preflight"]);
  console.log(looked.stdout + looked.stderr);
  expect(looked.stdout).toMatch(/mailstead import/);
  const written = await mailstead(["import"]);
  console.log(written.stdout + written.stderr);
  expect(written.stdout).toMatch(/cannot be imported/);

  console.log((await importAsTold(written.stdout)).slice(-3000));
  expect((await orphans()).filter((text) => /^(primary_ips|record|servers) /.test(text))).toEqual([]);

  const urn = /--replace '([^']+)'/.exec(written.stdout)?.[1] ?? "";
  console.log(mustSucceed(await small(["up", "--yes", "--skip-preview", "--replace", urn])).slice(-2500));
  console.log(await expectHealthy());
  expect(await identity()).toEqual(before);
  mustSucceed(await small(["preview", "--expect-no-changes", "--diff"]));
});
