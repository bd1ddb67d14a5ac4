/** Sets that nobody declared: whether they break a declared one. */
import { isWithin } from "../../stack/config/domainName.ts";
import { catchesByWildcard, POLICY_NAMES } from "../../stack/dns/checks/wildcards.ts";
import type { AuditContext, Judgement } from "./auditInput.ts";
import { contextOfCaa, forbiddenByCaa } from "./caa.ts";
import { ignoreLine, removeLines } from "./fixes.ts";
import { MAIL_RULES } from "./mailStrays.ts";
import { breaking, type StrayRule, type StraySet, type ZoneSight } from "./strayRule.ts";
import { isPolicyText } from "./textKinds.ts";
import { listed } from "./words.ts";

/** RFC 1034 3.6.2: an alias stands alone. */
const aliasAlone: StrayRule = ({ name, type }, { desiredAt }) => {
  const here = desiredAt.get(name) ?? [];
  const types = here.map((set) => set.type).join(", ");
  if (type === "CNAME")
    return breaking(here, `an alias stands alone, and ${types} is declared at the same name`);
  const aliases = here.filter((set) => set.type === "CNAME");
  return breaking(aliases, `an alias is declared at this name, and nothing may stand beside it`);
};

/** A host reached over two families by two machines gets its mail astray. */
const otherFamily: StrayRule = ({ name, type }, { desiredAt }) => {
  if (type !== "A" && type !== "AAAA") return undefined;
  const hosts = (desiredAt.get(name) ?? []).filter((set) => set.type === "A" || set.type === "AAAA");
  return breaking(hosts, `${type} is not declared for this host: who prefers it does not reach the server`);
};

function isBelow(name: string, above: string): boolean {
  return name !== above && isWithin(name, above);
}

/** RFC 1034 4.2.1, RFC 6672 2.4: what lies at or below a cut, or below a DNAME, is not answered from this zone. */
const givenAway: StrayRule = ({ name, type }, { desired, context }) => {
  if (name === context.zone && type === "NS") return undefined;
  if (type !== "NS" && type !== "DNAME") return undefined;
  const away = desired.filter((set) => isBelow(set.name, name) || (type === "NS" && set.name === name));
  const names = listed([...new Set(away.map((set) => set.name))]);
  const how = type === "NS" ? "is delegated to other name servers" : "is answered from another name";
  return breaking(away, `${names} ${how} by this record`);
};

const forbidsIssuer: StrayRule = ({ name, type, records }, { caaNames, context }) => {
  if (type !== "CAA") return undefined;
  const values = records.map(({ value }) => value);
  const reason = forbiddenByCaa(values, contextOfCaa(name, context, caaNames));
  return reason === undefined ? undefined : { reason, severity: "warning" };
};

const wildcardCatches: StrayRule = ({ name, type }, { desired, names: existing }) => {
  if (!name.startsWith("*.")) return undefined;
  const caught = desired.filter(
    (set) => (set.type === type || type === "CNAME") && catchesByWildcard(name, set.name, existing),
  );
  const names = listed([...new Set(caught.map((set) => set.name))]);
  return breaking(caught, `the wildcard answers for ${names}, which is not there`);
};

/** A policy or key at names that must not have one, such as `_dmarc` of a subdomain. */
const wildcardTexts: StrayRule = ({ name, type, records }, { context }) => {
  if (type !== "TXT" || !name.startsWith("*.") || !isOfDomain(name.slice(2), context)) return undefined;
  const policies = records.map(({ value }) => value).filter((value) => isPolicyText(name, value));
  if (policies.length === 0) return undefined;
  const reason = `the wildcard answers ${listed(policies)} at every name that does not exist, where nothing may answer`;
  return { reason, severity: "warning" };
};

/** An alias whose texts are somebody else's answers where a text is a policy of the domain. */
const wildcardAlias: StrayRule = ({ name, type }, { names: existing, context }) => {
  if (type !== "CNAME") return undefined;
  const caught = POLICY_NAMES.map((label) => `${label}.${context.domain}`).filter((one) =>
    catchesByWildcard(name, one, existing),
  );
  if (caught.length === 0) return undefined;
  const names = listed(caught).replace("any._domainkey", "every other selector below _domainkey");
  return { reason: `the wildcard answers for ${names} with texts of others`, severity: "warning" };
};

function isOfDomain(name: string, { domain }: AuditContext): boolean {
  return isWithin(name, domain) || isWithin(domain, name);
}

const RULES: readonly StrayRule[] = [
  aliasAlone,
  otherFamily,
  givenAway,
  forbidsIssuer,
  wildcardCatches,
  wildcardTexts,
  wildcardAlias,
  ...MAIL_RULES,
];

/** The verdict on a set that is not declared. */
export function judgeStray(stray: StraySet, sight: ZoneSight): Judgement {
  const { context } = sight;
  for (const rule of RULES) {
    const fault = rule(stray, sight);
    if (fault !== undefined)
      return { verdict: "conflict", ...fault, fix: removeLines(stray.records, context) };
  }
  if (stray.records.every(({ providerOwned }) => providerOwned === true)) {
    return { verdict: "provider-owned", severity: "info", reason: "the provider made it and keeps it" };
  }
  const [first] = stray.records;
  const fix = first === undefined ? {} : { fix: ignoreLine(first, context, false) };
  return { verdict: "stray", severity: "info", reason: "not declared, and it harms nothing", ...fix };
}
