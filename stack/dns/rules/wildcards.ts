/** What wildcards answer for (RFC 4592). */
import type { JudgedRecord } from "./judgedRecord.ts";
import type { ZoneView } from "./zoneView.ts";
import { ancestry } from "./zoneView.ts";

/** Nearest name above that exists (RFC 4592 3.3.1). */
function closestEncloser(name: string, names: ReadonlySet<string>): string | undefined {
  return ancestry(name)
    .slice(1)
    .find((above) => names.has(above));
}

/**
 * Whether the zone answers a name from this wildcard.
 *
 * @param wildcard name of the wildcard record: `*.example.com`.
 * @param names names that exist in the zone, with those above them (see `ZoneView.names`); a name that exists is never
 *   caught, whatever types it has.
 */
export function catchesByWildcard(wildcard: string, name: string, names: ReadonlySet<string>): boolean {
  if (!wildcard.startsWith("*.") || names.has(name)) return false;
  return closestEncloser(name, names) === wildcard.slice(2);
}

/** Records that a name is answered with from a wildcard; none where it exists. */
export function synthesised(name: string, zone: Pick<ZoneView, "names" | "at">): readonly JudgedRecord[] {
  const encloser = zone.names.has(name) ? undefined : closestEncloser(name, zone.names);
  return encloser === undefined ? [] : zone.at(`*.${encloser}`);
}

/** Names below the mail domain whose TXT means something by its very being there. */
export const POLICY_NAMES = ["_dmarc", "_mta-sts", "_smtp._tls", "any._domainkey"];
