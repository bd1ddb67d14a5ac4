/** Whether the zone is signed, and the zone above knows its key (RFC 4035 2.4). */
import type { DsData } from "dns-packet";
import { writeDigTrace } from "../fixes/fixes.ts";
import type { DnssecSeen, KeysAt } from "../../model/dnssec.ts";
import type { AuditCheck, CheckResult } from "../../model/observation.ts";
import { computeDs, writeDs, matchesKey } from "./dsDigest.ts";

/** Secure entry point (RFC 4034 2.1.1): the key that a DS means. */
const SEP = 1;

function findBroken(zone: string, ds: readonly DsData[], keys: readonly KeysAt[]): CheckResult | undefined {
  // A server without the key breaks the zone for all who happen to ask it.
  const broken = keys.filter(
    (at) => !ds.some((record) => at.keys.some((key) => matchesKey(zone, record, key) !== false)),
  );
  if (broken.length === 0) return undefined;
  const [record] = ds;
  const tags = ds.map(({ keyTag: tag }) => tag).join(", ");
  return {
    state: "bad",
    severity: "critical",
    seen: `the zone above has a DS for key ${tags}, and no such key is at ${broken.map(({ server }) => server).join(", ")}: validating resolvers answer SERVFAIL`,
    fix: `at the registrar of ${zone}, remove the DS record ${record === undefined ? "" : writeDs(record)}, or switch DNSSEC on at the DNS provider and enter its DS`,
  };
}

function judgePending(zone: string, keys: readonly KeysAt[]): CheckResult {
  const all = keys.flatMap((at) => at.keys);
  const key = all.find(({ flags }) => (flags & SEP) === SEP) ?? all[0];
  const ds = key && computeDs(zone, key);
  return {
    state: "propagating",
    severity: "info",
    seen: "signed, but the zone above has no DS yet: nobody validates it",
    fix: `at the registrar of ${zone}, add the DS record ${ds === undefined ? "" : writeDs(ds)}`,
  };
}

function judgeChain(zone: string, ds: readonly DsData[], keys: readonly KeysAt[]): CheckResult | undefined {
  const isSigned = keys.some((at) => at.keys.length > 0);
  if (ds.length > 0) return findBroken(zone, ds, keys);
  return isSigned
    ? judgePending(zone, keys)
    : { state: "ok", severity: "info", seen: "not signed, and no DS" };
}

/** Not signed, in order, waiting for its DS (pending), or broken. */
export function judgeDnssec(zone: string, { ds, keys, failing, validating }: DnssecSeen): AuditCheck {
  const base = { check: "dnssec", subject: zone } as const;
  const judged = ds !== undefined && keys.length > 0 ? judgeChain(zone, ds, keys) : undefined;
  if (judged?.state === "bad") return { ...base, ...judged };
  if (failing.length > 0) {
    const seen = `${failing.join(", ")} fails the zone (SERVFAIL) and answers when told not to validate: a signature or the chain above is broken`;
    const fix = `look at the DNSSEC state of ${zone} at the DNS provider; until it is mended, remove its DS at the registrar`;
    return { ...base, state: "bad", severity: "critical", seen, fix };
  }
  if (ds === undefined || keys.length === 0) {
    const seen = "neither the zone above nor its own servers could be asked for both sides";
    const fix = writeDigTrace(zone, ds === undefined ? "DS" : "DNSKEY");
    return { ...base, state: "unknown", severity: "warning", seen, fix };
  }
  if (judged !== undefined) return { ...base, ...judged };
  const by = validating.length > 0 ? `, validated by ${validating.join(", ")}` : "";
  return { ...base, state: "ok", severity: "info", seen: `the DS above means a key of the zone${by}` };
}
