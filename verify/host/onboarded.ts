/** What the onboarding of the deploy made on the host, and what it left to a person. */
import { z } from "zod";
import { describeLeft } from "../../stack/mail/onboardingLeft.ts";
import type { Plan } from "../../stack/model/plan.ts";
import type { AskHost, Finding } from "../model/finding.ts";

const SUBJECT = "onboarding";

const SCRIPT = "cat /var/lib/mailstead/onboarding.json 2>/dev/null || echo '{}'\n";

const list = z.array(z.string()).default([]);

/** What the host's script wrote down; empty where it never ran. */
const stateSchema = z.object({
  at: z.string().optional(),
  result: z
    .object({
      made: list,
      found: list,
      left: z.array(z.object({ code: z.string(), about: z.string() })).default([]),
    })
    .optional(),
});

/** One finding where all is there, else one for each thing that is left; none where a person does it. */
export async function checkOnboarded(
  ask: AskHost,
  plan: Pick<Plan, "domain" | "webAddress" | "onboarding">,
): Promise<Finding[]> {
  if (plan.onboarding === undefined) return [];
  const { at, result } = stateSchema.parse(JSON.parse(await ask(SCRIPT)));
  if (at === undefined || result === undefined)
    return [{ subject: SUBJECT, state: "warn", seen: "has not run on this server", fix: "pulumi up" }];
  if (result.left.length > 0) {
    return result.left.map((step) => {
      const { what, fix } = describeLeft(step, plan);
      return { subject: SUBJECT, state: "bad", seen: what, fix };
    });
  }
  const addresses = [...result.made, ...result.found].filter((line) => line.startsWith("alias ")).length;
  const seen = `account, domain and ${String(addresses)} addresses are there, as ${at} found them`;
  return [{ subject: SUBJECT, state: "ok", seen }];
}
