/**
 * Proves: a record that is there before the first `up`, with the zone at any of the three providers, is taken over under
 * its own id by `mailstead import` and `pulumi import`. So is, after the state is lost, all that is at the vendors; one
 * `up` then ends healthy with the same addresses, reverse names and records, and the next preview is empty.
 * Cannot: bring back keys and secrets, which only the state had; the command says so.
 */
import { afterEach, expect, test } from "vitest";
import { succeed } from "../../support/sandbox.ts";
import {
  atVendors,
  DOMAIN,
  endSmall,
  expectHealthy,
  importAsTold,
  loseState,
  mailstead,
  makeSmall,
  mustSucceed,
  orphans,
  sandboxConfig,
  small,
  smallAddresses,
  upSmall,
} from "../../support/small.ts";
import { makeMx, mxId, recordsAt } from "../../support/vendors.ts";

/** Addresses, their reverse names, and what at the vendors outlives a server. */
async function identity(provider: string, zone: string): Promise<object> {
  const { ipv4, ipv6 } = smallAddresses();
  const reverse = async (address: string): Promise<string> =>
    succeed(["dig", "+short", "@203.0.113.3", "-x", address]);
  const things = (await atVendors()).map(({ id, text }) => `${text} ${id}`);
  return {
    ipv4,
    ipv6,
    ptr: [await reverse(ipv4), await reverse(ipv6)],
    addresses: things.filter((text) => text.startsWith("primary_ips ")).sort(),
    records: await recordsAt(provider, zone),
  };
}

afterEach(endSmall);

test.each([
  { provider: "cloudflare", zone: DOMAIN },
  { provider: "digitalocean", zone: "imported.test" },
  { provider: "hetzner", zone: "imported.example" },
])(
  "a record of one's own, then all after lost state, at $provider: taken over, whole after one up, nothing to do then",
  async ({ provider, zone }) => {
    await makeSmall({
      ...sandboxConfig(zone),
      "mailstead:dns": { provider },
      // For two of them Debian 13 has no certbot plugin; no certificate is ordered here.
      "mailstead:certificates": { method: "http-01", directory: "letsencrypt" },
    });
    const byHand = await makeMx(provider, zone);
    const known = await mailstead(["import"]);
    console.log((await importAsTold(known.stdout)).slice(-600));
    await upSmall();
    expect(await mxId(provider, zone)).toBe(byHand);
    const before = await identity(provider, zone);
    expect(before).toMatchObject({ records: [expect.any(String), expect.any(String)] });
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
    expect(await identity(provider, zone)).toEqual(before);
    mustSucceed(await small(["preview", "--expect-no-changes", "--diff"]));

    await endSmall();
    expect(await recordsAt(provider, zone)).toEqual([]);
    expect(await atVendors()).toEqual([]);
  },
);
