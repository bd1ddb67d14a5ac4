/** Whether the zone is signed, and the zone above knows its key (RFC 4035 2.4). */
import type { DsData } from "dns-packet";
import { listed } from "../../../stack/values/sentence.ts";
import { writeDigTrace } from "../fixes/fixes.ts";
import type { DnssecSeen, KeysAt } from "../../model/dnssec.ts";
import type { AuditCheck, CheckResult } from "../../model/observation.ts";
import type { RecordSet } from "../../../stack/model/zoneRecord.ts";
import { computeDs, writeDs, matchesKey } from "./dsDigest.ts";

type SetName = Pick<RecordSet, "name" | "type">;

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

/** A zone without keys; its TLSA records are to be taken for none (RFC 6698 4.1). */
function judgeUnsigned(zone: string, sets: readonly SetName[]): CheckResult {
  const seen = "not signed, and no DS";
  const names = sets.filter(({ type }) => type === "TLSA").map(({ name }) => name);
  if (names.length === 0) return { state: "ok", severity: "info", seen };
  return {
    state: "bad",
    severity: "warning",
    seen: `${seen}: nobody heeds the TLSA of ${listed(names)}`,
    fix: `switch DNSSEC on at the DNS provider and enter its DS at the registrar of ${zone}, or leave the TLSA out`,
  };
}

/** Not signed, in order, waiting for its DS (pending), or broken. @param sets that are declared in the zone */
export function judgeDnssec(
  zone: string,
  { ds, keys, failing, validating }: DnssecSeen,
  sets: readonly SetName[] = [],
): AuditCheck {
  const base = { check: "dnssec", subject: zone } as const;
  const judgeChain = (above: readonly DsData[]): CheckResult | undefined => {
    if (above.length > 0) return findBroken(zone, above, keys);
    return keys.some((at) => at.keys.length > 0) ? judgePending(zone, keys) : judgeUnsigned(zone, sets);
  };
  const judged = ds !== undefined && keys.length > 0 ? judgeChain(ds) : undefined;
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
