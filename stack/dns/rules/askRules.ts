/** Asks rules that need the DNS about one record. */
import type { JudgedRecord } from "./judgedRecord.ts";
import type { LookUp, Place, Rule, RuleFinding } from "./rule.ts";
import { viewZone } from "./zoneView.ts";

/** What was found by asking. */
export interface Asked {
  readonly findings: readonly RuleFinding[];
  /** `name TYPE` of look-ups that nobody answered: with any, no finding does not mean that all is well. */
  readonly unanswered: readonly string[];
}

/** A resolver that asks each question once. */
export function remembering(resolver: LookUp): LookUp {
  const asked = new Map<string, ReturnType<LookUp>>();
  return (name, type) => {
    const question = `${name} ${type}`;
    const answer = asked.get(question) ?? resolver(name, type);
    asked.set(question, answer);
    return answer;
  };
}

/** Runs the rules on one record; each question is asked once for all of them. */
export async function askRules(
  rules: readonly Rule[],
  record: JudgedRecord,
  domain: string,
  resolver: LookUp,
): Promise<Asked> {
  const place: Place = { record, index: 0, before: [], zone: viewZone([record], { domain }) };
  const unanswered = new Set<string>();
  const lookUp = remembering(resolver);
  const findings: RuleFinding[] = [];
  for (const rule of rules) {
    const complaint = await rule.ask?.(place, lookUp, unanswered);
    if (complaint !== undefined) findings.push({ rule, record, ...complaint });
  }
  return { findings, unanswered: [...unanswered] };
}
