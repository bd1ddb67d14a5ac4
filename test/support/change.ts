/** An ordinary change: one plain `up`, between two looks at the host and at the zone. */
import { expect } from "vitest";
import { containers, healthyAgain, madeAnew, restarted } from "./host.ts";
import type { ProjectCopy } from "./projectCopy.ts";
import { DOMAIN, expectEmptyPreview, up } from "./sandbox.ts";
import { counts, countsLine } from "./summary.ts";
import { recordsAt } from "./vendors.ts";

/** Records as `TYPE NAME`, told by their ids. */
export interface ZoneChange {
  readonly made: readonly string[];
  readonly gone: readonly string[];
  /** Under the same id. */
  readonly changed: readonly string[];
}

export const ZONE_AS_BEFORE: ZoneChange = { made: [], gone: [], changed: [] };

export interface Change {
  readonly printed: string;
  /** What the engine did, without what it left alone. */
  readonly done: Readonly<Record<string, number>>;
  /** Containers that were made anew, and those that started anew as they are. */
  readonly anew: readonly string[];
  readonly restarted: readonly string[];
  readonly zone: ZoneChange;
}

interface AtVendor {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

/** Lines of `recordsAt` by the id in them. */
function byId(lines: readonly string[]): Map<string, { what: string; line: string }> {
  return new Map(
    lines.map((line) => {
      const { id, type, name } = JSON.parse(line) as AtVendor;
      return [id, { what: `${type} ${name}`, line }];
    }),
  );
}

/** What became of a zone between two looks (`recordsAt`). */
export function zoneChange(before: readonly string[], after: readonly string[]): ZoneChange {
  const [old, now] = [byId(before), byId(after)];
  const names = (list: Iterable<[string, { what: string }]>): string[] =>
    Array.from(list, ([, { what }]) => what).sort();
  return {
    made: names([...now].filter(([id]) => !old.has(id))),
    gone: names([...old].filter(([id]) => !now.has(id))),
    changed: names([...now].filter(([id, { line }]) => old.has(id) && old.get(id)?.line !== line)),
  };
}

/**
 * One plain up, from a copy of the checkout where one is given; after it nothing is left to do and all is well: as soon
 * as the `up` has ended, or, where it restarts containers, within the limit.
 */
export async function change(copy?: ProjectCopy, restartSeconds = 0): Promise<Change> {
  const [before, records] = [await containers(), await recordsAt("cloudflare", DOMAIN)];
  const printed = await up(copy);
  const after = await containers();
  await healthyAgain(restartSeconds);
  await expectEmptyPreview(copy);
  const started = { anew: madeAnew(before, after), restarted: restarted(before, after) };
  const { unchanged = 0, ...done } = counts(printed);
  const zone = zoneChange(records, await recordsAt("cloudflare", DOMAIN));
  console.log(
    `${countsLine(printed)}; containers: ${JSON.stringify(started)}; records: ${JSON.stringify(zone)}`,
  );
  expect(unchanged).toBeGreaterThan(0);
  return { printed, done, zone, ...started };
}
