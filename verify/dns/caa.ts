/** Which CAA records keep our authority from issuing (RFC 8659, RFC 8657). */
import { forbidsEveryone, forbidsIssuer, type Issuer } from "../../stack/dns/checks/caa.ts";
import type { AuditContext } from "./auditInput.ts";

/** Whether a CAA set lets our authority issue for a name without wildcard. */
export function permitsIssuer(values: readonly string[], issuer: Issuer): boolean {
  return !values.some(forbidsEveryone) && !forbidsIssuer(values, issuer, false);
}

/** Foreign values that break a declared CAA set: authorities add up, so only an unknown critical one does. */
export function declaredCaaHarm(
  foreign: readonly string[],
  { issuer }: AuditContext,
): { readonly values: readonly string[]; readonly harm: string } {
  const values = foreign.filter(forbidsEveryone);
  return { values, harm: `critical and unknown: ${issuer ?? "no authority"} may not issue beside it` };
}
