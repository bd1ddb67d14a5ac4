/** The certificate as the host holds it. */
import type { AskHost, Finding } from "./finding.ts";

const SCRIPT = `
cat /var/lib/mailstead/certificate.json 2>/dev/null || echo '{}'
openssl x509 -in /root/forwardemail.net/self-hosting/ssl/fullchain.pem -noout -subject -issuer -startdate -enddate 2>/dev/null || true
date -u +now=%s
`;

/** Share of its lifetime after which a certificate that was not renewed is a warning. Lifetimes shrink; days would not do. */
const WARN_AT_SHARE = 0.8;

/** One finding: valid, refused with the date of the next try, self-signed, or near its end. */
export async function checkCertificate(ask: AskHost): Promise<Finding> {
  const [first = "{}", ...rest] = (await ask(SCRIPT)).split("\n");
  const state = JSON.parse(first) as { status?: string; nextTry?: string; reason?: string };
  const field = (name: string): string =>
    rest.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const subject = "certificate";
  if (field("notAfter") === "") {
    return { subject, state: "bad", seen: "there is none", fix: "pulumi up" };
  }
  if (state.status === "refused") {
    return {
      subject,
      state: "bad",
      seen: `the last order was refused (${state.reason ?? "no reason"}); next try ${state.nextTry ?? "unknown"}`,
      fix: "mend the cause; the host tries again by itself, or at once with `mailstead ssh -- /usr/local/lib/mailstead/certificate.sh issue`",
    };
  }
  if (state.status !== "valid" || field("issuer") === field("subject")) {
    return {
      subject,
      state: "bad",
      seen: state.reason ?? "a self-signed one stands in",
      fix: "see docs/guides/certificates.md",
    };
  }
  const [from, to, now] = [
    Date.parse(field("notBefore")),
    Date.parse(field("notAfter")),
    Number(field("now")) * 1000,
  ];
  const share = (now - from) / (to - from);
  const days = Math.floor((to - now) / 86_400_000);
  if (share >= WARN_AT_SHARE) {
    return {
      subject,
      state: days < 0 ? "bad" : "warn",
      seen: `${days} days are left and it was not renewed`,
      fix: "mailstead ssh -- journalctl -u mailstead-certificate",
    };
  }
  // OpenSSL before 3.2 writes spaces round the sign.
  const issuer = field("issuer").replace(/^.*CN ?= ?/, "");
  return {
    subject,
    state: "ok",
    seen: `valid for ${days} more days, issued by ${issuer}`,
  };
}
