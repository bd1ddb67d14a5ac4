/** What the onboarding of the deploy made on the host, and what it left to a person. */
import { describeLeft } from "../../stack/mail/onboardingLeft.ts";
import type { Plan } from "../../stack/model/plan.ts";
import type { Finding } from "../model/finding.ts";
import type { LastRun } from "./mailState.ts";

const SUBJECT = "onboarding";

/** What the server itself tells now (liveState.ts), so that a person's work since the last run counts. */
const TOLD_LIVE =
  /^(account-(unverified|refused)|domain-(of-others|token|key|not-approved|suspended|closed)|alias-.*|support-password)$/;

/**
 * One finding where all is there, else one for each thing that is left; none where a person does it.
 *
 * @param isTold whether the server itself could be asked.
 */
export function judgeLastRun(
  { at, result }: LastRun,
  plan: Pick<Plan, "domain" | "webAddress" | "onboarding">,
  isTold: boolean,
): Finding[] {
  if (plan.onboarding === undefined) return [];
  if (at === undefined || result === undefined)
    return [{ subject: SUBJECT, state: "warn", seen: "has not run on this server", fix: "pulumi up" }];
  const left = result.left.filter(({ code }) => !isTold || !TOLD_LIVE.test(code));
  if (left.length > 0) {
    return left.map((step) => {
      const { what, fix } = describeLeft(step, plan);
      return { subject: SUBJECT, state: "bad", seen: `${what} (as ${at} found it)`, fix };
    });
  }
  const addresses = [...result.made, ...result.found].filter((line) => line.startsWith("alias ")).length;
  const seen = `has done its part: account, domain and ${String(addresses)} addresses, at ${at}`;
  return [{ subject: SUBJECT, state: "ok", seen }];
}
