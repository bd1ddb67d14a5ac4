/** The server's names as other mail servers check them: reverse names, greeting, and the return path's alias. */
import ipaddr from "ipaddr.js";
import { hasSpoken, type Answer, type AuditCheck, type Severity } from "../../model/observation.ts";
import { writeDig, REPAIR } from "../fixes/fixes.ts";
import { followAliases, type AnswerSource, type CachedAndFresh } from "../../model/answerSource.ts";
import { describeAnswer } from "../../model/describeAnswer.ts";
import type { ServerNames } from "../../model/serverNames.ts";
import { judgeTwice } from "./judgeTwice.ts";

const FAMILIES = [
  ["ipv4", "A", "reverse-v4"],
  ["ipv6", "AAAA", "reverse-v6"],
] as const;

/** Name that holds an address's PTR (RFC 1035 3.5, RFC 3596 2.5), without a final dot. */
export function writeReverseName(address: string): string {
  const parsed = ipaddr.parse(address);
  const bytes = parsed.toByteArray();
  if (parsed.kind() === "ipv4") return `${bytes.reverse().join(".")}.in-addr.arpa`;
  const digits = Buffer.from(bytes).toString("hex").split("").reverse();
  return `${digits.join(".")}.ip6.arpa`;
}

function readValues(answer: Answer): readonly string[] {
  return answer.state === "answer" ? answer.values : [];
}

type Words = readonly [state: "bad" | "unknown", severity: Severity, seen: string, fix: string];

function makeFaultCheck(
  base: Pick<AuditCheck, "check" | "subject">,
  [state, severity, seen, fix]: Words,
): AuditCheck {
  return { ...base, state, severity, seen, fix };
}

function makeOkCheck(base: Pick<AuditCheck, "check" | "subject">, seen: string): AuditCheck {
  return { ...base, state: "ok", severity: "info", seen };
}

/** A resolver had no word on it. */
function describeSilence(answer: Answer, name: string, type: string, source: AnswerSource): Words {
  return [
    "unknown",
    "warning",
    `the resolver ${describeAnswer(answer, type)}`,
    writeDig(source.byHand, name, type, true),
  ];
}

async function judgeReverse(
  source: AnswerSource,
  { address, type, check, ptr }: { address: string; type: "A" | "AAAA"; check: string; ptr: string },
): Promise<AuditCheck> {
  const base = { check, subject: address };
  const say = (...words: Words): AuditCheck => makeFaultCheck(base, words);
  // A block smaller than /24 is delegated by aliases (RFC 2317).
  const answer = await followAliases(source, writeReverseName(address), "PTR");
  if (!hasSpoken(answer)) return say(...describeSilence(answer, writeReverseName(address), "PTR", source));
  const names = readValues(answer);
  if (names.length === 0)
    return say("bad", "critical", "has no reverse name: large providers refuse its mail", REPAIR);
  if (names.length > 1 || names[0] !== ptr) {
    const seen = `its reverse name is ${names.join(", ")}, declared is ${ptr}`;
    return say("bad", "critical", seen, REPAIR);
  }
  const forward = await followAliases(source, ptr, type);
  if (!hasSpoken(forward)) return say(...describeSilence(forward, ptr, type, source));
  if (readValues(forward).includes(address)) return makeOkCheck(base, `${ptr}, which names it back`);
  const seen = `${ptr} does not name it back (${type}: ${readValues(forward).join(", ") || "none"})`;
  return say("bad", "critical", seen, REPAIR);
}

async function judgeHelo(source: AnswerSource, name: string, names: ServerNames): Promise<AuditCheck> {
  const base = { check: "helo", subject: name } as const;
  const wanted = FAMILIES.flatMap(([family, type]) => {
    const address = names.addresses[family];
    return address === undefined ? [] : [{ address, type }];
  });
  const answers = await Promise.all(
    wanted.map(async ({ address, type }) => {
      return { address, type, answer: await followAliases(source, name, type) };
    }),
  );
  const missing = answers.filter(({ address, answer }) => !readValues(answer).includes(address));
  const wrong = missing.filter(({ answer }) => hasSpoken(answer));
  const list = (some: typeof answers): string => some.map(({ address }) => address).join(" and ");
  if (wrong.length > 0) {
    const seen = `greets others with this name, which does not lead to ${list(wrong)}`;
    return makeFaultCheck(base, ["bad", "warning", seen, REPAIR]);
  }
  const [first] = missing;
  if (first === undefined) return makeOkCheck(base, `leads to ${list(answers)}`);
  const seen = `no resolver told whether it leads to ${list(missing)}`;
  return makeFaultCheck(base, ["unknown", "warning", seen, writeDig(source.byHand, name, first.type, true)]);
}

async function judgeBounces(
  source: AnswerSource,
  { name, target }: { readonly name: string; readonly target: string },
): Promise<AuditCheck> {
  const base = { check: "bounces", subject: name } as const;
  const answer = await source.answer(name, "CNAME");
  if (!hasSpoken(answer)) return makeFaultCheck(base, describeSilence(answer, name, "CNAME", source));
  if (readValues(answer).includes(target)) return makeOkCheck(base, `is an alias of ${target}`);
  const seen = `is no alias of ${target}, as it must be before any mail leaves`;
  return makeFaultCheck(base, ["bad", "critical", seen, REPAIR]);
}

/**
 * Judges reverse names of both families, forward-confirmed (RFC 8499 "FCrDNS"), greeting names and return path. What is
 * wrong in a resolver's memory alone is on its way.
 */
export async function judgeServerNames(sources: CachedAndFresh, names: ServerNames): Promise<AuditCheck[]> {
  const { addresses, ptr, helo, bounces } = names;
  const looks = [
    ...FAMILIES.flatMap(([family, type, check]) => {
      const address = addresses[family];
      if (address === undefined) return [];
      return [(source: AnswerSource) => judgeReverse(source, { address, type, check, ptr })];
    }),
    ...[...new Set(helo)].map((name) => (source: AnswerSource) => judgeHelo(source, name, names)),
    ...(bounces === undefined ? [] : [(source: AnswerSource) => judgeBounces(source, bounces)]),
  ];
  return Promise.all(looks.map((look) => judgeTwice(sources, look)));
}
