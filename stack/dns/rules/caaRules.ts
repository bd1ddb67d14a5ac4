/** Rules about CAA records, which say who may give certificates (RFC 8659, RFC 8657). */
import { CAA_TAGS, ISSUER_TAGS } from "../types/caa.ts";
import { CRITICAL, decisive, forbidsEveryone, forbidsIssuer, isCaaTag, isCritical, readCaa } from "./caa.ts";
import { harmfulCaa, unmanagedCaa } from "./caaSets.ts";
import type { JudgedRecord } from "./judgedRecord.ts";
import type { Rule } from "./rule.ts";
import type { ZoneView } from "./zoneView.ts";
import { climb } from "./zoneView.ts";

/** CAA records that count for a name. */
function countingFor(name: string, zone: ZoneView): readonly JudgedRecord[] {
  const sets = climb(name, zone.apex).map((above) => zone.at(above).filter(({ type }) => type === "CAA"));
  return sets.find((set) => set.length > 0) ?? [];
}

const forbids: Rule = {
  name: "caa-forbids-issuer",
  grade: "rfc",
  severity: "error",
  title: "The CAA records that count for a name of the certificate allow the CA that gives it.",
  source: "RFC 8659 3, 4.2, 4.3, RFC 8657 4",
  judge: ({ record, zone }) => {
    const { issuer, certificateNames = [] } = zone.facts;
    if (record.type !== "CAA" || issuer === undefined) return undefined;
    const forbidden = certificateNames.find((name) => {
      const wildcard = name.startsWith("*.");
      const set = countingFor(name.replace(/^\*\./, ""), zone);
      const tags = decisive(
        set.flatMap((one) => readCaa(one) ?? []),
        wildcard,
      ).map(({ tag }) => tag);
      const first = set.find((one) => readCaa(one)?.tag === tags[0]);
      return (
        first === record &&
        forbidsIssuer(
          set.map(({ value }) => value),
          issuer,
          wildcard,
        )
      );
    });
    if (forbidden === undefined) return undefined;
    const how = issuer.method === undefined ? "" : ` by ${issuer.method}`;
    const message = `${issuer.domain} may not give the certificate for ${forbidden}${how}`;
    return {
      key: "value",
      message,
      fix: `add a record: 0 ${readCaa(record)?.tag ?? "issue"} ${issuer.domain}`,
    };
  },
  inSet: harmfulCaa,
  unmanaged: unmanagedCaa,
};

const unknownTag: Rule = {
  name: "caa-unknown-tag",
  grade: "rfc",
  severity: "warning",
  title: `A CAA record has a tag that there is: ${CAA_TAGS.join(", ")}.`,
  source: "RFC 8659 4.1, IANA",
  judge: ({ record }) => {
    const caa = readCaa(record);
    if (caa === undefined || isCaaTag(caa.tag) || isCritical(caa)) return undefined;
    return {
      key: "tag",
      message: `there is no tag ${caa.tag}, so nobody heeds it`,
      fix: "set issue, issuewild or iodef",
    };
  },
};

const criticalUnknown: Rule = {
  name: "caa-critical-unknown",
  grade: "rfc",
  severity: "error",
  title:
    "No CAA record with a tag that nobody knows is marked critical, as then nobody may give a certificate.",
  source: "RFC 8659 4.1",
  judge: ({ record }) => {
    const caa = readCaa(record);
    if (caa === undefined || !forbidsEveryone(record.value)) return undefined;
    return {
      key: "tag",
      message: `the tag ${caa.tag} is critical and unknown: no certificate is given`,
      fix: "set the flags to 0",
    };
  },
};

const flags: Rule = {
  name: "caa-flags",
  grade: "rfc",
  severity: "warning",
  title: "The flags of a CAA record are 0 or 128.",
  source: "RFC 8659 4.1.1",
  judge: ({ record }) => {
    const caa = readCaa(record);
    if (caa === undefined || ["0", String(CRITICAL)].includes(caa.flags)) return undefined;
    return { key: "flags", message: `${caa.flags} has no meaning`, fix: "set 0" };
  },
};

/** `letsencrypt.org; accounturi=…`, or nothing before the semicolon, which forbids all. */
const ISSUE_VALUE =
  /^\s*([a-z0-9-]+(\.[a-z0-9-]+)*)?\s*(;\s*([a-z0-9]+=[\x21-\x3a\x3c-\x7e]*\s*(;|$)\s*)*)?$/i;

const value: Rule = {
  name: "caa-value",
  grade: "syntax",
  severity: "error",
  title: `${ISSUER_TAGS.join(", ")} name a CA with its parameters; iodef is a mailto: or http(s): URL.`,
  source: "RFC 8659 4.2, 4.4, RFC 9495 3",
  judge: ({ record }) => {
    const caa = readCaa(record);
    if (caa === undefined) return undefined;
    const { tag } = caa;
    const good =
      tag === "iodef"
        ? /^(mailto:\S+@\S+|https?:\/\/\S+)$/i.test(caa.value)
        : !ISSUER_TAGS.includes(tag) || ISSUE_VALUE.test(caa.value);
    if (good) return undefined;
    const fix = tag === "iodef" ? "write mailto:security@example.com" : "write letsencrypt.org";
    return { key: "value", message: `${JSON.stringify(caa.value)} is no value for ${tag}`, fix };
  },
};

export const CAA_RULES: readonly Rule[] = [value, forbids, unknownTag, criticalUnknown, flags];
