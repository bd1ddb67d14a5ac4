/** Reads CAA records, which say who may give certificates (RFC 8659, RFC 8657). */
import { CAA_TAGS } from "../types/caa.ts";
import type { JudgedRecord } from "./judgedRecord.ts";
import type { Issuer } from "./zoneView.ts";

/** A CAA record taken apart. */
export interface Caa {
  readonly flags: string;
  readonly tag: string;
  readonly value: string;
}

export function readCaa({ type, value }: Pick<JudgedRecord, "type" | "value">): Caa | undefined {
  const [, flags, tag, said] = /^(\S+) (\S+) ?([\s\S]*)$/.exec(value) ?? [];
  if (type !== "CAA" || flags === undefined || tag === undefined || said === undefined) return undefined;
  return { flags, tag: tag.toLowerCase(), value: said };
}

/** What is not known, and what is not limited, forbids nothing. */
function agrees(ours: string | undefined, ...allowed: readonly (string | undefined)[]): boolean {
  return ours === undefined || allowed.includes(undefined) || allowed.includes(ours);
}

/** Value of a parameter, which may have blanks round its sign (RFC 8659 4.2). */
function parameter(parameters: readonly string[], name: string): string | undefined {
  const found = parameters.find((one) => one.split("=")[0]?.trim().toLowerCase() === name);
  return found?.slice(found.indexOf("=") + 1).trim();
}

function allows(value: string, issuer: Issuer): boolean {
  const [domain = "", ...parameters] = value.split(";").map((piece) => piece.trim());
  if (domain.toLowerCase() !== issuer.domain) return false;
  const methods = parameter(parameters, "validationmethods")?.split(",");
  const account = parameter(parameters, "accounturi");
  return agrees(issuer.accountUri, account) && (methods === undefined || agrees(issuer.method, ...methods));
}

/** Tag that decides: `issuewild` for a wildcard where there is one, else `issue` (RFC 8659 4.3). */
export function decisive(set: readonly Caa[], wildcard: boolean): readonly Caa[] {
  const wild = wildcard ? set.filter(({ tag }) => tag === "issuewild") : [];
  return wild.length > 0 ? wild : set.filter(({ tag }) => tag === "issue");
}

/**
 * Whether the CAA records of one name keep a CA from giving a certificate.
 *
 * @param values canonical data of the set that counts: of the nearest name above that has any (RFC 8659 3).
 * @param wildcard the certificate is for a wildcard.
 */
export function forbidsIssuer(values: readonly string[], issuer: Issuer, wildcard: boolean): boolean {
  const set = values.flatMap((value) => readCaa({ type: "CAA", value }) ?? []);
  const counting = decisive(set, wildcard);
  return counting.length > 0 && !counting.some(({ value }) => allows(value, issuer));
}

/** CAA names of the CAs behind ACME directories. */
const ISSUERS: Readonly<Record<string, string>> = {
  "acme-v02.api.letsencrypt.org": "letsencrypt.org",
  "acme-staging-v02.api.letsencrypt.org": "letsencrypt.org",
  "acme.zerossl.com": "sectigo.com",
  "dv.acme-v02.api.pki.goog": "pki.goog",
  "acme.ssl.com": "ssl.com",
};

/** CAA name of the CA behind an ACME directory; undefined where it is not known. */
export function findIssuer(directoryUrl: string): string | undefined {
  return URL.canParse(directoryUrl) ? ISSUERS[new URL(directoryUrl).hostname] : undefined;
}

/** Whether anybody knows the tag. */
export function isCaaTag(tag: string): boolean {
  return (CAA_TAGS as readonly string[]).includes(tag);
}

export const CRITICAL = 128;

export function isCritical({ flags }: Caa): boolean {
  return (Number(flags) & CRITICAL) !== 0;
}

/** Whether a record is critical and of a tag that nobody knows: it forbids every certificate (RFC 8659 4.5). */
export function forbidsEveryone(value: string): boolean {
  const caa = readCaa({ type: "CAA", value });
  return caa !== undefined && !isCaaTag(caa.tag) && isCritical(caa);
}
