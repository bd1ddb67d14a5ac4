/** Domain-based Message Authentication, Reporting and Conformance (RFC 9989). */
import type { Alignment, DmarcConfig } from "../model/config.ts";
import type { Template } from "../values/slots.ts";
import { reportUri } from "./reportUri.ts";

function letter(alignment: Alignment | undefined): string | undefined {
  return alignment?.charAt(0);
}

/**
 * Text of the policy.
 *
 * A step of the way up that ends in `-test` has `t=y`: others apply the next lower policy, and report as if it were in
 * force. `pct`, `ri` and `rf` are gone since RFC 9989, and Forward Email refuses to send under `pct`.
 */
export function dmarcPolicy(dmarc: DmarcConfig): Template {
  const tags: readonly (readonly [tag: string, value: string | undefined])[] = [
    ["p", dmarc.policy.replace(/-test$/, "")],
    ["sp", dmarc.subdomains],
    ["np", dmarc.nonexistent],
    ["t", dmarc.policy.endsWith("-test") ? "y" : undefined],
    ["adkim", letter(dmarc.dkimAlignment)],
    ["aspf", letter(dmarc.spfAlignment)],
    ["rua", dmarc.rua === undefined ? undefined : reportUri(dmarc.rua)],
  ];
  const said = tags.flatMap(([tag, value]) => (value === undefined ? [] : [` ${tag}=${value};`]));
  return [`v=DMARC1;${said.join("")}`];
}
