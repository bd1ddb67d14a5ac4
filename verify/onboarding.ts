/** What still keeps mail of people from leaving: from the configuration, and from the server's own checklist. */
import type { PlannedRecord } from "../stack/plan.ts";
import type { AskHost, Finding } from "./finding.ts";
import { shellQuote } from "../stack/shellQuote.ts";

/** Roles of the records that only the running server can name. */
const VERIFICATION = "forward-email-site-verification=";

/** Login of the server's first account; it is asked for, never stored. */
export interface AdminLogin {
  readonly email: string;
  readonly password: string;
}

interface ChecklistItem {
  readonly name: string;
  readonly type: string;
  readonly expected: string;
  readonly pass: boolean;
}

/** What the configuration lacks, known without asking anyone. */
export function checkOnboardingConfig(
  records: readonly PlannedRecord[],
  domain: string,
  webAddress: string,
): Finding[] {
  const verified = records.some(({ role }) => role === "site-verification");
  const signed = records.some(
    (record) => record.type === "TXT" && record.role.startsWith("dkim-") && record.role !== "dkim-default",
  );
  const findings: Finding[] = [];
  if (!verified) {
    findings.push({
      subject: "site verification",
      state: "warn",
      seen: `no ${VERIFICATION} record: mail of people does not leave`,
      fix: `add ${domain} at ${webAddress}, then: pulumi config set --path 'mailstead:dns.verification' TOKEN && pulumi up`,
    });
  }
  if (!signed) {
    findings.push({
      subject: "DKIM key of the domain",
      state: "warn",
      seen: "its own fe-… key is not published: mail of people does not leave",
      fix: `copy selector and key from ${webAddress}/setup/dns/${domain} to mailstead:dns.dkim, then: pulumi up`,
    });
  }
  return findings;
}

/**
 * Reads `/setup/dns/DOMAIN` on the host with a session of its own. The login travels by standard input and a file
 * descriptor, never by an argument; the cookie jar is gone when the script ends.
 */
function script(domain: string, login: AdminLogin): string {
  return `
set -eu
jar=$(mktemp); trap 'rm -f "$jar"' EXIT
value() { sed -n "s/^$1=//p" /root/forwardemail.net/self-hosting/.env | head -n 1 | tr -d '"'; }
config() { printf 'user = "%s:%s"\\n' "$(value AUTH_BASIC_USERNAME)" "$(value AUTH_BASIC_PASSWORD)"; }
base=https://127.0.0.1:3000
call() { curl --silent --show-error --fail --insecure --config <(config) --cookie "$jar" --cookie-jar "$jar" -H 'Accept: application/json' "$@"; }
printf '%s' ${shellQuote(new URLSearchParams({ email: login.email, password: login.password }).toString())} |
  call -H 'Content-Type: application/x-www-form-urlencoded' --data-binary @- "$base/login" >/dev/null
call "$base/setup/dns/${domain}"
`;
}

/** One finding an item of the server's checklist. */
export async function checkOnboarding(ask: AskHost, domain: string, login: AdminLogin): Promise<Finding[]> {
  const answer = JSON.parse(await ask(script(domain, login))) as { checklist: ChecklistItem[] };
  return answer.checklist.map(({ name, type, expected, pass }) => ({
    subject: `checklist ${type} ${name}`,
    state: pass ? "ok" : "bad",
    seen: pass ? "passes" : "the server does not see it yet",
    ...(pass ? {} : { fix: `publish ${type} ${name} ${expected}` }),
  }));
}
