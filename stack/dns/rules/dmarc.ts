/** Rules about DMARC policies (RFC 9989, which replaced RFC 7489 in 2026). */
import { registrableDomain } from "../../values/domainName.ts";
import { nearest } from "../../values/nearest.ts";
import { isDmarc } from "../policies/kinds.ts";
import type { Asked } from "./askRules.ts";
import { askRules } from "./askRules.ts";
import { readText } from "./judgedRecord.ts";
import type { LookUp, Place, Rule } from "./rule.ts";
import { aboutText } from "./rule.ts";
import type { Tags } from "../policies/tagList.ts";
import { readTags, shown, trimmed } from "../policies/tagList.ts";

/** Tags of a policy; a record that lets a foreign domain send its reports here looks the same and is none. */
function readPolicy({ record }: Place): Tags | undefined {
  const text = readText(record);
  if (text === undefined || !isDmarc(text) || record.name.includes("._report._dmarc.")) return undefined;
  return readTags(text);
}

const aboutPolicy = aboutText(readPolicy);

/** Policies from the weakest to the strictest. */
const POLICIES = ["none", "quarantine", "reject"];

/** What the values of the known tags may be. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  p: POLICIES,
  sp: POLICIES,
  np: POLICIES,
  adkim: ["r", "s"],
  aspf: ["r", "s"],
  psd: ["y", "n", "u"],
  t: ["y", "n"],
  fo: ["0", "1", "d", "s", "d:s", "s:d"],
};

const syntax = aboutPolicy(
  {
    name: "dmarc-syntax",
    grade: "syntax",
    severity: "error",
    title: "A DMARC policy is a list of tags with p, each with a value that there is.",
    source: "RFC 9989 4.7",
  },
  (tags) => {
    const message = dmarcFault(tags);
    return message === undefined
      ? undefined
      : { message, fix: "write v=DMARC1; p=quarantine; rua=mailto:reports@example.com" };
  },
);

/** What is wrong with the tags of a policy, but for the places where reports go. */
export function dmarcFault({ values, broken }: Tags): string | undefined {
  if (broken !== undefined) return `${shown(broken)} is no tag, or there for the second time`;
  if (!values.has("p")) return "there is no p, which holds the policy";
  const bad = [...values].find(([tag, value]) => VALUES[tag]?.includes(value.toLowerCase()) === false);
  return bad && `${bad.join("=")} is not allowed`;
}

/** A size limit behind a place for reports. */
const LIMIT = /![0-9]+[kmgt]?$/i;

function findLimit(uri: string): readonly string[] {
  return LIMIT.exec(uri.trim()) ?? [];
}

/** Tags of RFC 7489 that RFC 9989 removed. */
const REMOVED = ["pct", "rf", "ri"];

const removedTags = aboutPolicy(
  {
    name: "dmarc-removed-tag",
    grade: "rfc",
    severity: "warning",
    title:
      "A DMARC policy has nothing that is gone: pct, rf, ri, size limits. Forward Email refuses to send under pct.",
    source: "RFC 9989 appendix C",
  },
  ({ values }) => {
    const limits = ["rua", "ruf"].flatMap((tag) => values.get(tag)?.split(",") ?? []).flatMap(findLimit);
    const found = [...REMOVED.filter((tag) => values.has(tag)), ...limits];
    if (found.length === 0) return undefined;
    return {
      message: `${found.join(" and ")} ${found.length === 1 ? "is" : "are"} gone`,
      fix: `remove ${found.join(", ")}`,
    };
  },
);

const KNOWN = ["v", "rua", "ruf", ...Object.keys(VALUES), ...REMOVED];

const unknownTag = aboutPolicy(
  {
    name: "dmarc-unknown-tag",
    grade: "rfc",
    severity: "warning",
    title: "A DMARC policy has no tag that nobody knows; capital letters make another tag.",
    source: "RFC 9989 4.7, RFC 6376 3.2",
  },
  ({ order }) => {
    const unknown = order.find((tag) => !KNOWN.includes(tag));
    if (unknown === undefined) return undefined;
    const meant =
      KNOWN.find((tag) => tag === unknown.toLowerCase()) ?? nearest(unknown, ["rua", "ruf", "adkim", "aspf"]);
    const fix = meant === undefined ? `remove ${unknown}` : `write it as ${meant}, or remove it`;
    return { message: `nobody knows the tag ${unknown}, so it counts for nothing`, fix };
  },
);

