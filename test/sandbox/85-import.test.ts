/**
 * Proves: after the state is lost, `mailstead import` and `pulumi import` take over what is at the vendors; one `up` then
 * ends healthy with the same addresses, reverse names and records, and the next preview is empty.
 * Cannot: bring back keys and secrets, which only the state had; the command says so.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { succeed } from "../support/sandbox.ts";
import {
  atVendors,
  endSmall,
  expectHealthy,
  mailstead,
  makeSmall,
  mustSucceed,
  orphans,
  small,
  smallProject,
  STACK,
  upSmall,
} from "../support/small.ts";

const FILE = `.mailstead/${STACK}/import.json`;

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
  mustSucceed(await small(["stack", "rm", "--force", "--yes", "--preserve-config"], []));
  rmSync(join(smallProject, ".mailstead", STACK), { recursive: true, force: true });
  mustSucceed(await small(["stack", "select", "--create"], []));

  const looked = await mailstead(["preflight"]);
  console.log(looked.stdout + looked.stderr);
  expect(looked.stdout).toMatch(/mailstead import/);
  const written = await mailstead(["import"]);
  console.log(written.stdout + written.stderr);
  expect(written.stdout).toMatch(/cannot be imported/);

  const next = new RegExp(`pulumi import --file ${FILE}[^\n]*`).exec(written.stdout)?.[0] ?? "";
  const imported = await small([
    ...next.split(" ").slice(1, -3),
    "--generate-code=false",
    "--yes",
    "--skip-preview",
  ]);
  console.log(imported.stdout.slice(-3000));
  mustSucceed(imported);
  expect((await orphans()).filter((text) => /^(primary_ips|record|servers) /.test(text))).toEqual([]);

  const urn = /--replace '([^']+)'/.exec(written.stdout)?.[1] ?? "";
  console.log(mustSucceed(await small(["up", "--yes", "--skip-preview", "--replace", urn])).slice(-2500));
  console.log(await expectHealthy());
  expect(await identity()).toEqual(before);
  mustSucceed(await small(["preview", "--expect-no-changes", "--diff"]));
});
