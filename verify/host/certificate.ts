/** The certificate as the host holds it. */
import type { AskHost, Finding } from "../model/finding.ts";
import { COMMAND } from "../../stack/values/command.ts";

const SCRIPT = `
cat /var/lib/mailstead/certificate.json 2>/dev/null || echo '{}'
openssl x509 -in /root/forwardemail.net/self-hosting/ssl/fullchain.pem -noout -subject -issuer -startdate -enddate 2>/dev/null || true
date -u +now=%s
`;

/** Share of its lifetime after which a certificate that was not renewed is a warning. Lifetimes shrink; days would not do. */
const WARN_AT_SHARE = 0.8;

const STANDS_IN = "a self-signed one stands in";

/** How the host tries again, and how it is asked to. */
const AGAIN = `the host tries again by itself, or at once with \`${COMMAND} renew\``;

/** What the certificate script last wrote down; empty where it never ran. */
interface State {
  readonly status?: string;
  readonly nextTry?: string;
  readonly reason?: string;
}

/** The certificate that the containers read. */
interface AtHand {
  /** Whether the host signed it itself, until there is a real one. */
  readonly standsIn: boolean;
  readonly issuer: string;
  readonly daysLeft: number;
  /** Share of its lifetime that has passed. */
  readonly share: number;
}

/** Undefined where there is no certificate. */
function readCertificate(lines: readonly string[]): AtHand | undefined {
  const field = (name: string): string =>
    lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  if (field("notAfter") === "") return undefined;
  const [from, to, now] = [
    Date.parse(field("notBefore")),
    Date.parse(field("notAfter")),
    Number(field("now")) * 1000,
  ];
  return {
    standsIn: field("issuer") === field("subject"),
    // OpenSSL before 3.2 writes spaces round the sign.
    issuer: field("issuer").replace(/^.*CN ?= ?/, ""),
    daysLeft: Math.floor((to - now) / 86_400_000),
    share: (now - from) / (to - from),
  };
}

function describe({ standsIn, daysLeft, issuer }: AtHand): string {
  if (standsIn) return STANDS_IN;
  return daysLeft < 0
    ? "the one at hand is out of date"
    : `valid for ${daysLeft} more days, issued by ${issuer}`;
}

function judge(state: State, atHand: AtHand): Omit<Finding, "subject"> {
  const { standsIn, daysLeft, share } = atHand;
  if (state.status === "refused") {
    const why = `the last order was refused (${state.reason ?? "no reason"})`;
    return {
      state: "bad",
      seen: `${why}; next try ${state.nextTry ?? "unknown"}; until then: ${describe(atHand)}`,
      fix: `mend the cause; ${AGAIN}`,
    };
  }
  if (state.status === "unread")
    return { state: "bad", seen: state.reason ?? "not every container has it", fix: AGAIN };
  if (state.status !== "valid" || standsIn) {
    return { state: "bad", seen: state.reason ?? STANDS_IN, fix: "see docs/guides/certificates.md" };
  }
  if (share < WARN_AT_SHARE) return { state: "ok", seen: describe(atHand) };
  return {
    state: daysLeft < 0 ? "bad" : "warn",
    seen: `${daysLeft} days are left and it was not renewed`,
    fix: `${COMMAND} renew, which says why; ${COMMAND} ssh -- journalctl -u mailstead-certificate`,
  };
}

/** One finding: valid, refused with the date of the next try, self-signed, not read by all, or near its end. */
export async function checkCertificate(ask: AskHost): Promise<Finding> {
  const [first = "{}", ...rest] = (await ask(SCRIPT)).split("\n");
  const atHand = readCertificate(rest);
  const subject = "certificate";
  if (atHand === undefined) return { subject, state: "bad", seen: "there is none", fix: "pulumi up" };
  return { subject, ...judge(JSON.parse(first) as State, atHand) };
}
