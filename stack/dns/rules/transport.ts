/** Rules about MTA-STS (RFC 8461) and SMTP TLS reporting (RFC 8460). */
import { leadsToAddress } from "../types/recordData.ts";
import { isMtaSts, isTlsRpt } from "../policies/kinds.ts";
import { readNotice } from "../policies/transportNotice.ts";
import { readText } from "./judgedRecord.ts";
import type { Rule } from "./rule.ts";
import { synthesised } from "./wildcards.ts";

export { isMtaSts, isTlsRpt };

const MTA_STS = "_mta-sts.";

/** A rule about a notice's fields. */
function aboutFields(
  rule: Pick<Rule, "name" | "title" | "source">,
  { is, wanted, fix }: { is: (text: string) => boolean; wanted: "id" | "rua"; fix: string },
): Rule {
  return {
    ...rule,
    grade: "syntax",
    severity: "error",
    judge: ({ record }) => {
      const text = readText(record) ?? "";
      const { fault } = is(text) ? readNotice(text, wanted) : {};
      return fault === undefined ? undefined : { key: "text", message: fault, fix };
    },
  };
}

const mtaStsSyntax = aboutFields(
  {
    name: "mta-sts-syntax",
    title: "An MTA-STS notice has an id of 1 to 32 letters and digits, and each field once.",
    source: "RFC 8461 3.1",
  },
  { is: isMtaSts, wanted: "id", fix: "write v=STSv1; id=20261124T000000;" },
);

const tlsRptSyntax = aboutFields(
  {
    name: "tls-rpt-syntax",
    title:
      "A record for SMTP TLS reports says where they go: rua with mailto: or https:, and each field once.",
    source: "RFC 8460 3",
  },
  { is: isTlsRpt, wanted: "rua", fix: "write v=TLSRPTv1; rua=mailto:reports@example.com" },
);

const mtaStsHost: Rule = {
  name: "mta-sts-without-host",
  grade: "rfc",
  severity: "error",
  title: "Where there is an _mta-sts record, mta-sts has an address that serves the policy.",
  source: "RFC 8461 3.2",
  judge: ({ record, zone }) => {
    if (record.type !== "TXT" || !isMtaSts(record.value) || !record.name.startsWith(MTA_STS))
      return undefined;
    const host = `mta-sts.${record.name.slice(MTA_STS.length)}`;
    const found = [...zone.at(host), ...synthesised(host, zone)];
    if (found.some(({ type }) => leadsToAddress(type))) return undefined;
    return { message: `${host} has no address`, fix: "add it, and serve the policy there over HTTPS" };
  },
};

export const TRANSPORT_RULES: readonly Rule[] = [mtaStsSyntax, mtaStsHost, tlsRptSyntax];
