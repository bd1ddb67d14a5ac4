/** Sets that nobody declared: whether they break a declared one. */
import { isWithin } from "../../stack/config/domainName.ts";
import { catchesByWildcard } from "../../stack/dns/checks/wildcards.ts";
import type { ProviderRecord } from "../../stack/dns/zoneRecord.ts";
import type { AuditContext, Judgement } from "./auditInput.ts";
import { contextOfCaa, forbiddenByCaa } from "./caa.ts";
import { ignoreLine, removeLines } from "./fixes.ts";
import type { DesiredSet, Severity } from "./observation.ts";
import { severityOf, worst } from "./severity.ts";
import { isPolicyText } from "./textKinds.ts";
import { listed } from "./words.ts";

/** A set of the zone that is not declared. */
export interface StraySet {
  readonly name: string;
  readonly type: string;
  /** At least one. */
  readonly records: readonly ProviderRecord[];
}

/** The zone that strays are seen against. */
export interface ZoneSight {
  readonly desired: readonly DesiredSet[];
  readonly desiredAt: ReadonlyMap<string, readonly DesiredSet[]>;
  /** Names that exist in the zone, with those above them. */
  readonly names: ReadonlySet<string>;
  /** Names that hold CAA records. */
  readonly caaNames: ReadonlySet<string>;
  readonly context: AuditContext;
}

interface Break {
  readonly reason: string;
  readonly severity: Severity;
}

type Rule = (stray: StraySet, sight: ZoneSight) => Break | undefined;

function breaking(sets: readonly DesiredSet[], reason: string): Break | undefined {
  return sets.length === 0 ? undefined : { reason, severity: worst(sets.map(severityOf)) };
}

/** RFC 1034 3.6.2: an alias stands alone. */
const aliasAlone: Rule = ({ name, type }, { desiredAt }) => {
  const here = desiredAt.get(name) ?? [];
  const types = here.map((set) => set.type).join(", ");
  if (type === "CNAME")
    return breaking(here, `an alias stands alone, and ${types} is declared at the same name`);
  const aliases = here.filter((set) => set.type === "CNAME");
  return breaking(aliases, `an alias is declared at this name, and nothing may stand beside it`);
};

/** A host reached over two families by two machines gets its mail astray. */
const otherFamily: Rule = ({ name, type }, { desiredAt }) => {
  if (type !== "A" && type !== "AAAA") return undefined;
  const hosts = (desiredAt.get(name) ?? []).filter((set) => set.type === "A" || set.type === "AAAA");
  return breaking(hosts, `${type} is not declared for this host: who prefers it does not reach the server`);
};

function isBelow(name: string, above: string): boolean {
  return name !== above && isWithin(name, above);
}

/** RFC 1034 4.2.1, RFC 6672 2.4: what lies at or below a cut, or below a DNAME, is not answered from this zone. */
const givenAway: Rule = ({ name, type }, { desired, context }) => {
  if (name === context.zone && type === "NS") return undefined;
  if (type !== "NS" && type !== "DNAME") return undefined;
  const away = desired.filter((set) => isBelow(set.name, name) || (type === "NS" && set.name === name));
  const names = listed([...new Set(away.map((set) => set.name))]);
  const how = type === "NS" ? "is delegated to other name servers" : "is answered from another name";
  return breaking(away, `${names} ${how} by this record`);
};

const forbidsIssuer: Rule = ({ name, type, records }, { caaNames, context }) => {
  if (type !== "CAA") return undefined;
  const values = records.map(({ value }) => value);
  const reason = forbiddenByCaa(values, contextOfCaa(name, context, caaNames));
  return reason === undefined ? undefined : { reason, severity: "warning" };
};

const wildcardCatches: Rule = ({ name, type, records }, { desired, names: existing, context }) => {
  if (!name.startsWith("*.")) return undefined;
  const encloser = name.slice(2);
  const caught = desired.filter(
    (set) => (set.type === type || type === "CNAME") && catchesByWildcard(name, set.name, existing),
  );
  const names = listed([...new Set(caught.map((set) => set.name))]);
  const fault = breaking(caught, `the wildcard answers for ${names}, which is not there`);
  if (fault !== undefined || type !== "TXT") return fault;
  // A policy or key at names that must not have one, such as `_dmarc` of a subdomain.
  const policies = records.map(({ value }) => value).filter((value) => isPolicyText(name, value));
  if (policies.length === 0 || !isOfDomain(encloser, context)) return undefined;
  const reason = `the wildcard answers ${listed(policies)} at every name that does not exist, where nothing may answer`;
  return { reason, severity: "warning" };
};

function isOfDomain(name: string, { domain }: AuditContext): boolean {
  return isWithin(name, domain) || isWithin(domain, name);
}

const RULES: readonly Rule[] = [aliasAlone, otherFamily, givenAway, forbidsIssuer, wildcardCatches];

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
