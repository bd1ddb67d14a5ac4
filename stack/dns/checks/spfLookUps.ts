/** Counts what an SPF policy makes a receiver look up (RFC 7208 4.6.4), with a resolver handed in. */
import { isSpf } from "../policies/kinds.ts";
import { textOf } from "./judgedRecord.ts";
import type { Asked } from "./askRules.ts";
import { askRules } from "./askRules.ts";
import type { Complaint, LookUp, Rule } from "./rule.ts";
import type { SpfTerm } from "./spfTerms.ts";
import { ASKING, readSpf, workedThrough } from "./spfTerms.ts";

/** Look-ups that a receiver makes for one policy, all includes counted. */
export const MOST_LOOK_UPS = 10;
const MOST_VOID = 2;
/** A receiver stops at ten; a policy that is far beyond is not followed to its end. */
const ENOUGH = 50;

/** What following a policy cost. */
export interface SpfCost {
  /** Terms that cost a look-up. */
  lookUps: number;
  /** Names that did not exist or had no such record. */
  readonly voids: string[];
  /** Included domains that have no policy, or two, or one that includes itself. */
  readonly broken: string[];
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
  type: "A" | "AAAA" | "MX" | "TXT",
): Promise<readonly string[] | undefined> {
  const { state, values = [] } = await walk.lookUp(name, type);
  if (state === "answer") return values;
  if (state === "nxdomain" || state === "empty") return [];
  walk.unanswered.add(`${name} ${type}`);
  return undefined;
}

/** `a`, `exists` and `mx`: an address of either family is enough. */
async function askHost(walk: Walk, name: string, type: "A" | "MX"): Promise<void> {
  const found = await answered(walk, name, type);
  if (found?.length !== 0) return;
  const second = type === "A" ? await answered(walk, name, "AAAA") : [];
  if (second?.length === 0) walk.voids.push(name);
}

async function askPolicy(walk: Walk, name: string, above: readonly string[]): Promise<void> {
  if (above.includes(name)) {
    walk.broken.push(`${name} includes itself`);
    return;
  }
  const texts = await answered(walk, name, "TXT");
  if (texts === undefined) return;
  if (texts.length === 0) walk.voids.push(name);
  const policies = texts.filter(isSpf);
  const [policy] = policies;
  if (policies.length !== 1)
    walk.broken.push(`${name} has ${policies.length === 0 ? "no policy" : "two policies"}`);
  else await follow(walk, readSpf(policy) ?? [], name, [...above, name]);
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
  else await askHost(walk, target, name === "mx" ? "MX" : "A");
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
 * Follows a policy through every include and redirect, as a receiver does whose peer matches nothing.
 *
 * @param domain name that the policy stands at.
 */
export async function spfCost(policy: string, domain: string, lookUp: LookUp): Promise<SpfCost> {
  const walk: Walk = { lookUps: 0, voids: [], broken: [], unanswered: new Set(), lookUp };
  await follow(walk, readSpf(policy) ?? [], domain, [domain]);
  return walk;
}

function aboutCost(rule: Omit<Rule, "ask">, judge: (cost: SpfCost) => Complaint | undefined): Rule {
  return {
    ...rule,
    ask: async ({ record }, lookUp, unanswered) => {
      const text = textOf(record);
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
    const terms = workedThrough(readSpf(textOf(record)) ?? []);
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
    const message = `${voids.length} look-ups find nothing: ${voids.join(", ")}`;
    return { key: "text", message, fix: "remove the names that are gone" };
  },
);

const brokenInclude = aboutCost(
  {
    name: "spf-broken-include",
    grade: "rfc",
    severity: "error",
    title: "Each domain that an SPF policy includes has exactly one policy, and none includes itself.",
    source: "RFC 7208 5.2, 6.1",
    audit: "spf",
  },
  ({ broken }) =>
    broken[0] === undefined
      ? undefined
      : {
          key: "text",
          message: `${broken[0]}, which makes the whole policy an error`,
          fix: "remove the include",
        },
);

export const SPF_LOOK_UP_RULES: readonly Rule[] = [lookUpLimit, voidLimit, brokenInclude];

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
