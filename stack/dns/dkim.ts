/** DomainKeys Identified Mail (RFC 6376). */
import type { Slot, Template } from "../values/slots.ts";
import { slot } from "../values/slots.ts";

/** Name of the record of a selector. */
export function dkimName(selector: string, domain: string): string {
  return `${selector}._domainkey.${domain}`;
}

/** Role of the record of a selector. Two selectors of several labels may give the same one: `a.b` and `a-b`. */
export function dkimRole(selector: string): string {
  return `dkim-${selector.replaceAll(".", "-")}`;
}

/**
 * Text of a key record.
 *
 * Forward Email compares the text with exactly this form: these tags in this order, with the last semicolon.
 */
export function dkimRecord(publicKey: string | Slot): Template {
  return ["v=DKIM1; k=rsa; p=", publicKey, ";"];
}

/** Text of the server's own key, which signs its system mail. */
export function ownDkimRecord(): Template {
  return dkimRecord(slot("dkimPublicKey"));
}

/** Text of the key that signs the mail of the domain's users. */
export function domainDkimRecord(): Template {
  return dkimRecord(slot("domainDkimPublicKey"));
}
