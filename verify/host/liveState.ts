/** What the mail server has of the domain now, and what of it keeps mail from working: with its harm, and its cure. */
import { describeLeft, RUN_AGAIN, type LeftStep } from "../../stack/mail/onboardingLeft.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { dkimName } from "../../stack/dns/dkim.ts";
import { VERIFICATION_PREFIX } from "../../stack/services/siteVerification.ts";
import { COMMAND } from "../../stack/values/command.ts";
import { shellQuote } from "../../stack/values/shellQuote.ts";
import type { Finding } from "../model/finding.ts";
import type { LiveDomain, LiveState } from "./mailState.ts";

type Where = Pick<Plan, "domain" | "webAddress" | "onboarding"> & {
  readonly records: readonly Pick<Plan["records"][number], "role" | "name">[];
};
type Told = Omit<Finding, "subject">;

/** What a finding is about, by the code of what is left. */
const SUBJECTS: readonly (readonly [code: RegExp, subject: (about: string) => string])[] = [
  [/^account-/, () => "account"],
  [/^domain-(of-others|closed)$/, () => "domain"],
  [/^domain-/, () => "sending"],
  [/^(alias-|support-)/, (about) => `address ${about}`],
];
const ITSELF = "the mail server itself";

/** Where the deploy does not make addresses, a person does. */
function byHand({ code, about }: LeftStep, { webAddress, domain }: Where): string | undefined {
  if (code !== "alias-missing" && code !== "support-password") return undefined;
  return (
    `make ${about}@${domain} at ${webAddress}/en/my-account/domains/${domain}/aliases, with SMTP_TRANSPORT_PASS of the ` +
    "server's .env as its password: docs/guides/by-hand.md"
  );
}

function describeStep(step: LeftStep, plan: Where): Finding {
  const subject = SUBJECTS.find(([code]) => code.test(step.code))?.[1](step.about) ?? ITSELF;
  const { what, fix } = describeLeft(step, plan);
  const own = plan.onboarding === undefined ? byHand(step, plan) : undefined;
  return { subject, state: "bad", seen: what, fix: own ?? fix };
}

/** Why the server could not be asked. Mail may be as well as it ever was where only this release is another. */
export function describeUntold(why: LeftStep, plan: Where): Finding {
  if (why.code !== "unexpected") return describeStep(why, plan);
  const { what } = describeLeft(why, plan);
  const fix = `see approval, key and aliases at ${plan.webAddress}/en/admin/domains`;
  return { subject: ITSELF, state: "warn", seen: `cannot be looked at: ${what}`, fix };
}

/** Nobody logs in without the one record: it is required, and no recommendation. */
function judgeVerification({ token, verifications }: LiveDomain, { records }: Where): Told {
  const nobody = "nobody can log in, by IMAP, POP3 or SMTP";
  const set = `pulumi config set --path mailstead:dns.verification ${shellQuote(token)} && pulumi up`;
  if (verifications === null) {
    const seen = "the host's resolver does not answer: whether anybody can log in cannot be told";
    return { state: "warn", seen, fix: "look at the host's resolver" };
  }
  const [first, ...more] = verifications;
  if (first === undefined) {
    const isPlanned = records.some(({ role }) => role === "site-verification");
    const fix = isPlanned ? "pulumi up publishes it; it counts once resolvers have it" : set;
    return {
      state: "bad",
      seen: `required, and ${VERIFICATION_PREFIX}${token} is not answered: ${nobody}`,
      fix,
    };
  }
  if (more.length > 0) {
    const seen = `there are ${String(verifications.length)} of them: ${nobody}`;
    return { state: "bad", seen, fix: `${COMMAND} audit names the one that is not ours; remove it` };
  }
  if (first !== token)
    return {
      state: "bad",
      seen: `the zone has ${first}, and the server wants ${token}: ${nobody}`,
      fix: set,
    };
  return { state: "ok", seen: "is answered as the server wants it" };
}

