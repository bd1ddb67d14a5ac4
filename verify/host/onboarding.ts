/** What still keeps mail of people from leaving: from the configuration, and from the server's own checklist. */
import type { Config, DkimConfig } from "../../stack/model/config.ts";
import type { AskHost, Finding } from "../model/finding.ts";
import { shellQuote } from "../../stack/values/shellQuote.ts";

/** Roles of the records that only the running server can name. */
const VERIFICATION = "forward-email-site-verification=";

/** Login of the server's first account; it is asked for, never stored. */
export interface AdminLogin {
  readonly email: string;
  readonly password: string;
}

/** What the script answers in place of a list. */
const REFUSALS: readonly {
  readonly word: string;
  readonly seen: string;
  readonly fix: (domain: string, webAddress: string) => string;
}[] = [
  {
    word: "login",
    seen: "the login failed",
    fix: () => "`web` has to run, and MAILSTEAD_ADMIN_EMAIL and MAILSTEAD_ADMIN_PASSWORD to be an account's",
  },
  {
    word: "list",
    seen: "there is none of the domain",
    fix: (domain, webAddress) => `add ${domain} at ${webAddress}`,
  },
];

/** Pages live below a locale; without it they are not found, or a redirect. */
const LOCALE = "/en";

interface ChecklistItem {
  readonly name: string;
  readonly type: string;
  readonly expected: string;
  readonly pass: boolean;
  /** False: a warning of the list's. */
  readonly required?: boolean;
}

/** Selectors of keys that the server makes for a domain. */
const OWN_SELECTOR = /^fe-/;

/** Whether a key of the list is the one that the server signs the domain's mail with: by its use, else by its selector. */
function signs({ selector, use }: DkimConfig): boolean {
  return use === undefined ? OWN_SELECTOR.test(selector) : use === "signing";
}

/** What the configuration lacks, known without asking anyone; nothing where the deploy brings it. */
export function checkOnboardingConfig({ domain, dns, onboarding }: Config, webAddress: string): Finding[] {
  if (onboarding === "automatic") return [];
  const findings: Finding[] = [];
  if (dns.verification === undefined) {
    findings.push({
      subject: "site verification",
      state: "bad",
      seen: `no ${VERIFICATION} record, which is required: nobody can log in, and mail to the domain waits outside`,
      fix: `add ${domain} at ${webAddress}, then: pulumi config set --path 'mailstead:dns.verification' TOKEN && pulumi up`,
    });
  }
  if (!dns.dkim.some(signs)) {
    findings.push({
      subject: "DKIM key of the domain",
      state: "warn",
      seen: "its own fe-… key is not published: mail of people does not leave",
      fix: `copy selector and key from ${webAddress}${LOCALE}/setup/dns/${domain} to mailstead:dns.dkim, then: pulumi up`,
    });
  }
  return findings;
}

/**
 * Reads `/en/setup/dns/DOMAIN` on the host with a session of its own, which the server keeps for nobody whose user agent
 * is a program's: curl names none. The login travels by standard input and a file
 * descriptor, never by an argument; the cookie jar is gone when the script ends.
 * Where the server refuses, a word that says which step, and curl's own words, take the place of the list.
 */
function writeScript(domain: string, login: AdminLogin): string {
  return `
set -eu
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
jar=$folder/cookies list=$folder/list
value() { sed -n "s/^$1=//p" /root/forwardemail.net/self-hosting/.env | head -n 1 | tr -d '"'; }
config() { printf 'user = "%s:%s"\\n' "$(value AUTH_BASIC_USERNAME)" "$(value AUTH_BASIC_PASSWORD)"; }
base=https://127.0.0.1:3000${LOCALE}
call() { curl --silent --show-error --fail --insecure --user-agent '' --config <(config) --cookie "$jar" --cookie-jar "$jar" -H 'Accept: application/json' "$@"; }
said=$(printf '%s' ${shellQuote(new URLSearchParams({ email: login.email, password: login.password }).toString())} |
  call -H 'Content-Type: application/x-www-form-urlencoded' --data-binary @- "$base/login" 2>&1 >/dev/null) || { echo "login $said"; exit 0; }
call "$base/setup/dns/${domain}" >"$list" 2>"$list.why" || { echo "list $(cat "$list.why")"; exit 0; }
cat "$list"
`;
}

const CHECKLIST = "the server's checklist";

/** As much of the server's words is shown. */
const WORDS = 120;

/**
 * Said where no login is at hand. The checklist tells which records the server itself has seen; all else that it knows is
 * asked without a login (mailState.ts).
 */
export function checklistNotAsked(): Finding {
  return {
    subject: CHECKLIST,
    state: "warn",
    seen: "was not asked",
    fix: "set MAILSTEAD_ADMIN_EMAIL and MAILSTEAD_ADMIN_PASSWORD to the login of the server's first account",
  };
}

/** Items of the answer, or what it is where it has none. */
function readChecklist(answer: string): readonly ChecklistItem[] | string {
  if (answer.trim() === "") return "nothing (it may have sent us elsewhere)";
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    return "a page";
  }
  const { checklist, message } = (value ?? {}) as { checklist?: unknown; message?: unknown };
  if (Array.isArray(checklist)) return checklist as readonly ChecklistItem[];
  return typeof message === "string" ? `«${message.slice(0, WORDS)}»` : "something else";
}

/** Servers of Forward Email's own service, without which the list calls no SPF policy good. */
const THEIR_SENDERS = "include:spf.forwardemail.net";

function findingOf({ name, type, expected, pass, required = true }: ChecklistItem): Finding {
  const subject = `checklist ${type} ${name}`;
  if (pass) return { subject, state: "ok", seen: "passes" };
  if (expected.includes(THEIR_SENDERS))
    return {
      subject,
      state: "ok",
      seen: "does not name the servers of Forward Email's own service, and should not",
    };
  const fix = `publish ${type} ${name} ${expected}`;
  return { subject, state: required ? "bad" : "warn", seen: "the server does not see it yet", fix };
}

/** One finding an item of the server's checklist, or one that says why it was not had. */
export async function checkOnboarding(
  ask: AskHost,
  { domain, webAddress }: { readonly domain: string; readonly webAddress: string },
  login: AdminLogin,
): Promise<Finding[]> {
  const answer = await ask(writeScript(domain, login));
  const refusal = REFUSALS.find(({ word }) => answer.startsWith(`${word} `));
  if (refusal !== undefined) {
    const { word, seen, fix } = refusal;
    const said = answer.slice(word.length).trim();
    return [{ subject: CHECKLIST, state: "bad", seen: `${seen} (${said})`, fix: fix(domain, webAddress) }];
  }
  const checklist = readChecklist(answer);
  if (typeof checklist === "string")
    return [
      {
        subject: CHECKLIST,
        state: "bad",
        seen: `the server answered ${checklist} in its place`,
        fix: `log in at ${webAddress} and see whether ${LOCALE}/setup/dns/${domain} has a list: this release may have none`,
      },
    ];
  return checklist.map(findingOf);
}
