/** Rules about CAA records, which say who may give certificates (RFC 8659, RFC 8657). */
import type { JudgedRecord } from "./judgedRecord.ts";
import type { Rule } from "./rule.ts";
import type { Issuer, ZoneView } from "./zoneView.ts";
import { climb } from "./zoneView.ts";

/** A CAA record taken apart. */
interface Caa {
  readonly flags: string;
  readonly tag: string;
  readonly value: string;
}

function readCaa({ type, value }: Pick<JudgedRecord, "type" | "value">): Caa | undefined {
  const [, flags, tag, said] = /^(\S+) (\S+) ?([\s\S]*)$/.exec(value) ?? [];
  if (type !== "CAA" || flags === undefined || tag === undefined || said === undefined) return undefined;
  return { flags, tag: tag.toLowerCase(), value: said };
}

/** What is not known, and what is not limited, forbids nothing. */
function agrees(ours: string | undefined, ...allowed: readonly (string | undefined)[]): boolean {
  return ours === undefined || allowed.includes(undefined) || allowed.includes(ours);
}

/** Value of a parameter, which may have blanks round its sign (RFC 8659 4.2). */
function parameter(parameters: readonly string[], name: string): string | undefined {
  const found = parameters.find((one) => one.split("=")[0]?.trim().toLowerCase() === name);
  return found?.slice(found.indexOf("=") + 1).trim();
}

function allows(value: string, issuer: Issuer): boolean {
  const [domain = "", ...parameters] = value.split(";").map((piece) => piece.trim());
  if (domain.toLowerCase() !== issuer.domain) return false;
  const methods = parameter(parameters, "validationmethods")?.split(",");
  const account = parameter(parameters, "accounturi");
  return agrees(issuer.accountUri, account) && (methods === undefined || agrees(issuer.method, ...methods));
}

/** Tag that decides: `issuewild` for a wildcard where there is one, else `issue` (RFC 8659 4.3). */
function decisive(set: readonly Caa[], wildcard: boolean): readonly Caa[] {
  const wild = wildcard ? set.filter(({ tag }) => tag === "issuewild") : [];
  return wild.length > 0 ? wild : set.filter(({ tag }) => tag === "issue");
}

/**
 * Whether the CAA records of one name keep an authority from giving a certificate.
 *
 * @param values canonical data of the set that counts: of the nearest name above that has any (RFC 8659 3).
 * @param wildcard the certificate is for a wildcard.
 */
export function forbidsIssuer(values: readonly string[], issuer: Issuer, wildcard: boolean): boolean {
  const set = values.flatMap((value) => readCaa({ type: "CAA", value }) ?? []);
  const counting = decisive(set, wildcard);
  return counting.length > 0 && !counting.some(({ value }) => allows(value, issuer));
}

/** CAA names of the authorities behind ACME directories. */
const ISSUERS: Readonly<Record<string, string>> = {
  "acme-v02.api.letsencrypt.org": "letsencrypt.org",
  "acme-staging-v02.api.letsencrypt.org": "letsencrypt.org",
  "acme.zerossl.com": "sectigo.com",
  "dv.acme-v02.api.pki.goog": "pki.goog",
  "acme.ssl.com": "ssl.com",
};

/** CAA name of the authority behind an ACME directory; undefined where it is not known. */
export function issuerOf(directoryUrl: string): string | undefined {
  return URL.canParse(directoryUrl) ? ISSUERS[new URL(directoryUrl).hostname] : undefined;
}

/** CAA records that count for a name. */
function countingFor(name: string, zone: ZoneView): readonly JudgedRecord[] {
  const sets = climb(name, zone.apex).map((above) => zone.at(above).filter(({ type }) => type === "CAA"));
  return sets.find((set) => set.length > 0) ?? [];
}

const forbids: Rule = {
  name: "caa-forbids-issuer",
  grade: "rfc",
  severity: "error",
  title: "The CAA records that count for a name of the certificate allow the authority that gives it.",
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
};

/** Tags that there are (IANA, Certification Authority Restriction Properties). */
const TAGS = ["issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc"];

const CRITICAL = 128;

function isCritical({ flags }: Caa): boolean {
  return (Number(flags) & CRITICAL) !== 0;
}

const unknownTag: Rule = {
  name: "caa-unknown-tag",
  grade: "rfc",
  severity: "warning",
  title: `A CAA record has a tag that there is: ${TAGS.join(", ")}.`,
  source: "RFC 8659 4.1, IANA",
  judge: ({ record }) => {
    const caa = readCaa(record);
    if (caa === undefined || TAGS.includes(caa.tag) || isCritical(caa)) return undefined;
    return {
      key: "tag",
      message: `there is no tag ${caa.tag}, so nobody heeds it`,
      fix: "set issue, issuewild or iodef",
    };
  },
};

/** Whether a record is critical and of a tag that nobody knows: it forbids every certificate (RFC 8659 4.5). */
export function forbidsEveryone(value: string): boolean {
  const caa = readCaa({ type: "CAA", value });
  return caa !== undefined && !TAGS.includes(caa.tag) && isCritical(caa);
}

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
  title: "issue and issuewild name an authority with its parameters; iodef is a mailto: or http(s): URL.",
  source: "RFC 8659 4.2, 4.4",
  judge: ({ record }) => {
    const caa = readCaa(record);
    if (caa === undefined) return undefined;
    const { tag } = caa;
    const good =
      tag === "iodef"
        ? /^(mailto:\S+@\S+|https?:\/\/\S+)$/i.test(caa.value)
        : !["issue", "issuewild"].includes(tag) || ISSUE_VALUE.test(caa.value);
    if (good) return undefined;
    const fix = tag === "iodef" ? "write mailto:security@example.com" : "write letsencrypt.org";
    return { key: "value", message: `${JSON.stringify(caa.value)} is no value for ${tag}`, fix };
  },
};

export const CAA_RULES: readonly Rule[] = [value, forbids, unknownTag, criticalUnknown, flags];
