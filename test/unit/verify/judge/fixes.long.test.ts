/**
 * Proves: every way out and every cure that is printed is closed. Over zones planned from random configurations at each of
 * three providers, mutated as mutations.long.test.ts does, the line of each finding of the audit is followed and the audit asked
 * again: the finding is gone, nothing else came, and no record of others is lost but those that the line names. Over zones
 * before the first up, each way of each finding of preflight is followed likewise.
 * Cannot prove: that engine and vendor do what the model of them here does; runs of the real engine do.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryChoose } from "../../../support/zoneRows.ts";
import { arbitraryRaw } from "../../stack/support/arbitraryRaw.ts";
import { DNS_PROVIDER_NAMES } from "../../../../stack/vendors/registry.ts";
import type { DnsProviderName } from "../../../../stack/model/vendorNames.ts";
import { setOf } from "./mutations/goodZone.ts";
import { askAgain, auditedWorld, follow, keyOf, lostOf, type AuditedWorld } from "./fixes/auditedWorld.ts";
import { EARLY_RECORDS, earlyWorld, followWay, obstaclesOf } from "./fixes/earlyWorld.ts";

const SEED = 20_261_128;

/** Follows the cure of each finding, each from the same start. */
function tryCures(world: AuditedWorld, provider: DnsProviderName): void {
  const before = askAgain(world);
  for (const row of before) {
    const words = `${provider}: ${row.verdict} ${row.type} ${row.name}: ${row.reason} → ${row.fix ?? ""}`;
    const { world: after, named } = follow(world, row.fix ?? "");
    const left = askAgain(after);
    expect(left.map(keyOf), words).not.toContain(keyOf(row));
    // A conflict that harms nothing any more may be left as an unmanaged record.
    const came = left.map(setOf).filter((set) => !before.map(setOf).includes(set));
    expect(came, words).toEqual([]);
    expect(
      lostOf(world, after).filter((one) => !named.includes(one)),
      words,
    ).toEqual([]);
  }
}

// Under the second seed others have harmful values in a set that Hetzner keeps whole, beside a set that is missing.
test.each([SEED, 8])(
  "each cure of the audit closes its finding: 60 zones at each of three providers (seed %i)",
  (seed) => {
    fc.assert(
      fc.property(arbitraryRaw, arbitraryChoose, (raw, choose) => {
        for (const provider of DNS_PROVIDER_NAMES) tryCures(auditedWorld(raw, provider, choose), provider);
      }),
      { seed, numRuns: 60, endOnFailure: true },
    );
  },
);

test.each(DNS_PROVIDER_NAMES)(
  "at %s each way of preflight closes its finding: 60 zones of up to three records",
  (provider) => {
    fc.assert(
      fc.property(fc.subarray(EARLY_RECORDS[provider], { minLength: 1, maxLength: 3 }), (records) => {
        const world = earlyWorld(provider, records);
        const before = obstaclesOf(world);
        const known = before.map(({ key }) => key);
        for (const { key, ways } of before) {
          for (const way of ways) {
            const after = followWay(world, way, key.slice(0, key.indexOf(":")));
            if (after === undefined) continue;
            const left = obstaclesOf(after).map((one) => one.key);
            const words = `${known.join("; ")}\n${key} → ${way}`;
            expect(left, words).not.toContain(key);
            expect(
              left.filter((one) => !known.includes(one)),
              words,
            ).toEqual([]);
          }
        }
      }),
      { seed: SEED, numRuns: 60 },
    );
  },
);
