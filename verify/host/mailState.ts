/** Asks the mail server itself what it has of the domain: one question on the host, which changes nothing. */
import { z } from "zod";
import { readLeft, type LeftStep } from "../../stack/mail/onboardingLeft.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { ENV_FILE } from "../../stack/host/paths.ts";
import { OWN_ALIAS_NAMES } from "../../stack/services/ownAliases.ts";
import { VERIFICATION_PREFIX } from "../../stack/services/siteVerification.ts";
import { findPort } from "../../stack/services/table.ts";
import type { AskHost } from "../model/finding.ts";

/** Pieces of the program that runs in the container, in their order: files of `cloud-init/files/`. */
export const STATE_PIECES = ["onboarding-guard.cjs", "onboarding-look.cjs", "mail-state.cjs"] as const;

/** Seconds for the program on the host: the models of the app alone take ten on a small server. */
const LIMIT_SECONDS = 90;

const list = z.array(z.string()).default([]);
const left = z.array(z.object({ code: z.string(), about: z.string() })).default([]);

/** What the host's script of the onboarding wrote down; empty where it never ran. */
const lastRunSchema = z.object({
  at: z.string().optional(),
  result: z.object({ made: list, found: list, left }).optional(),
});

const domainSchema = z.object({
  token: z.string(),
  /** Tokens that the host's resolver answers; null where it does not. */
  verifications: z.array(z.string()).nullable(),
  selector: z.string(),
  /** Size of the key that signs the mail of people. */
  bits: z.number(),
  /** Whether the DNS has that key; null where the resolver does not answer. */
  isKeyAnswered: z.boolean().nullable(),
});

const liveSchema = z.object({
  /** All accounts of the server. */
  accounts: z.number(),
  /** Those of the domain. */
  members: z.number(),
  /** Absent where the server does not know the domain. */
  domain: domainSchema.optional(),
  left,
});

/** The domain as the server has it now. */
export type LiveDomain = z.infer<typeof domainSchema>;
/** What the server has now. */
export type LiveState = z.infer<typeof liveSchema>;
/** What the onboarding of the deploy did last. */
export type LastRun = z.infer<typeof lastRunSchema>;

/** What the host answered. */
export interface MailState {
  readonly last: LastRun;
  /** What the server has, or why that cannot be told. */
  readonly live: LiveState | LeftStep;
  /** Status code of the page on which accounts are made, for who has no login of the gate; 0 without an answer. */
  readonly signUp: number;
}

type Asked = Pick<Plan, "domain" | "onboarding">;

/** What the program is told; no secret. Where a person makes the domain, its account may be any. */
function settingsOf({ domain, onboarding }: Asked): object {
  const sender = { name: OWN_ALIAS_NAMES[0], isOurs: true };
  const common = { webHost: domain, domain, prefix: VERIFICATION_PREFIX };
  if (onboarding === undefined) return { ...common, aliases: [sender] };
  const own = OWN_ALIAS_NAMES.map((name) => ({ name, isOurs: true }));
  const people = onboarding.mailboxes.map(({ name, forwardTo }) => ({ name, forwardTo }));
  return { ...common, email: onboarding.account.email, aliases: [...own, ...people] };
}

/**
 * The program goes into the container by standard input. The container has to run with the very `.env` that is on the
 * host, which the digest of its key tells; so no secret is in the question or in its answer.
 */
function writeScript(plan: Asked, program: string): string {
  const settings = JSON.stringify(settingsOf(plan));
  return `
cat /var/lib/mailstead/onboarding.json 2>/dev/null || echo '{}'
digest=$(sed -n 's/^HELPER_ENCRYPTION_KEY=//p' ${ENV_FILE} | head -n 1 | tr -d '"\\n' | sha256sum | cut -d ' ' -f 1)
{
cat <<'END_OF_PROGRAM'
${program}
const settings = ${settings};
END_OF_PROGRAM
printf 'globalThis.mailstead.askState({ ...settings, keyDigest: "%s" });\\n' "$digest"
} | timeout --kill-after=5 ${String(LIMIT_SECONDS)} docker exec --interactive web node - 2>/dev/null | grep '^mailstead ' || true
echo "signup $(curl --silent --insecure --max-time 5 --user-agent '' --output /dev/null --write-out '%{http_code}' https://127.0.0.1:${String(findPort("web"))}/en/register || true)"
`;
}

function readLive(lines: readonly string[]): LiveState | LeftStep {
  const ours = lines.flatMap((line) => /^mailstead (.*)$/.exec(line)?.[1] ?? []);
  const state = ours.find((line) => line.startsWith("state "));
  if (state !== undefined) return liveSchema.parse(JSON.parse(state.slice("state ".length)));
  const [why] = readLeft(ours.join("\n"));
  return why ?? { code: "no-answer", about: `within ${String(LIMIT_SECONDS)} seconds` };
}

/**
 * Asks.
 *
 * @param program text of {@link STATE_PIECES}, one after the other.
 */
export async function askMailState(ask: AskHost, plan: Asked, program: string): Promise<MailState> {
  const [last = "{}", ...lines] = (await ask(writeScript(plan, program))).split("\n");
  const signUp = lines.find((line) => line.startsWith("signup "))?.slice("signup ".length);
  return {
    last: lastRunSchema.parse(JSON.parse(last)),
    live: readLive(lines),
    signUp: Number(signUp ?? 0),
  };
}
