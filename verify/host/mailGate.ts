/** Whether mail comes in: port 25 is closed on the host until the mail server knows the domain. */
import { COMMAND } from "../../stack/values/command.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { HOST_TABLE, OPENED } from "../../stack/firewall/hostRules.ts";
import type { AskHost, Finding } from "../model/finding.ts";

/** State of the gate as the host keeps it, and what the loaded rules say of the port. */
export interface MailGate {
  readonly state: "open" | "closed";
  /** Date and time in UTC (ISO 8601). */
  readonly since: string;
  /** `known COUNT` (of aliases) or `unknown REASON`. */
  readonly answer: string;
}

const STATE = "/var/lib/mailstead/mail-gate.json";
const RULES = "the host's own firewall";
const PORT = "port 25";

const SCRIPT = `
cat ${STATE} 2>/dev/null || echo '{}'
nft list table ${HOST_TABLE} >/dev/null 2>&1 && echo loaded || echo absent
nft get element ${HOST_TABLE} ${OPENED} '{ 25 }' >/dev/null 2>&1 && echo open || echo closed
`;

/** How long senders of the world try again, in words (RFC 5321 4.5.4.1). */
const PATIENCE = "senders wait and try again, most for four to five days";

/** What the findings name. */
type Where = Pick<Plan, "domain" | "webAddress" | "onboarding">;

type Step = (plan: Where) => string;

/** Where the deploy does it, other findings say what keeps it from that. */
const BY_DEPLOY = "the deploy makes it; the finding `onboarding` or `domain` says what keeps it from that";

/** Why the server does not take the domain's mail, and what is the next step. */
const REASONS: Readonly<Record<string, { readonly why: string; readonly fix: Step }>> = {
  "no-domain": {
    why: "the server does not know the domain",
    fix: ({ domain, webAddress, onboarding }) =>
      onboarding ? BY_DEPLOY : `sign up at ${webAddress} and add ${domain}`,
  },
  "no-alias": {
    why: "the domain has no alias, and every address would be refused",
    fix: ({ domain, webAddress, onboarding }) =>
      onboarding ? BY_DEPLOY : `make the aliases of ${domain} at ${webAddress}`,
  },
  "no-verification-record": {
    why: "the verification record that the server wants is not answered",
    fix: ({ onboarding }) =>
      onboarding
        ? "pulumi up publishes it; it opens once resolvers have it"
        : "pulumi config set --path 'mailstead:dns.verification' TOKEN && pulumi up; it opens once resolvers have it",
  },
  "two-verification-records": {
    why: "the domain has more than one verification record",
    fix: () => `${COMMAND} audit names the one that is not ours; remove it`,
  },
};

/** Said while the host itself could not find out. */
const NOT_ASKED = {
  why: "the server was not asked yet",
  fix: () =>
    `look again in a minute; why it takes longer: ${COMMAND} ssh -- journalctl -u mailstead-mail-gate -n 20`,
} as const;

function describeClosed({ since, answer }: MailGate, plan: Where): Finding {
  const { why, fix } = REASONS[answer.replace(/^unknown /, "")] ?? NOT_ASKED;
  return {
    subject: PORT,
    state: "warn",
    seen: `closed since ${since}: waiting for the domain; ${why}; ${PATIENCE}`,
    fix: fix(plan),
  };
}

const RELOAD = `${COMMAND} ssh -- systemctl restart mailstead-firewall mailstead-mail-gate`;

/** The gate's state; undefined on a host that has none. */
export async function readMailGate(
  ask: AskHost,
): Promise<{ readonly gate: MailGate | undefined; readonly loaded: boolean; readonly open: boolean }> {
  const [state = "{}", loaded, open] = (await ask(SCRIPT)).trim().split("\n");
  const gate = JSON.parse(state) as Partial<MailGate>;
  return {
    gate: gate.state === undefined ? undefined : (gate as MailGate),
    loaded: loaded === "loaded",
    open: open === "open",
  };
}

/** One finding: the gate; another one before it where the rules are not loaded. */
export async function checkMailGate(ask: AskHost, plan: Where): Promise<Finding[]> {
  const { gate, loaded, open } = await readMailGate(ask);
  if (gate === undefined) {
    const seen = "the host has no gate: it was deployed by an earlier version";
    return [{ subject: PORT, state: "warn", seen, fix: "pulumi up" }];
  }
  if (!loaded) {
    const seen =
      "is not loaded: the provider's firewall is the only one, and port 25 is open whatever the server knows";
    return [{ subject: RULES, state: "bad", seen, fix: RELOAD }];
  }
  if (gate.state === "closed") return [describeClosed(gate, plan)];
  const { since, answer } = gate;
  if (!open) {
    return [
      { subject: PORT, state: "bad", seen: `is closed, and should be open since ${since}`, fix: RELOAD },
    ];
  }
  const aliases = answer.replace(/^known /, "");
  const count = aliases === "1" ? "one alias" : `${aliases} aliases`;
  return [
    {
      subject: PORT,
      state: "ok",
      seen: `open since ${since}: the server knows ${plan.domain}, with ${count}`,
    },
  ];
}
