/**
 * Proves: the host is asked only where the making of a container never ended, and named are exactly the containers of
 * such a name that the state does not know.
 * Cannot: prove what docker prints; the killed runs in the sandbox do that.
 */
import { beforeEach, expect, test, vi } from "vitest";
import type { StateResource } from "../../../cli/engine.ts";
import { findOrphanContainers } from "../../../cli/orphanContainers.ts";

const runScript = vi.hoisted(() => vi.fn());
vi.mock("../../../cli/remote.ts", () => ({
  remoteAt: (stack: string, ipv4: string) => ({ stack, ipv4 }),
  runScript,
}));

const CONTAINER = "docker:index/container:Container";
const address: StateResource = {
  urn: "urn:pulumi:dev::mailstead::hcloud:index/primaryIp:PrimaryIp::ipv4",
  type: "hcloud:index/primaryIp:PrimaryIp",
  id: "1",
  outputs: { ipAddress: "203.0.113.9" },
};

function container(name: string, id?: string): StateResource {
  const urn = `urn:pulumi:dev::mailstead::${CONTAINER}::${name}`;
  return id === undefined ? { urn, type: CONTAINER } : { urn, type: CONTAINER, id };
}

beforeEach(() => {
  runScript.mockReset();
  runScript.mockResolvedValue("aaa web\nbbb redis\nccc foreign\n");
});

test("nothing is asked where every container's making ended", async () => {
  expect(
    await findOrphanContainers("dev", [address, container("web", "aaa")], [{ resource: address }]),
  ).toEqual([]);
  expect(runScript).not.toHaveBeenCalled();
});

test("nothing is asked where the state has no host", async () => {
  expect(await findOrphanContainers("dev", [], [{ resource: container("web") }])).toEqual([]);
  expect(runScript).not.toHaveBeenCalled();
});

test("named is the container of a pending name that the state does not know, and no other", async () => {
  const pending = [{ resource: container("web") }, { resource: container("redis") }];
  const known = [address, container("redis", "bbb")];
  expect(await findOrphanContainers("dev", known, pending)).toEqual([
    { vendor: "host", id: "aaa", name: "web" },
  ]);
});

test("of a server's successor each container of a known name is named that the state has under another id", async () => {
  const known = [address, container("web", "of-the-old-server"), container("redis", "bbb")];
  expect(await findOrphanContainers("dev", known, [], true)).toEqual([
    { vendor: "host", id: "aaa", name: "web" },
  ]);
  expect(await findOrphanContainers("dev", known, [], false)).toEqual([]);
});

test("a host that does not answer is an error, not an empty list", async () => {
  runScript.mockRejectedValue(new Error("no answer"));
  await expect(findOrphanContainers("dev", [address], [{ resource: container("web") }])).rejects.toThrow(
    "no answer",
  );
});
