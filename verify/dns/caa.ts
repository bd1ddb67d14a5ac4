/** Which CAA records keep the certificate from being given (RFC 8659, RFC 8657). */
import { forbidsEveryone, forbidsIssuer } from "../../stack/dns/checks/caa.ts";
import { ancestry } from "../../stack/dns/checks/zoneView.ts";
import type { AuditContext, OrderedCertificate } from "./auditInput.ts";
import { listed } from "./words.ts";

/**
 * The context in which a CAA set is judged: its certificate has only the names that the set counts for, which are those
 * with no other CAA records nearer above them (RFC 8659 3). A wildcard is looked for from the name behind its asterisk.
 *
 * @param caaNames names that hold CAA records.
 */
export function contextOfCaa(at: string, context: AuditContext, caaNames: ReadonlySet<string>): AuditContext {
  const { certificate, ...rest } = context;
  if (certificate === undefined) return context;
  const names = certificate.names.filter(
    (name) => ancestry(name.replace(/^\*\./, "")).find((above) => above === at || caaNames.has(above)) === at,
  );
  return { ...rest, certificate: { ...certificate, names } };
}

/** Names of the certificate that may not be had under these records. */
function forbidden(values: readonly string[], { issuer, names }: OrderedCertificate): readonly string[] {
  if (values.some(forbidsEveryone)) return names;
  return names.filter((name) => forbidsIssuer(values, issuer, name.startsWith("*.")));
}

/** What a CAA set keeps from being given; undefined where it lets the whole certificate pass. */
export function forbiddenByCaa(values: readonly string[], { certificate }: AuditContext): string | undefined {
  if (certificate === undefined) return undefined;
  const names = forbidden(values, certificate);
  const { domain, method } = certificate.issuer;
  const how = method === undefined ? "" : ` by ${method}`;
  return names.length === 0 ? undefined : `${domain} may not give the certificate for ${listed(names)}${how}`;
}

/**
 * Foreign values that break a declared CAA set. Authorities add up under one tag, so only a value of another tag does:
 * `issuewild`, which counts for wildcards in the place of `issue`, `issue` beside none, or one critical and unknown.
 */
export function harmfulCaa(
  declared: readonly string[],
  foreign: readonly string[],
  context: AuditContext,
): { readonly values: readonly string[]; readonly harm: string } {
  const harm = forbiddenByCaa([...declared, ...foreign], context);
  if (harm === undefined || forbiddenByCaa(declared, context) !== undefined) return { values: [], harm: "" };
  const values = foreign.filter((value) => forbiddenByCaa([...declared, value], context) !== undefined);
  return { values, harm: `stands in the way: ${harm}` };
}
