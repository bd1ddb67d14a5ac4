/** Mail Transfer Agent Strict Transport Security (RFC 8461), and reports on it (RFC 8460). */
import { createHash } from "node:crypto";
import { hostName } from "../services/names.ts";
import { WEB_NAMES } from "../services/webNames.ts";
import type { PlannedRecord } from "../model/plan.ts";
import type { DnsInput } from "./dnsInput.ts";
import { reportUri } from "./reportUri.ts";
import { textRecord } from "./textRecord.ts";

/** Every host that takes mail for the domain: the server, and the owner's backups. Null MX is none. */
function exchanges({ domain, dns }: Pick<DnsInput, "domain" | "dns">): string[] {
  const owners = dns.records.flatMap((record) =>
    record.type === "MX" && record.name === domain ? [record.exchange] : [],
  );
  return [...new Set([hostName("mx", domain), ...owners])];
}

/** Text of the policy, as it is served at `/.well-known/mta-sts.txt`; undefined when it is switched off. */
export function mtaStsPolicy(input: Pick<DnsInput, "domain" | "dns">): string | undefined {
  const { mode, maxAgeSeconds } = input.dns.mtaSts;
  if (mode === "off") return undefined;
  const lines = [
    "version: STSv1",
    `mode: ${mode}`,
    ...exchanges(input).map((host) => `mx: ${host}`),
    `max_age: ${String(maxAgeSeconds)}`,
  ];
  return `${lines.join("\n")}\n`;
}

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
