/** Checks on the planned records. The plan's own are good by construction, so faults belong to the owner's. */
import type { Issue } from "../../issue.ts";
import type { PlannedRecord } from "../../plan.ts";
import { checkAcrossRecords } from "./acrossRecords.ts";
import { checkOwnedSets } from "./ownedSets.ts";

/**
 * Every fault and warning.
 *
 * @param records as planDns gives them: the owner's last.
 * @param paths the owner's records' paths in the configuration, in the same order.
 */
export function checkRecords(records: readonly PlannedRecord[], paths: readonly string[]): readonly Issue[] {
  const first = records.length - paths.length;
  return paths.flatMap((path, index) => {
    const record = records[first + index];
    if (record === undefined) return [];
    const place = { record, path, before: records.slice(0, first + index), all: records };
    return [...checkAcrossRecords(place), ...checkOwnedSets(place)];
  });
}