const policyNone = aboutPolicy(
  {
    name: "dmarc-policy-none",
    grade: "best-practice",
    severity: "warning",
    title: "A DMARC policy asks for more than to be told (p=none).",
    source: "RFC 9989 4.7",
  },
  ({ values }) =>
    values.get("p")?.toLowerCase() === "none"
      ? {
          message: "mail that fails is delivered all the same",
          fix: "set quarantine once reports show no mail of yours failing",
        }
      : undefined,
);

function strength(value: string | undefined): number {
  return POLICIES.indexOf((value ?? "").toLowerCase());
}

const weakerBelow = aboutPolicy(
  {
    name: "dmarc-weaker-below",
    grade: "best-practice",
    severity: "warning",
    title: "The DMARC policies for subdomains, sp and np, are no weaker than p.",
    source: "RFC 9989 4.7",
  },
  ({ values }) => {
    const weaker = ["sp", "np"].find(
      (tag) => values.has(tag) && strength(values.get(tag)) < strength(values.get("p")),
    );
    if (weaker === undefined) return undefined;
    const message = `${weaker}=${values.get(weaker) ?? ""} is weaker than p=${values.get("p") ?? ""}: forgers take a subdomain`;
    return { message, fix: `remove ${weaker}` };
  },
);

/** Where reports go, as written, without the size limit, which those who send reports ignore. */
export function reportUris({ values }: Tags): string[] {
  const written = ["rua", "ruf"].flatMap((tag) => values.get(tag)?.split(",") ?? []);
  return written.map((uri) => trimmed(uri).replace(LIMIT, ""));
}

/** One address; other characters are escaped (RFC 6068 2). */
const MAILTO = /^mailto:(?:%[0-9a-f]{2}|[a-z0-9._~$'*+=&/-])+@([a-z0-9_-]+(?:\.[a-z0-9_-]+)+)$/i;

/** Whether reports can go there. */
export function isReportUri(uri: string): boolean {
  return MAILTO.test(uri);
}

const reportUri = aboutPolicy(
  {
    name: "dmarc-report-uri",
    grade: "syntax",
    severity: "error",
    title: "rua and ruf list addresses as mailto: URIs, with commas between.",
    source: "RFC 9989 4.7, RFC 6068 2",
  },
  (tags) => {
    const bad = reportUris(tags).find((uri) => !isReportUri(uri));
    return bad === undefined
      ? undefined
      : { message: `${shown(bad)} is no mailto: address`, fix: "write mailto:reports@example.com" };
  },
);

/** Whether the foreign domain says that it takes the reports; undefined where nobody answers. */
async function takesReports(domain: string, foreign: string, lookUp: LookUp): Promise<boolean | undefined> {
  const { state, values = [] } = await lookUp(`${domain}._report._dmarc.${foreign}`, "TXT");
  if (state === "answer") return values.some(isDmarc);
  return state === "nxdomain" || state === "empty" ? false : undefined;
}

const foreignReports: Rule = {
  name: "foreign-reports",
  grade: "rfc",
  severity: "warning",
  title: "A foreign domain that gets the reports says that it takes them.",
  source: "RFC 9990, RFC 7489 7.1",
  audit: "dmarc-reports",
  ask: async (place, lookUp, unanswered) => {
    const domain = place.record.name.replace(/^_dmarc\./, "");
    const hosts = reportUris(readPolicy(place) ?? readTags("")).map(
      (uri) => MAILTO.exec(uri)?.[1]?.toLowerCase() ?? domain,
    );
    for (const foreign of new Set(hosts)) {
      if (registrableDomain(foreign) === registrableDomain(domain)) continue;
      const takes = await takesReports(domain, foreign, lookUp);
      const name = `${domain}._report._dmarc.${foreign}`;
      if (takes === undefined) unanswered.add(`${name} TXT`);
      if (takes !== false) continue;
      const message = `${foreign} does not say that it takes reports about ${domain}, so none are sent`;
      return { key: "text", message, fix: `have a TXT record "v=DMARC1" at ${name}` };
    }
    return undefined;
  },
};

export const DMARC_RULES: readonly Rule[] = [
  syntax,
  removedTags,
  unknownTag,
  policyNone,
  weakerBelow,
  reportUri,
  foreignReports,
];

/**
 * Checks that foreign domains take the DMARC reports.
 *
 * @param policy text of the TXT record.
 * @param domain domain that the policy is for, without `_dmarc.`.
 * @param resolver asks the DNS; never a global one.
 */
export async function checkForeignReports(policy: string, domain: string, resolver: LookUp): Promise<Asked> {
  const record = { name: `_dmarc.${domain}`, type: "TXT", ttlSeconds: "auto", value: policy } as const;
  return askRules([foreignReports], record, domain, resolver);
}
