/** Rules about MTA-STS (RFC 8461) and SMTP TLS reporting (RFC 8460). */
import { isMtaSts, isTlsRpt } from "../policies/kinds.ts";
import { textOf } from "./judgedRecord.ts";
import type { Rule } from "./rule.ts";
import { synthesised } from "./wildcards.ts";

export { isMtaSts, isTlsRpt };

const MTA_STS = "_mta-sts.";

const mtaStsId: Rule = {
  name: "mta-sts-id",
  grade: "syntax",
  severity: "error",
  title: "The id of an MTA-STS policy has 1 to 32 letters and digits.",
  source: "RFC 8461 3.1",
  judge: ({ record }) => {
    const text = textOf(record) ?? "";
    if (!isMtaSts(text) || /;\s*id=[A-Za-z0-9]{1,32}\s*(;|$)/.test(text)) return undefined;
    const message = "there is no id of 1 to 32 letters and digits";
    return { key: "text", message, fix: "write v=STSv1; id=20261124T000000;" };
  },
};

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
    if (found.some(({ type }) => ["A", "AAAA", "CNAME"].includes(type))) return undefined;
    return { message: `${host} has no address`, fix: "add it, and serve the policy there over HTTPS" };
  },
};

const tlsRptWithoutRua: Rule = {
  name: "tls-rpt-without-rua",
  grade: "rfc",
  severity: "error",
  title: "A record for SMTP TLS reports says where they go: rua with mailto: or https:.",
  source: "RFC 8460 3",
  judge: ({ record }) => {
    const text = textOf(record) ?? "";
    if (!isTlsRpt(text)) return undefined;
    const rua = /;\s*rua=([^;]*)/.exec(text)?.[1]?.trim() ?? "";
    const good =
      rua !== "" && rua.split(",").every((uri) => /^\s*(mailto:\S+@\S+|https:\/\/\S+)\s*$/.test(uri));
    if (good) return undefined;
    const message = rua === "" ? "no rua says where reports go" : `${rua} is no place for reports`;
    return { key: "text", message, fix: "write v=TLSRPTv1; rua=mailto:reports@example.com" };
  },
};

export const TRANSPORT_RULES: readonly Rule[] = [mtaStsId, mtaStsHost, tlsRptWithoutRua];
