/** Counts what an SPF policy makes a receiver look up (RFC 7208 4.6.4), with a resolver handed in. */
import { isSpf } from "../policies/kinds.ts";
import { readText, type JudgedRecord } from "./judgedRecord.ts";
import type { Asked } from "./askRules.ts";
import { askRules } from "./askRules.ts";
import type { Complaint, LookUp, Rule } from "./rule.ts";
import type { SpfTerm } from "../policies/spfTerms.ts";
import { ASKING, readSpf, workedThrough } from "../policies/spfTerms.ts";
import type { ZoneView } from "./zoneView.ts";

/** Look-ups that a receiver makes for one policy, all includes counted. */
export const MOST_LOOK_UPS = 10;
const MOST_VOID = 2;
/** Hosts of one `mx`. */
const MOST_HOSTS = 10;
/** A receiver stops at ten; a policy that is far beyond is not followed to its end. */
const ENOUGH = 50;

/** Something behind a policy that makes receivers answer permerror to the whole. */
interface Broken {
  readonly message: string;
  readonly fix: string;
}

/** What following a policy cost. */
export interface SpfCost {
  /** Terms that cost a look-up. */
  lookUps: number;
  /** Names that a peer with an IPv4 address finds nothing at. */
  readonly voids: string[];
  /** What is wrong with the policies that it sends receivers to. */
  readonly broken: Broken[];
  /** `mx` terms that find more hosts than receivers look at. */
  readonly manyHosts: Broken[];
  /** Names that nobody answered for. */
  readonly unanswered: Set<string>;
}

/** One count, followed once and shared by all rules. */
interface Walk extends SpfCost {
  readonly lookUp: LookUp;
}

async function answered(
  walk: Walk,
  name: string,
  type: "A" | "MX" | "TXT",
): Promise<readonly string[] | undefined> {
  const { state, values = [] } = await walk.lookUp(name, type);
  if (state === "answer") return values;
  if (state === "nxdomain" || state === "empty") {
    walk.voids.push(name);
    return [];
  }
  walk.unanswered.add(`${name} ${type}`);
  return undefined;
}

/** RFC 7208 5.4: each host of the MX costs a look-up of its own, and more than ten are an error. */
async function askMx(walk: Walk, name: string): Promise<void> {
  const found = (await answered(walk, name, "MX")) ?? [];
  if (found.length > MOST_HOSTS) {
    const message = `${name} has ${found.length} MX records, and receivers stop at ${MOST_HOSTS}`;
    walk.manyHosts.push({ message, fix: "name those that send by a or ip4, in place of mx" });
    return;
  }
  for (const value of found) {
    const host = value.split(" ")[1] ?? "";
    if (host !== "" && host !== ".") await answered(walk, host, "A");
  }
}

/** What is wrong with the terms of another policy, so that it is void, and ours with it. */
function syntaxErrors(terms: readonly SpfTerm[]): string | undefined {
  const faulty = terms.find(({ fault }) => fault !== undefined);
  if (faulty?.fault === undefined) return undefined;
  // Strangers write it, at any length.
  const { text, fault } = faulty;
  return `a syntax error: ${JSON.stringify(text.slice(0, 80))} (${fault.message.slice(0, 160)})`;
}

async function askPolicy(walk: Walk, name: string, above: readonly string[]): Promise<void> {
  // Ours is the first, and names the second: that one the owner can take out.
  const fix = `remove ${above[1] ?? name} from the policy`;
  const broken = (message: string) => {
    walk.broken.push({ message: `${name} ${message}`, fix });
  };
  if (above.includes(name)) {
    broken("leads back to itself");
    return;
  }
  const texts = await answered(walk, name, "TXT");
  if (texts === undefined) return;
  const [policy, second] = texts.filter(isSpf);
  const terms = readSpf(policy);
  const errors = syntaxErrors(terms ?? []);
  if (terms === undefined) broken("has no policy");
  else if (second !== undefined) broken("has two policies");
  else if (errors !== undefined) broken(`has a policy with ${errors}`);
  else await follow(walk, terms, name, [...above, name]);
}

async function askTerm(
  walk: Walk,
  { name, value }: SpfTerm,
  domain: string,
  above: readonly string[],
): Promise<void> {
  const target = (value === "" ? domain : value).toLowerCase().replace(/\.$/, "");
  // Only a receiver can expand a macro, and ptr asks about its peer.
  if (target.includes("%") || name === "ptr") return;
  if (name === "include" || name === "redirect") await askPolicy(walk, target, above);
  else if (name === "mx") await askMx(walk, target);
  else await answered(walk, target, "A");
}

async function follow(
  walk: Walk,
  terms: readonly SpfTerm[],
  domain: string,
  above: readonly string[],
): Promise<void> {
  for (const term of workedThrough(terms)) {
    if (!ASKING.includes(term.name) || term.fault !== undefined) continue;
    if (walk.lookUps >= ENOUGH) return;
    walk.lookUps += 1;
    await askTerm(walk, term, domain, above);
  }
}

/**
 * Follows a policy through every include and redirect, as a receiver does whose peer has an IPv4 address and matches
 * nothing. Most peers have one, and hosts without an IPv6 address are common: over IPv6, more names find nothing.
 *
 * @param domain name that the policy stands at.
 */
export async function spfCost(policy: string, domain: string, lookUp: LookUp): Promise<SpfCost> {
  const walk: Walk = { lookUps: 0, voids: [], broken: [], manyHosts: [], unanswered: new Set(), lookUp };
  await follow(walk, readSpf(policy) ?? [], domain, [domain]);
  return walk;
}

