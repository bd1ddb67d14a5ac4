/**
 * Proves: a zone of another id than the stack's records are in is seen as moved, unless the stack's domain is another one:
 * that is told by its own guard, and nothing of the old domain is to be forgotten then.
 * Cannot: prove what the engine does with the state afterwards (takeBack.long.test.ts does).
 */
import { expect, test } from "vitest";
import { findMovedZone } from "../../../cli/movedZone.ts";
import { parseConfig } from "../../../stack/config/parseConfig.ts";
import { validRaw } from "../stack/support/validRaw.ts";

const OLD = "a".repeat(32);
const NEW = "b".repeat(32);

function look(domain: string, found: string) {
  const { config } = parseConfig(validRaw());
  if (config === undefined) throw new Error("the example has faults");
  const deployed = `json ${JSON.stringify({ domain, zoneId: OLD })}`;
  const urn = "urn:pulumi:good::mailstead::pulumi:pulumi:Stack::s";
  return findMovedZone(config, [{ urn, type: "pulumi:pulumi:Stack", outputs: { deployed } }], {
    zone: () => Promise.resolve({ id: found } as never),
  });
}

test.each([
  ["the same zone", "example.com", OLD, undefined],
  ["a zone of another id", "example.com", NEW, OLD],
  ["the zone of another domain", "example.net", NEW, undefined],
])("%s", async (_what, domain, found, old) => {
  expect((await look(domain, found))?.old).toBe(old);
});
