/** Rules about names that no wildcard may answer for. */
import { leadsToAddress } from "../types/recordData.ts";
import { isWithin } from "../../values/domainName.ts";
import { listed } from "../../values/sentence.ts";
import { breaking, warning } from "./foreign.ts";
import type { JudgedRecord } from "./judgedRecord.ts";
import { isPolicyText } from "./fewOfAKind.ts";
import type { Rule } from "./rule.ts";
import { catchesByWildcard, POLICY_NAMES, synthesised } from "./wildcards.ts";
import type { ZoneView } from "./zoneView.ts";
import { climb } from "./zoneView.ts";

/** How far an alias is followed. */
const LONGEST_CHAIN = 8;

/** Texts that a name of this zone answers with, aliases followed; undefined where others have a say. */
function textsAt(name: string, zone: ZoneView, steps = LONGEST_CHAIN): readonly string[] | undefined {
  const away = climb(name, zone.apex).some((above) =>
    zone.at(above).some(({ type }) => type === "DNAME" || (type === "NS" && above !== zone.apex)),
  );
  if (steps === 0 || away || !isWithin(name, zone.apex)) return undefined;
  const here = zone.names.has(name) ? zone.at(name) : synthesised(name, zone);
  const alias = here.find(({ type }) => type === "CNAME");
  if (alias !== undefined) return textsAt(alias.value, zone, steps - 1);
  const texts = here.filter(({ type }) => type === "TXT");
  return texts.some(({ unknown }) => unknown === true) ? undefined : texts.map(({ value }) => value);
}

/** Whether a text may be taken for a policy or for a key, which needs no version (RFC 6376 3.6.1), wherever it is answered. */
function mayBePolicy(text: string): boolean {
  return isPolicyText("", text) || /(^|;)\s*p\s*=/.test(text);
}

/** Whether a wildcard's record may give a policy or key to a name that it answers for. */
function givesPolicies({ name, type, value }: JudgedRecord, zone: ZoneView): boolean {
  if (type === "TXT") return isPolicyText(name, value);
  if (type !== "CNAME") return false;
  // An alias whose texts are known gives those, and texts of no kind are no policy wherever they are answered.
  return textsAt(value, zone)?.some(mayBePolicy) ?? true;
}

/** Names at which a text is a policy of the domain, and that this wildcard answers for. */
function caughtPolicies(wildcard: string, { facts, names }: ZoneView): string[] {
  return POLICY_NAMES.map((label) => `${label}.${facts.domain}`).filter((one) =>
    catchesByWildcard(wildcard, one, names),
  );
}

function inWords(name: string): string {
  return name.replace(/^any\._domainkey/, "every other DKIM selector, such as any._domainkey");
}

const wildcardCatches: Rule = {
  name: "wildcard-catches",
  grade: "best-practice",
  severity: "warning",
  title:
    "No wildcard answers for _dmarc, _mta-sts, _smtp._tls and DKIM selectors with a policy or with texts of others, nor for mta-sts in use.",
  source: "RFC 4592 2.2.1, RFC 8461 3.1, RFC 9989",
  judge: ({ record, zone }) => {
    const { domain } = zone.facts;
    const inUse = zone.names.has(`_mta-sts.${domain}`) && leadsToAddress(record.type);
    const host = `mta-sts.${domain}`;
    const caught = [
      ...(givesPolicies(record, zone) ? caughtPolicies(record.name, zone) : []),
      ...(inUse && catchesByWildcard(record.name, host, zone.names) ? [host] : []),
    ];
    const [first] = caught;
    if (first === undefined) return undefined;
    const message = `${inWords(first)} is answered from the wildcard ${record.name}`;
    return { key: "name", message, fix: "name the hosts that you want one by one" };
  },
  unmanaged: ({ name, type, records }, { zone }) => {
    if (!name.startsWith("*.")) return undefined;
    const giving = records.filter((record) => givesPolicies(record, zone));
    if (giving.length === 0) return undefined;
    const { domain } = zone.facts;
    const parent = name.slice(2);
    if (type === "TXT" && (isWithin(parent, domain) || isWithin(domain, parent))) {
      const values = listed(giving.map(({ value }) => value));
      return warning(
        `the wildcard answers ${values} at every name that does not exist, where nothing may answer`,
      );
    }
    const caught = caughtPolicies(name, zone);
    if (caught.length === 0) return undefined;
    const names = listed(caught).replace("any._domainkey", "every other selector below _domainkey");
    return warning(
      `the wildcard answers for ${names} with texts of ${listed(giving.map(({ value }) => value))}`,
    );
  },
};

/** What is declared and not there is answered by others meanwhile. */
const wildcardInstead: Rule = {
  name: "wildcard-in-the-place",
  grade: "rfc",
  severity: "error",
  title: "No wildcard of others answers in the place of a declared name that is not there.",
  source: "RFC 4592 2.2.1",
  unmanaged: ({ name, type }, { desired, zone }) => {
    if (!name.startsWith("*.")) return undefined;
    const caught = desired.filter(
      (set) => (set.type === type || type === "CNAME") && catchesByWildcard(name, set.name, zone.names),
    );
    const names = listed([...new Set(caught.map((set) => set.name))]);
    return breaking(caught, `the wildcard answers for ${names}, which is not there`);
  },
};

export const WILDCARD_RULES: readonly Rule[] = [wildcardInstead, wildcardCatches];