function aboutCost(rule: Omit<Rule, "ask">, judge: (cost: SpfCost) => Complaint | undefined): Rule {
  return {
    ...rule,
    ask: async ({ record }, lookUp, unanswered) => {
      const text = readText(record);
      if (text === undefined || !isSpf(text)) return undefined;
      const cost = await spfCost(text, record.name, lookUp);
      for (const name of cost.unanswered) unanswered.add(name);
      return judge(cost);
    },
  };
}

function tooMany(lookUps: number): Complaint | undefined {
  if (lookUps <= MOST_LOOK_UPS) return undefined;
  const message = `the policy takes ${lookUps >= ENOUGH ? `${ENOUGH} or more` : lookUps} look-ups, and receivers stop at ${MOST_LOOK_UPS}`;
  return { key: "text", message, fix: "replace includes by the addresses behind them, or drop senders" };
}

const lookUpLimit: Rule = {
  ...aboutCost(
    {
      name: "spf-look-ups",
      grade: "rfc",
      severity: "error",
      title: `An SPF policy takes ${MOST_LOOK_UPS} look-ups at most, all includes counted.`,
      source: "RFC 7208 4.6.4",
      audit: "spf",
    },
    ({ lookUps }) => tooMany(lookUps),
  ),
  judge: ({ record }) => {
    const terms = workedThrough(readSpf(readText(record)) ?? []);
    return tooMany(terms.filter(({ name }) => ASKING.includes(name)).length);
  },
};

const voidLimit = aboutCost(
  {
    name: "spf-void-look-ups",
    grade: "rfc",
    severity: "error",
    title: `${MOST_VOID} look-ups of an SPF policy at most find nothing.`,
    source: "RFC 7208 4.6.4",
    audit: "spf",
  },
  ({ voids }) => {
    if (voids.length <= MOST_VOID) return undefined;
    const message = `${voids.length} look-ups find nothing: ${[...new Set(voids)].join(", ")}`;
    return { key: "text", message, fix: "remove the names that are gone" };
  },
);

function pickFirst(broken: readonly Broken[]): Complaint | undefined {
  const messages = [...new Set(broken.map(({ message }) => message))];
  const fixes = [...new Set(broken.map(({ fix }) => fix))];
  if (messages.length === 0) return undefined;
  const message = `${messages.join("; ")}: receivers answer permerror to the whole policy`;
  return { key: "text", message, fix: fixes.join("; ") };
}

/** The names that a policy includes or redirects to, as far as its text tells: only a receiver expands a macro. */
function sentTo(terms: readonly SpfTerm[]): readonly string[] {
  return workedThrough(terms).flatMap(({ name, value, fault }) => {
    if ((name !== "include" && name !== "redirect") || fault !== undefined || value.includes("%")) return [];
    return [value.toLowerCase().replace(/\.$/, "")];
  });
}

/** The way from a policy back to itself over policies that are declared; the name of each on it, the first one again last. */
function wayBack(record: JudgedRecord, { at }: ZoneView): readonly string[] | undefined {
  const targets = (text: string | undefined) => sentTo(readSpf(text) ?? []);
  const seen = new Set<string>();
  const ways = targets(readText(record)).map((name) => [record.name, name]);
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1) ?? "";
    if (last === record.name) return way;
    if (seen.has(last)) continue;
    seen.add(last);
    for (const next of at(last).flatMap((one) => targets(readText(one)))) ways.push([...way, next]);
  }
  return undefined;
}

const brokenIncludeAsked = aboutCost(
  {
    name: "spf-broken-include",
    grade: "rfc",
    severity: "error",
    title: "What an SPF policy includes or redirects to is one policy, without a syntax error or a way back.",
    source: "RFC 7208 4.6, 5.2, 6.1",
    audit: "spf",
  },
  ({ broken }) => pickFirst(broken),
);

/** What is declared tells a circle by itself; all else is asked of the DNS. */
const brokenInclude: Rule = {
  ...brokenIncludeAsked,
  judge: ({ record, zone }) => {
    const way = wayBack(record, zone);
    if (way === undefined) return undefined;
    const message = `the policy leads back to itself (${way.join(" → ")}): receivers answer permerror to it`;
    return {
      key: "text",
      message,
      fix: `remove ${way[1] ?? ""} from it: a policy names other senders alone`,
    };
  },
};

const hostLimit = aboutCost(
  {
    name: "spf-mx-hosts",
    grade: "rfc",
    severity: "error",
    title: `An mx in an SPF policy, or in one that it includes, finds ${MOST_HOSTS} hosts at most.`,
    source: "RFC 7208 4.6.4, 5.4",
    audit: "spf",
  },
  ({ manyHosts }) => pickFirst(manyHosts),
);

export const SPF_LOOK_UP_RULES: readonly Rule[] = [lookUpLimit, voidLimit, hostLimit, brokenInclude];

/**
 * Checks the limits of SPF that only the DNS can tell.
 *
 * @param policy text of the TXT record.
 * @param domain name that it stands at.
 * @param resolver asks the DNS; never a global one. Asked once for each name and type.
 */
export async function checkSpfLookUps(policy: string, domain: string, resolver: LookUp): Promise<Asked> {
  const record = { name: domain, type: "TXT", ttlSeconds: "auto", value: policy } as const;
  return askRules(SPF_LOOK_UP_RULES, record, domain, resolver);
}
