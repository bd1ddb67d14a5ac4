/** Domain-based Message Authentication, Reporting and Conformance (RFC 9989). */
import type { DmarcConfig } from "../config/config.ts";
import type { Template } from "../slots.ts";

/** Text of the policy. `pct` is gone since RFC 9989, and Forward Email refuses to send under one. */
export function dmarcPolicy({ policy, rua }: DmarcConfig): Template {
  const reports = rua === undefined ? "" : ` rua=mailto:${rua};`;
  return [`v=DMARC1; p=${policy};${reports}`];
}

/** Whether a TXT record is a DMARC policy. */
export function isDmarc(text: string): boolean {
  return /^v=DMARC1\s*(;|$)/.test(text);
}
