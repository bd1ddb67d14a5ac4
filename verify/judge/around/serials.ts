/** Whether all servers of a zone have the same version of it. */
import { writeDig, writeDigTrace } from "../fixes/fixes.ts";
import type { AuditCheck } from "../../model/observation.ts";
import { describeServer, type SerialAt } from "../../model/zoneServers.ts";

/** Judges by the serial of the zone's SOA (RFC 1035 3.3.13). */
export function judgeSerials(zone: string, serials: readonly SerialAt[]): AuditCheck {
  const known = serials.filter(({ serial }) => serial !== undefined);
  const distinct = [...new Set(known.map(({ serial }) => serial))];
  const base = { check: "serials", subject: zone } as const;
  const [only] = distinct;
  if (only === undefined) {
    const [first] = serials;
    const fix =
      first === undefined
        ? writeDigTrace(zone, "SOA")
        : writeDig(describeServer(first.server), zone, "SOA", false);
    return { ...base, state: "unknown", severity: "warning", seen: "no server told one", fix };
  }
  if (distinct.length === 1) {
    const seen = `serial ${only} at all ${known.length} addresses that answer`;
    return { ...base, state: "ok", severity: "info", seen };
  }
  const seen = known.map(({ server, serial }) => `${describeServer(server)}: ${serial ?? ""}`).join(", ");
  const fix =
    "wait until the provider's servers have the same serial; ask the provider when they still differ in an hour";
  return { ...base, state: "propagating", severity: "warning", seen, fix };
}
