/** What the program of this folder declares and its test asks for. */
import type { RecordData } from "../../../../stack/dns/types/registry.ts";
import type { PlannedRecord } from "../../../../stack/model/plan.ts";
import { slot, template, type Template } from "../../../../stack/values/slots.ts";

/** A domain that the account has from the start. */
export const ZONE = "example.org";

/** Values that a server and its key would fill in. The key is as long as one of 2048 bits. */
export const SLOT_VALUES = {
  serverIpv4: "203.0.113.200",
  serverIpv6: "2001:db8:a::c8",
  dkimPublicKey: `MIIB${"A".repeat(384)}QAB=`,
} as const;

/** A record with what `dig +short` prints of it. */
export interface Expected {
  readonly record: PlannedRecord;
  readonly printed: string;
}

function expected(
  role: string,
  relative: string,
  data: RecordData<Template>,
  printed: string,
  ttlSeconds: PlannedRecord["ttlSeconds"] = "auto",
): Expected {
  const name = relative === "@" ? ZONE : `${relative}.${ZONE}`;
  return { record: { role, name, ttlSeconds, purpose: `for ${role}`, level: "required", ...data }, printed };
}

const DKIM = `v=DKIM1; k=rsa; p=${SLOT_VALUES.dkimPublicKey}`;
const CAA = "letsencrypt.org; validationmethods=dns-01";

/** At least one of each type that is offered. */
export const RECORDS: readonly Expected[] = [
  expected("apex", "@", { type: "A", address: template`${slot("serverIpv4")}` }, SLOT_VALUES.serverIpv4, 60),
  expected("apex-more", "@", { type: "A", address: template`203.0.113.201` }, "203.0.113.201", 60),
  expected(
    "apex-v6",
    "@",
    { type: "AAAA", address: template`${slot("serverIpv6")}` },
    SLOT_VALUES.serverIpv6,
  ),
  expected("mail", "@", { type: "MX", priority: 10, exchange: "mx.outside.test" }, "10 mx.outside.test."),
  expected("mail-here", "sub", { type: "MX", priority: 0, exchange: ZONE }, `0 ${ZONE}.`),
  expected("spf", "@", { type: "TXT", text: ["v=spf1 a -all"] }, '"v=spf1 a -all"', 300),
  expected(
    "dkim",
    "default._domainkey",
    { type: "TXT", text: template`v=DKIM1; k=rsa; p=${slot("dkimPublicKey")}` },
    `"${DKIM.slice(0, 255)}" "${DKIM.slice(255)}"`,
  ),
  expected("caa", "@", { type: "CAA", flags: 0, tag: "issue", value: CAA }, `0 issue "${CAA}"`),
  expected(
    "iodef",
    "mx",
    { type: "CAA", flags: 128, tag: "iodef", value: "mailto:ca@outside.test" },
    '128 iodef "mailto:ca@outside.test"',
  ),
  expected("alias", "imap", { type: "CNAME", target: "mx.outside.test" }, "mx.outside.test."),
  expected("alias-here", "smtp", { type: "CNAME", target: ZONE }, `${ZONE}.`),
  expected("wildcard", "*.web", { type: "A", address: template`203.0.113.202` }, "203.0.113.202"),
  expected(
    "service",
    "_imaps._tcp",
    { type: "SRV", priority: 0, weight: 1, port: 993, target: "mx.outside.test" },
    "0 1 993 mx.outside.test.",
  ),
  expected("delegated", "away", { type: "NS", target: "ns.outside.test" }, "ns.outside.test."),
];
