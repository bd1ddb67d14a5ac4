/** Whether the mail server has, under another release, what it had before. */
import { describeLeft, type LeftStep } from "../../stack/mail/onboardingLeft.ts";
import type { Plan } from "../../stack/model/plan.ts";
import type { MailState } from "./mailState.ts";

type Live = MailState["live"];

/** A fault that is there now and was not before. */
function newFaults(before: readonly LeftStep[], now: readonly LeftStep[]): LeftStep[] {
  return now.filter(({ code, about }) => !before.some((one) => one.code === code && one.about === about));
}

/**
 * What a release took away or broke, one line each. What was wrong before is not its fault; a release whose inside is not as
 * expected is no fault of its either, as its mail may be as well as ever.
 *
 * @param before what the server had under the old release; undefined where that is not known.
 */
export function worseThan(
  before: Live | undefined,
  now: Live,
  plan: Pick<Plan, "domain" | "webAddress">,
): string[] {
  const told = before !== undefined && "left" in before ? before : undefined;
  if (!("left" in now)) {
    if (now.code === "unexpected" || (before !== undefined && told === undefined)) return [];
    return [describeLeft(now, plan).what];
  }
  if (now.domain === undefined)
    return before === undefined || told?.domain !== undefined
      ? [`the server does not know ${plan.domain} any more`]
      : [];
  const lost = [
    ["accounts", told?.accounts ?? 0, now.accounts],
    ["members of the domain", told?.members ?? 0, now.members],
  ] as const;
  return [
    ...lost.flatMap(([what, was, is]) =>
      is < was ? [`${what}: ${String(was)} before, ${String(is)} now`] : [],
    ),
    ...newFaults(told?.left ?? now.left, now.left).map((step) => describeLeft(step, plan).what),
  ];
}
