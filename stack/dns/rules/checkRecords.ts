/** Runs the rules: on the owner's records in the plan, on a zone as it is. Unmanaged records beside what is declared are the audit's. */
import type { Issue } from "../../model/issue.ts";
import type { PlannedRecord } from "../../model/plan.ts";
import type { JudgedRecord } from "./judgedRecord.ts";
import { toJudged } from "./judgedRecord.ts";
import type { Place, RuleFinding } from "./rule.ts";
import { toIssue } from "./rule.ts";
import { RULES } from "./rules.ts";
import type { RuleFacts, ZoneView } from "./zoneView.ts";
import { viewZone } from "./zoneView.ts";

function locate(record: JudgedRecord, index: number, zone: ZoneView): Place {
  const before = zone.at(record.name).filter((other) => (zone.order.get(other) ?? 0) < index);
  return { record, index, before, zone };
}

/** Every finding about one record; where it clashes with others, only that, as it has to go or to move anyway. */
function judge(place: Place): readonly RuleFinding[] {
  const { record } = place;
  const found = (clash: boolean) =>
    RULES.filter((rule) => (rule.clash === true) === clash).flatMap((rule) => {
      const complaint = rule.judge?.(place);
      return complaint === undefined ? [] : [{ rule, record, ...complaint }];
    });
  const clashes = found(true);
  return clashes.length > 0 ? clashes : found(false);
}

/**
 * Judges records of a zone.
 *
 * @param records all of them. Of two that clash, the later one is told of: put what is declared first.
 * @param from index of the first one to judge; those before it are only looked at.
 */
export function judgeZone(
  records: readonly JudgedRecord[],
  facts: RuleFacts,
  from = 0,
): readonly RuleFinding[] {
  const zone = viewZone(records, facts);
  return records.slice(from).flatMap((record, at) => judge(locate(record, from + at, zone)));
}

/**
 * Every fault and warning of the plan's records. Its own are good by construction, so they are the owner's.
 *
 * @param records as planDns gives them: the owner's last.
 * @param paths the owner's records' paths in the configuration, in the same order.
 * @param facts what is known beside the records; rules that need more say nothing.
 */
export function checkRecords(
  records: readonly PlannedRecord[],
  paths: readonly string[],
  facts: RuleFacts,
): readonly Issue[] {
  if (paths.length === 0) return [];
  const first = records.length - paths.length;
  const judged = records.map((record, index) => {
    const one = toJudged(record);
    return index < first ? one : ({ ...one, owners: true } as const);
  });
  const path = new Map(judged.slice(first).map((record, index) => [record, paths[index] ?? ""]));
  return judgeZone(judged, facts, first).map((finding) => toIssue(finding, path.get(finding.record) ?? ""));
}