/** RFC 8301 3.2: signers use 1024 bits at least, and should use 2048. */
const GOOD_BITS = 2048;

function judgeKey({ selector, bits, isKeyAnswered }: LiveDomain, plan: Where): Told[] {
  const { domain, webAddress, records } = plan;
  const take = `copy selector and key from ${webAddress}/en/setup/dns/${domain} to mailstead:dns.dkim, and run pulumi up`;
  const name = dkimName(selector, domain);
  const told: Told[] = [];
  if (isKeyAnswered === false) {
    const isPlanned = records.some((record) => record.name === name);
    const seen = `${name} does not answer with the key that the server signs with: mail of people does not leave`;
    const fix = isPlanned ? `pulumi up publishes it; where the zone has another key there, ${take}` : take;
    told.push({ state: "bad", seen, fix });
  }
  if (bits < GOOD_BITS) {
    const seen = `has ${String(bits)} bits, where RFC 8301 asks for ${String(GOOD_BITS)}: weak, and receivers may count it less`;
    const fix = `change it to ${String(GOOD_BITS)} at ${webAddress}/en/my-account/domains/${domain}/verify-smtp; then ${take}. Until the new record is there, mail of people waits`;
    told.push({ state: "warn", seen, fix });
  }
  if (told.length > 0) return told;
  const seen = isKeyAnswered === null ? "the host's resolver does not answer" : "is answered";
  return [
    {
      state: isKeyAnswered === null ? "warn" : "ok",
      seen: `${selector}, ${String(bits)} bits, ${seen}`,
    },
  ];
}

/** Parts that are said to be well where nothing is left of them. */
const WELL: readonly (readonly [subject: string, seen: string])[] = [
  ["account", "an administrator of the domain can log in"],
  ["sending", "is approved for the domain"],
  ["address support", "is there, with the password that the server logs in with"],
];

/** What the server has now. */
export function judgeLive(live: LiveState, plan: Where): Finding[] {
  if (live.domain === undefined) {
    const { domain, webAddress, onboarding } = plan;
    const seen = `the server does not know ${domain}`;
    return [
      onboarding === undefined
        ? { subject: "domain", state: "warn", seen, fix: `sign up at ${webAddress} and add ${domain}` }
        : { subject: "domain", state: "bad", seen, fix: RUN_AGAIN },
    ];
  }
  const left = live.left.map((step) => describeStep(step, plan));
  const well = WELL.flatMap(([subject, seen]): Finding[] =>
    left.some((finding) => finding.subject === subject) ? [] : [{ subject, state: "ok", seen }],
  );
  return [
    ...left,
    ...well,
    { subject: "verification record", ...judgeVerification(live.domain, plan) },
    ...judgeKey(live.domain, plan).map((told) => ({ subject: "DKIM key of the domain", ...told })),
  ];
}

/**
 * Whether strangers can make accounts in the web interface. The API has no gate: upstream takes accounts there from
 * everybody, and has no switch for it.
 */
export function judgeSignUp(status: number, live: LiveState | undefined, { webAddress }: Where): Finding {
  const subject = "sign-up";
  const counted =
    live === undefined
      ? ""
      : `; accounts: ${String(live.accounts)}, members of the domain: ${String(live.members)}`;
  if (status === 401)
    return { subject, state: "ok", seen: `the gate before the web interface keeps strangers out${counted}` };
  if (status === 200) {
    const seen = `open: who reaches ${webAddress} makes an account and domains of its own on this server${counted}`;
    return {
      subject,
      state: "warn",
      seen,
      fix: "pulumi config set --path mailstead:mail.gate always && pulumi up",
    };
  }
  const said = status === 0 ? "does not answer" : `answers ${String(status)}`;
  const seen = `cannot be told: the web interface ${said}`;
  return { subject, state: "warn", seen, fix: `${COMMAND} logs web` };
}
