/** Which CAA records keep our authority from issuing (RFC 8659, RFC 8657). */
import { splitCaa } from "../../stack/dns/providers/rowData.ts";
import type { AuditContext } from "./auditInput.ts";

/** Tags that every authority knows (RFC 8659 4, RFC 9495). */
const KNOWN = new Set([
  "issue",
  "issuewild",
  "iodef",
  "issuemail",
  "contactemail",
  "contactphone",
  "issuevmc",
]);

const CRITICAL = 128;

type Property = ReturnType<typeof splitCaa>;

/** An unknown property that is marked critical forbids every issuance (RFC 8659 4.5). */
function isForbiddingUnknown({ flags, tag }: Property): boolean {
  return (flags & CRITICAL) !== 0 && !KNOWN.has(tag);
}

function allows({ value }: Property, { issuer, accountUri }: AuditContext): boolean {
  const [name = "", ...parameters] = value.split(";").map((piece) => piece.trim());
  if (name.toLowerCase() !== issuer) return false;
  const account = parameters.find((parameter) => /^accounturi\s*=/i.test(parameter));
  if (account === undefined || accountUri === undefined) return true;
  return account.replace(/^[^=]*=\s*/, "") === accountUri;
}

/** Whether a CAA set lets our authority issue for a name without wildcard. */
export function permitsIssuer(values: readonly string[], context: AuditContext): boolean {
  const properties = values.map(splitCaa);
  if (properties.some(isForbiddingUnknown)) return false;
  const issue = properties.filter(({ tag }) => tag === "issue");
  return issue.length === 0 || issue.some((one) => allows(one, context));
}

/** Foreign values that break a declared CAA set: authorities add up, so only an unknown critical one does. */
export function declaredCaaHarm(
  foreign: readonly string[],
  { issuer }: AuditContext,
): { readonly values: readonly string[]; readonly harm: string } {
  const values = foreign.filter((value) => isForbiddingUnknown(splitCaa(value)));
  return { values, harm: `critical and unknown: ${issuer ?? "no authority"} may not issue beside it` };
}

/** Name of the CAA set that counts for a name: its own, or the nearest above (RFC 8659 3). */
export function relevantCaaName(name: string, holders: ReadonlySet<string>): string | undefined {
  const labels = name.split(".");
  for (let from = 0; from < labels.length; from++) {
    const candidate = labels.slice(from).join(".");
    if (holders.has(candidate)) return candidate;
  }
  return undefined;
}
