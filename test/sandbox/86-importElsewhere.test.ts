/**
 * Proves: where the zone is at DigitalOcean or Hetzner too, records and addresses that a lost state knew are adopted by
 * `mailstead import` and `pulumi import`, and the next `up` would change nothing in them.
 * Cannot: bring back a server there; 85 does so, with the zone at Cloudflare.
 */
import { afterEach, expect, test } from "vitest";
import {
  atVendors,
  endSmall,
  importAsTold,
  loseState,
  mailstead,
  makeSmall,
  mustSucceed,
  sandboxConfig,
  small,
} from "../support/small.ts";
import { digitalocean, hetzner } from "../support/zoneScenes.ts";

interface Step {
  readonly op: string;
  readonly urn: string;
}

/** What outlives a server: no server is made here. */
const KEPT = ["--target", "**PrimaryIp::**", "--target", "**MailDns**", "--target", "**:Identity::**"];

/** Types of the records in a zone that are not the provider's own. */
async function typesAt(provider: string, zone: string): Promise<string[]> {
  const sets =
    provider === "hetzner"
      ? ((await hetzner(`zones/${zone}/rrsets`)) as { rrsets: { type: string }[] }).rrsets
      : ((await digitalocean(`domains/${zone}/records`)) as { domain_records: { type: string }[] })
          .domain_records;
  return sets
    .map(({ type }) => type)
    .filter((type) => !["NS", "SOA"].includes(type))
    .sort();
}

afterEach(endSmall);

test.each([
  { provider: "digitalocean", domain: "example.org", record: "DnsRecord" },
  { provider: "hetzner", domain: "example.edu", record: "ZoneRrset" },
])("after lost state, with the zone at $provider", async ({ provider, domain, record }) => {
  await makeSmall({
    ...sandboxConfig(domain),
    "mailstead:dns": { provider },
    // Without a plugin of certbot for the provider on Debian 13.
    "mailstead:certificates": { method: "http-01", directory: "letsencrypt" },
  });
  mustSucceed(await small(["up", "--yes", "--skip-preview", ...KEPT]));
  const types = await typesAt(provider, domain);
  expect(types).toEqual(["A", "MX"]);
  await loseState();

  const written = await mailstead(["import"]);
  console.log(written.stdout + written.stderr);
  console.log((await importAsTold(written.stdout)).slice(-2000));
  const preview = mustSucceed(await small(["preview", "--json"]));
  const { steps } = JSON.parse(preview) as { steps: Step[] };
  const kept = steps.filter(({ urn }) => new RegExp(`(${record}|PrimaryIp)::`).test(urn));
  expect(kept.map(({ op }) => op)).toEqual(["same", "same", "same", "same"]);

  await endSmall();
  expect(await typesAt(provider, domain)).toEqual([]);
  expect(await atVendors()).toEqual([]);
});
