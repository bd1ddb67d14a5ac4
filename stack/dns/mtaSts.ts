/** Mail Transfer Agent Strict Transport Security (RFC 8461), and reports on it (RFC 8460). */
import { createHash } from "node:crypto";
import { mtaStsPolicy } from "../services/mtaStsPolicy.ts";
import { WEB_NAMES } from "../services/webNames.ts";
import type { PlannedRecord } from "../model/plan.ts";
import type { DnsInput } from "./dnsInput.ts";
import { reportUri } from "./reportUri.ts";
import { textRecord } from "./textRecord.ts";

/** Id of a policy: senders fetch it again when the id changes, so it is a hash; 32 letters and digits at most. */
export function mtaStsId(policy: string): string {
  return createHash("sha256").update(policy).digest("hex").slice(0, 32);
}

/** Records of MTA-STS and TLS-RPT, each where it is switched on. */
export function transportRecords(input: DnsInput): PlannedRecord[] {
  const { domain, dns } = input;
  const policy = mtaStsPolicy(input);
  const records: PlannedRecord[] = [];
  if (policy !== undefined) {
    records.push(
      textRecord(input, {
        role: "mta-sts-id",
        name: `_mta-sts.${domain}`,
        text: [`v=STSv1; id=${mtaStsId(policy)};`],
        purpose: "MTA-STS: senders use TLS to reach the MX; the policy is at mta-sts",
        level: "recommended",
        // A sender that saw the new id and then the old policy would keep that for as long as it says.
        after: [WEB_NAMES["mta-sts"].servedBy],
      }),
    );
  }
  if (dns.tlsReports === undefined) return records;
  const reports = textRecord(input, {
    role: "tls-reports",
    name: `_smtp._tls.${domain}`,
    text: [`v=TLSRPTv1; rua=${reportUri(dns.tlsReports)};`],
    purpose: "TLS-RPT: where senders report failed TLS",
    level: "recommended",
  });
  return [...records, reports];
}
