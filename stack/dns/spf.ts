/** Sender Policy Framework (RFC 7208). */
import type { Template } from "../values/slots.ts";

/**
 * The policy of the guide: mail comes from the addresses of the domain itself, from nowhere else.
 *
 * `a` covers both families, and as the mail leaves by the server's own addresses nothing more is needed.
 *
 * @param mechanisms other senders that the owner lets in.
 */
export function spfPolicy(mechanisms: readonly string[] = []): Template {
  return [["v=spf1", "a", ...mechanisms, "-all"].join(" ")];
}
