/** From what a server said to what it means for one record set. Pure. */
import { canonicalName, isWithin } from "../../../stack/values/domainName.ts";
import type { Answer } from "../../model/observation.ts";
import type { Outcome } from "./dnsClient.ts";
import { RCODE, typeName, type Reply } from "./message.ts";
import { isData, recordSet } from "./recordValue.ts";

/** Who was asked: a server that must know the zone itself, or a resolver that asks others. */
export type Asked = { readonly role: "authority"; readonly zone: string } | { readonly role: "resolver" };

/** Seconds that the absence is remembered: the lower of the SOA's own TTL and its minimum (RFC 2308 5). */
function readNegativeTtl(reply: Reply): { readonly negativeTtlSeconds?: number } {
  const soa = reply.authorities.find((record) => record.type === "SOA");
  if (soa === undefined) return {};
  return { negativeTtlSeconds: Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0) };
}

/** Owner of the NS records that a reply points on with; absent when it is no referral. */
function findReferral(reply: Reply): string | undefined {
  if (reply.answers.some(isData)) return undefined;
  const ns = reply.authorities.find((record) => typeName(record.type) === "NS");
  return ns === undefined ? undefined : canonicalName(ns.name);
}

/** What stands in the set's place, each with its type: an alias at the name, or servers of a zone cut off below. */
function readInItsPlace(records: Reply["answers"], name: string, type: string): Answer | undefined {
  const set = recordSet(records, name, type);
  return (
    set && {
      state: "answer",
      values: set.values.map((value) => `${type} ${value}`),
      ttlSeconds: set.ttlSeconds,
    }
  );
}

/** A set that lies behind a cut of the asked zone. The cut's own NS set is all that the server has to say of it. */
function readBehindCut(reply: Reply, cut: string, name: string, type: string): Answer {
  const own = type === "NS" && cut === name ? recordSet(reply.authorities, name, "NS") : undefined;
  if (own !== undefined) return { state: "answer", ...own };
  return readInItsPlace(reply.authorities, cut, "NS") ?? { state: "empty" };
}

/** No authority, or authority over a zone further up alone: such a server denies all that the asked zone holds. */
function isLame(reply: Reply, asked: Asked): boolean {
  if (asked.role === "authority") {
    const soa = reply.authorities.find((record) => record.type === "SOA");
    return !reply.authoritative || (soa !== undefined && !isWithin(canonicalName(soa.name), asked.zone));
  }
  return !reply.recursionAvailable && !reply.answers.some(isData);
}

function readReply(reply: Reply, asked: Asked, name: string, type: string): Answer {
  switch (reply.rcode) {
    case RCODE.noError:
    case RCODE.nameError:
      break;
    case RCODE.refused:
      return { state: "refused" };
    case RCODE.notAuthoritative:
      return { state: "lame" };
    default:
      return { state: "servfail" };
  }
  const cut = findReferral(reply);
  if (asked.role === "authority" && !reply.authoritative && cut !== undefined) {
    const below = cut !== asked.zone && isWithin(cut, asked.zone) && isWithin(name, cut);
    // A referral upwards, or to the very zone that was asked for, is the word of one who does not have the zone.
    return below ? readBehindCut(reply, cut, name, type) : { state: "lame" };
  }
  if (isLame(reply, asked)) return { state: "lame" };
  const set = recordSet(reply.answers, name, type);
  if (set !== undefined) return { state: "answer", ...set };
  const alias = readInItsPlace(reply.answers, name, "CNAME");
  if (alias !== undefined) return alias;
  return { state: reply.rcode === RCODE.nameError ? "nxdomain" : "empty", ...readNegativeTtl(reply) };
}

/**
 * What an outcome says of the set of this name and type.
 *
 * An alias is not followed: where a `CNAME` stands at the name, the value is `CNAME target`, which no other type's data
 * can equal. A server that cannot be reached, or sends what is no DNS message, gave no answer: `timeout`, `servfail`.
 */
export function readAnswer(outcome: Outcome, asked: Asked, name: string, type: string): Answer {
  switch (outcome.state) {
    case "reply":
      return readReply(outcome.reply, asked, canonicalName(name), type);
    case "malformed":
      return { state: "servfail" };
    case "silent":
    case "no-route":
      return { state: "timeout" };
  }
}
