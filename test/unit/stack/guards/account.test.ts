/**
 * Proves: an account without the stack's address is refused, with where its token was given and both ways on; nothing is
 * refused before the first `up`, nor where the address is given up by name, and no other address is given up with it. The
 * address is known from the outputs, and without them from the state, as a failed `up` and a foreign refresh leave it. A
 * token is looked for in the plugins' order.
 * Cannot prove: that the vendor's list is whole; that the plugins look in that order (theirs is measured elsewhere).
 */
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import { DNS_PROVIDERS } from "../../../../stack/vendors/registry.ts";
import { findToken } from "../../../../stack/vendors/tokenPlaces.ts";
import { addressesAreHeld, keepsAccount } from "../../../../stack/guards/account.ts";
import { readDeployed } from "../../../../stack/guards/deployed.ts";
import { rawWith } from "../support/validRaw.ts";

const BACKUPS = {
  ...{ endpoint: "s3.example.net", bucket: "mail" },
  ...{ accessKeyId: "AN0ACCESS0KEY", secretAccessKey: "a-secret-of-the-bucket" },
};
const OURS = "203.0.113.10";

function serverConfig(values: Record<string, unknown> = {}) {
  const { config, issues } = parseConfig(rawWith(values));
  if (config === undefined) throw new Error(JSON.stringify(issues));
  return config;
}

const address = (ip: string, name = "x", assigneeId = 0) => ({ id: "1", name, ip, assigneeId });

describe("the account", () => {
  test.each([
    ["has the address", OURS, [address("198.51.100.1"), address(OURS)]],
    ["is anyone's before the first up", undefined, []],
  ])("%s: nothing to say", (_, known, account) => {
    expect(keepsAccount(serverConfig(), known, account, "HCLOUD_TOKEN")).toEqual([]);
  });

  test("does not have it: refused, with the reason and both ways on", () => {
    const [issue, ...more] = keepsAccount(serverConfig(), OURS, [address("203.0.113.1")], "hcloud:token");
    expect(more).toEqual([]);
    expect(issue).toMatchObject({ path: "hcloud:token", severity: "error", rule: "other-account" });
    expect(issue?.message).toContain(`does not have this stack's address (${OURS})`);
    expect(issue?.fix).toContain("give the token of the project that has the address");
    expect(issue?.fix).toContain(`pulumi config set --path mailstead:server.lostAddress ${OURS}`);
  });

  test.each([
    [{}, "with the mail of its volume, where that is there, is"],
    [{ backups: BACKUPS }, "with the mail of its volume, where that is there, else of the newest backup, is"],
    [{ backups: BACKUPS, "data.kind": "disk" }, "with the mail of the newest backup, is"],
    [{ "data.kind": "disk" }, "without the old mail, is"],
  ])("what a server with new addresses has of the mail: %j", (values, says) => {
    expect(keepsAccount(serverConfig(values), OURS, [], "HCLOUD_TOKEN")[0]?.fix).toContain(
      `a server with new addresses, ${says} what you want`,
    );
  });

  test("an address that is given up is no reason; another one's name gives nothing up", () => {
    const given = (lost: string) => serverConfig({ "server.lostAddress": lost });
    expect(keepsAccount(given(OURS), OURS, [], "HCLOUD_TOKEN")).toEqual([]);
    expect(keepsAccount(given("203.0.113.11"), OURS, [], "HCLOUD_TOKEN")).toHaveLength(1);
  });
});

describe("the stack's address is known", () => {
  const resource = (type: string, outputs: Readonly<Record<string, unknown>>) => ({
    urn: type,
    type,
    outputs,
  });
  const primary = (ipAddress: string) => resource("hcloud:index/primaryIp:PrimaryIp", { ipAddress });
  const docker = resource("pulumi:providers:docker", { host: `ssh://root@${OURS}` });
  test.each([
    ["from the outputs", { addresses: { ipv4: OURS } }, [primary("203.0.113.99")]],
    ["from the Primary IP, after an up that failed", {}, [primary("2001:db8:a:1::"), primary(OURS)]],
    ["from the way to the host's Docker, after a foreign refresh", {}, [docker]],
  ])("%s", (_, outputs, resources) => {
    expect(readDeployed(outputs, resources).ipv4).toBe(OURS);
  });

  test("not at all of a new stack", () => {
    expect(readDeployed({}).ipv4).toBeUndefined();
  });
});

test.each([
  [7, 7, true],
  [7, 8, false],
  [0, 0, false],
])("addresses on servers %i and %i are held by one: %s", (four, six, held) => {
  const account = [
    address(OURS, "mailstead-prod-ipv4", four),
    address("2001:db8:a:1::", "mailstead-prod-ipv6", six),
    address("203.0.113.77", "mailstead-other-ipv4", 7),
  ];
  expect(addressesAreHeld(account, "prod")).toBe(held);
});

test("a token is taken from the configuration, then from the variables in their order; an empty one is none", () => {
  const place = DNS_PROVIDERS.digitalocean.token;
  const environment = { DIGITALOCEAN_TOKEN: "one", DIGITALOCEAN_ACCESS_TOKEN: "two" };
  expect(findToken(place, "own", environment)).toEqual({ token: "own", place: "digitalocean:token" });
  expect(findToken(place, "", environment)).toEqual({ token: "one", place: "DIGITALOCEAN_TOKEN" });
  expect(findToken(place, undefined, { ...environment, DIGITALOCEAN_TOKEN: "" })).toEqual({
    token: "two",
    place: "DIGITALOCEAN_ACCESS_TOKEN",
  });
  expect(findToken(place, undefined, {})).toBeUndefined();
});
