/** The server's names as other mail servers check them: reverse names, greeting, and the return path's alias. */
import ipaddr from "ipaddr.js";
import { hasSpoken, type Answer, type AuditCheck, type Severity } from "../observation.ts";
import { REPAIR } from "../fixes.ts";
import type { Recursion } from "../lookUp/resolvers.ts";
import { answerWords } from "../words.ts";

/** What the plan says of the server's names. */
export interface ServerNames {
  /** Addresses of the server; a family it does not have is absent. */
  readonly addresses: { readonly ipv4?: string; readonly ipv6?: string };
  /** Name that the reverse names bear: the MX's. */
  readonly ptr: string;
  /** Names that it greets with: the mail host, and the queue. */
  readonly helo: readonly string[];
  /** Alias of the return path with its target; absent when it is not planned. */
  readonly bounces?: { readonly name: string; readonly target: string };
}

const FAMILIES = [
  ["ipv4", "A", "reverse-v4"],
  ["ipv6", "AAAA", "reverse-v6"],
] as const;

/** How far an alias is followed. */
const LONGEST_CHAIN = 8;

/** Name that holds an address's PTR (RFC 1035 3.5, RFC 3596 2.5), without a final dot. */
export function reverseName(address: string): string {
  const parsed = ipaddr.parse(address);
  const bytes = parsed.toByteArray();
  if (parsed.kind() === "ipv4") return `${bytes.reverse().join(".")}.in-addr.arpa`;
  const digits = Buffer.from(bytes).toString("hex").split("").reverse();
  return `${digits.join(".")}.ip6.arpa`;
}

function valuesOf(answer: Answer): readonly string[] {
  return answer.state === "answer" ? answer.values : [];
}

/** Asks for addresses and follows aliases, as every mail server does. */
async function addressesOf(recursion: Recursion, name: string, type: "A" | "AAAA"): Promise<Answer> {
  let at = name;
  for (let step = 0; step < LONGEST_CHAIN; step += 1) {
    const answer = await recursion.answer(at, type);
    const alias = valuesOf(answer).find((value) => value.startsWith("CNAME "));
    if (alias === undefined) return answer;
    at = alias.slice("CNAME ".length);
  }
  return { state: "servfail" };
}

async function checkReverse(
  recursion: Recursion,
  { address, type, check, ptr }: { address: string; type: "A" | "AAAA"; check: string; ptr: string },
): Promise<AuditCheck> {
  const base = { check, subject: address };
  const say = (state: AuditCheck["state"], severity: Severity, seen: string, fix?: string): AuditCheck => ({
    ...{ ...base, state, severity, seen },
    ...(fix === undefined ? {} : { fix }),
  });
  const answer = await recursion.answer(reverseName(address), "PTR");
  if (!hasSpoken(answer)) return say("unknown", "warning", `the resolver ${answerWords(answer, "PTR")}`);
  const names = valuesOf(answer);
  if (names.length === 0)
    return say("bad", "critical", "has no reverse name: large providers refuse its mail", REPAIR);
  if (names.length > 1 || names[0] !== ptr) {
    const seen = `its reverse name is ${names.join(", ")}, declared is ${ptr}`;
    return say("bad", "critical", seen, REPAIR);
  }
  const forward = await addressesOf(recursion, ptr, type);
  if (!hasSpoken(forward)) return say("unknown", "warning", `the resolver ${answerWords(forward, type)}`);
  if (valuesOf(forward).includes(address)) return say("ok", "info", `${ptr}, which names it back`);
  const seen = `${ptr} does not name it back (${type}: ${valuesOf(forward).join(", ") || "none"})`;
  return say("bad", "critical", seen, REPAIR);
}

async function checkHelo(recursion: Recursion, name: string, names: ServerNames): Promise<AuditCheck> {
  const base = { check: "helo", subject: name } as const;
  const wanted = FAMILIES.flatMap(([family, type]) => {
    const address = names.addresses[family];
    return address === undefined ? [] : [{ address, type }];
  });
  const answers = await Promise.all(
    wanted.map(async ({ address, type }) => ({
      address,
      answer: await addressesOf(recursion, name, type),
    })),
  );
  const missing = answers.filter(({ address, answer }) => !valuesOf(answer).includes(address));
  if (missing.length === 0) {
    const seen = `leads to ${answers.map(({ address }) => address).join(" and ")}`;
    return { ...base, state: "ok", severity: "info", seen };
  }
  const list = missing.map(({ address }) => address).join(" and ");
  if (missing.every(({ answer }) => !hasSpoken(answer))) {
    return {
      ...base,
      state: "unknown",
      severity: "warning",
      seen: `no resolver told whether it leads to ${list}`,
    };
  }
  const seen = `greets others with this name, which does not lead to ${list}`;
  return { ...base, state: "bad", severity: "warning", seen, fix: REPAIR };
}

async function checkBounces(
  recursion: Recursion,
  { name, target }: { readonly name: string; readonly target: string },
): Promise<AuditCheck> {
  const base = { check: "bounces", subject: name } as const;
  const answer = await recursion.answer(name, "CNAME");
  if (!hasSpoken(answer)) {
    return {
      ...base,
      state: "unknown",
      severity: "warning",
      seen: `the resolver ${answerWords(answer, "CNAME")}`,
    };
  }
  if (valuesOf(answer).includes(target)) {
    return { ...base, state: "ok", severity: "info", seen: `is an alias of ${target}` };
  }
  const seen = `is no alias of ${target}, as it must be before any mail leaves`;
  return { ...base, state: "bad", severity: "critical", seen, fix: REPAIR };
}

/** Checks reverse names of both families, forward-confirmed (RFC 8499 "FCrDNS"), greeting names and return path. */
export async function checkServerNames(recursion: Recursion, names: ServerNames): Promise<AuditCheck[]> {
  const { addresses, ptr, helo, bounces } = names;
  const reverse = FAMILIES.flatMap(([family, type, check]) => {
    const address = addresses[family];
    return address === undefined ? [] : [checkReverse(recursion, { address, type, check, ptr })];
  });
  return Promise.all([
    ...reverse,
    ...[...new Set(helo)].map((name) => checkHelo(recursion, name, names)),
    ...(bounces === undefined ? [] : [checkBounces(recursion, bounces)]),
  ]);
}
