/**
 * Proves: an entry of the state whose thing is gone gets the id of the thing under the same name, with the generation that
 * it was made for, and all else of it stays; an entry whose thing is still there, or that only waits for its deletion, is
 * left alone.
 * Cannot prove: that the engine goes on with such a state; the sandbox does.
 */
import { expect, test } from "vitest";
import { repointed, type StateEntry } from "../../../../verify/adopt/repoint.ts";

const SERVER = "hcloud:index/server:Server";
const urn = (name: string) => `urn:pulumi:prod::mailstead::mail$${SERVER}::${name}`;
const entry = (more: Partial<StateEntry> & object = {}): StateEntry => ({
  ...{ urn: urn("server"), type: SERVER, id: "4001" },
  ...more,
});
const found = [{ type: SERVER, name: "server", id: "4002", generation: 2 }];
const nothing = (): boolean => false;

test("the successor's id and generation, the rest as it was", () => {
  const old = { ...entry({ pendingReplacement: true, replacementTrigger: 1 }), inputs: { name: "mx" } };
  const other = entry({ urn: urn("another"), id: "7" });
  const { entries, urns } = repointed([old, other], found, nothing);
  expect(entries).toEqual([
    { urn: urn("server"), type: SERVER, id: "4002", replacementTrigger: 2, inputs: { name: "mx" } },
    other,
  ]);
  expect(urns).toEqual([urn("server")]);
});

test.each([
  ["its thing is there", entry(), (_: string, id: string) => id === "4001"],
  ["it waits for its deletion", entry({ delete: true }), nothing],
  ["it names the thing already", entry({ id: "4002" }), nothing],
  ["it is a component's", entry({ id: undefined } as object), nothing],
])("left alone where %s", (_, one, isThere) => {
  expect(repointed([one], found, isThere)).toEqual({ entries: [one], urns: [] });
});

test("a record is found by the id that an import takes, and kept by the one of the state", () => {
  const type = "cloudflare:index/dnsRecord:DnsRecord";
  const record = { urn: `urn:pulumi:prod::mailstead::${type}::apex-mx`, type, id: "old" };
  const there = [{ type, name: "apex-mx", id: "ZONE/new", stateId: "new" }];
  expect(repointed([record], there, nothing).entries[0]?.id).toBe("new");
  expect(repointed([{ ...record, id: "new" }], there, nothing).urns).toEqual([]);
});
