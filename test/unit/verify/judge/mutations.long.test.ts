/**
 * Proves: over zones planned from random configurations, in the form of each of the three providers, an untouched zone
 * is clean, a harmless difference of form is never told, and one mutation is always told with the right verdict at the
 * right set, and nothing else with it: 2,100 seeded cases.
 * Cannot prove: what two mutations together give, nor that the providers spell their rows in these ways only.
 */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { arbitraryChoose, type Choose } from "../../../support/zoneRows.ts";
import { arbitraryRaw } from "../../stack/support/arbitraryRaw.ts";
import { DNS_PROVIDER_NAMES } from "../../../../stack/vendors/registry.ts";
import type { DnsProviderName } from "../../../../stack/model/vendorNames.ts";
import type { GoodZone } from "./mutations/goodZone.ts";
import { KINDS } from "./mutations/kinds.ts";
import { plannedOf, zoneOf } from "./mutations/plannedZone.ts";

const SEED = 20_261_124;
const ZONES = 700;

function lines(verdicts: Readonly<Record<string, string>>): string[] {
  return Object.entries(verdicts)
    .map(([set, verdict]) => `${verdict} ${set}`)
    .sort();
}

function linesOf(rows: ReturnType<ReturnType<typeof zoneOf>["judge"]>): string[] {
  return rows.map(({ verdict, type, name }) => `${verdict} ${type} ${name}`).sort();
}

const seen = new Map<string, number>();

/** The chosen kind, or the next one that the zone has something for. */
function mutate(good: GoodZone, choose: Choose) {
  const names = Object.keys(KINDS);
  const first = choose(...names.keys());
  for (const name of [...names.slice(first), ...names.slice(0, first)]) {
    const mutation = KINDS[name]?.(good, choose);
    if (mutation === undefined) continue;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return { name, ...mutation };
  }
  throw new Error("no mutation fits");
}

/** Everything that is to hold of one zone at one provider. */
function tryZone(planned: ReturnType<typeof plannedOf>, provider: DnsProviderName, choose: Choose): void {
  const { good, judge, before } = zoneOf(planned, provider, choose);
  const untouched = [...good.declared, ...good.foreign];
  expect(linesOf(judge(untouched)), `${provider}: untouched`).toEqual(lines(before));
  expect(linesOf(judge(untouched, choose)), `${provider}: in another form`).toEqual(lines(before));
  const { name, records, told } = mutate(good, choose);
  const found = judge(records, choose);
  expect(linesOf(found), `${provider}: ${name}`).toEqual(lines({ ...before, ...told }));
  const cured = found.filter(({ verdict }) => verdict !== "provider-owned" && verdict !== "ignored");
  for (const { fix } of cured) expect(fix, `${provider}: ${name}`).toBeTruthy();
}

test(`${ZONES} zones at each of three providers, seed ${SEED}`, () => {
  fc.assert(
    fc.property(arbitraryRaw, arbitraryChoose, (raw, choose) => {
      const planned = plannedOf(raw, choose);
      for (const provider of DNS_PROVIDER_NAMES) tryZone(planned, provider, choose);
    }),
    { seed: SEED, numRuns: ZONES },
  );
});

afterAll(() => {
  // A kind that no zone has anything for would prove nothing.
  expect([...Object.keys(KINDS)].filter((name) => (seen.get(name) ?? 0) < 15)).toEqual([]);
});
