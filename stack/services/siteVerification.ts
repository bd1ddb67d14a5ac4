/** The TXT record by which Forward Email sees that the domain is ours. */
import type { Slot, Template } from "../values/slots.ts";

/** What the text of a site verification begins with. */
export const VERIFICATION_PREFIX = "forward-email-site-verification=";

export function verificationRecord(token: string | Slot): Template {
  return typeof token === "string" ? [`${VERIFICATION_PREFIX}${token}`] : [VERIFICATION_PREFIX, token];
}

export function isVerification(text: string): boolean {
  return text.startsWith(VERIFICATION_PREFIX);
}

/** Whether a TXT record lists aliases in the open, which keeps a domain with a web account from sending. */
export function isOpenAliasList(text: string): boolean {
  return text.startsWith("forward-email=");
}
