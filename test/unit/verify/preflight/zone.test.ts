/**
 * Proves: `mailstead preflight` against vendor APIs on loopback tells what the zone holds already of what is to be made,
 * and what is in its way, and leaves records of others alone; `--fix` deletes no server that a lost state may have known.
 * Cannot prove: every kind of obstacle at every provider; alreadyThere.test.ts does.
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeProject, type Project } from "../../cli/project.ts";
import { CLOUDFLARE_TOKEN, HETZNER_TOKEN, started, type Started } from "../../sandbox/cloud/startedCloud.ts";
import { validRaw } from "../../stack/support/validRaw.ts";

const ZONE = "/zones/c7915704a794c5f99111b674c1985c3a/dns_records";

let cloud: Started;
let project: Project;

beforeEach(async () => {
  cloud = await started();
  project = makeProject();
  project.stack("prod", validRaw());
  project.pulumi(
    `case "$*" in "stack export"*) echo '{"deployment": {"resources": []}}' ;; *) exit 9 ;; esac`,
  );
});
afterEach(async () => {
  project.remove();
  await cloud.close();
});

function preflight(...args: string[]) {
  return project.run(["preflight", "--stack", "prod", ...args], {
    HCLOUD_TOKEN: HETZNER_TOKEN,
    CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
    HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
    CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
  });
}

test("a server that a lost state may have known is never deleted", async () => {
  const server = {
    server_type: "cx23",
    image: "debian-13",
    location: "nbg1",
    labels: { mailstead: "prod" },
  };
  await cloud.hetzner("POST", "/servers", { ...server, name: "mx.example.com" });
  const { code, stdout, stderr } = await preflight("--fix", "--yes");
  expect(code).toBe(1);
  expect(stdout).toContain("not done here, as the state has not its keys: ./mailstead import");
  expect(stderr).toContain("the state has no key to the server mx.example.com");
  expect((await cloud.hetzner("GET", "/servers")).body.at("servers", 0, "name")).toBe("mx.example.com");
});

test("what is in the zone already: the same, in the way, of others", async () => {
  const records = [
    { type: "A", name: "example.com", content: "198.51.100.7", ttl: 1 },
    { type: "TXT", name: "example.com", content: '"google-site-verification=x"', ttl: 1 },
    { type: "A", name: "shop.example.com", content: "198.51.100.8", ttl: 1 },
    { type: "MX", name: "example.com", content: "mx.example.com", priority: 0, ttl: 1 },
  ];
  for (const record of records) expect((await cloud.cloudflare("POST", ZONE, record)).status).toBe(200);
  const { code, stdout } = await preflight();
  expect(code).toBe(1);
  expect(stdout).toContain("✗ record MX example.com: is there already as declared (0 mx.example.com)");
  expect(stdout).toContain("next: ./mailstead import adopts it (`pulumi up` then changes its comment)");
  expect(stdout).toContain("✗ record A example.com: is in the way: ");
  expect(stdout).toContain("remove at cloudflare: example.com. IN A 198.51.100.7");
  expect(stdout).not.toMatch(/google|shop/);
});
