/** Zone files (RFC 1035 section 5) of the sandbox's authoritative server. Pure. */

import { addresses, foreignMailHosts, frontNames, mirrorNames, nameServers, outside } from "../groundPlan.ts";
import type { RecordSet } from "../cloud/drivers.ts";
import { reverseName, reverseZones } from "./reverseName.ts";

/** Name server of the root and of all zones that are no vendor's. */
export const sandboxNameServer = "ns1.sandbox.test";

/** A zone in the making. */
export interface ZoneContent {
  /** FQDN without a final dot; the root is the empty string. */
  readonly zone: string;
  readonly nameServers: readonly string[];
  readonly sets: readonly RecordSet[];
  /** A file in the same folder whose lines are in the zone as well (RFC 1035 section 5.1, `$INCLUDE`). */
  readonly included?: string;
}

/** Lines that somebody adds to the root by hand. They stay when a zone comes or goes and the root is written anew. */
export const ROOT_ADDITIONS = "root.additions";

/**
 * The text of a zone file. The serial is always 1: knot counts by itself and looks only at what differs.
 *
 * @throws {Error} for a name outside of the zone, SOA or apex NS among the sets, or text that would break a line.
 */
export function renderZoneFile(content: ZoneContent): string {
  const apex = absolute(content.zone);
  const lines = [
    `${apex} 3600 SOA ${absolute(content.nameServers[0] ?? "")} hostmaster.sandbox.test. 1 3600 600 604800 60`,
  ];
  for (const server of content.nameServers) lines.push(`${apex} 3600 NS ${absolute(server)}`);
  for (const set of content.sets) {
    checkSet(content.zone, set);
    for (const rdata of set.rdata) lines.push(`${absolute(set.name)} ${set.ttlSeconds} ${set.type} ${rdata}`);
  }
  if (content.included !== undefined) lines.push(`$INCLUDE ${content.included}`);
  return `${lines.join("\n")}\n`;
}

/** The name servers that a text of {@link renderZoneFile} names for its zone, without final dots. */
export function nameServersIn(zone: string, text: string): string[] {
  const start = `${absolute(zone)} `;
  return text
    .split("\n")
    .filter((line) => line.startsWith(start))
    .flatMap((line) => / NS (\S+)\.$/.exec(line)?.[1] ?? []);
}

function checkSet(zone: string, set: RecordSet): void {
  const what = `${set.name} ${set.type}`;
  const name = set.name.toLowerCase();
  if (zone !== "" && name !== zone && !name.endsWith(`.${zone}`))
    throw new Error(`${what}: not in the zone ${zone}`);
  if (set.type === "SOA" || (set.type === "NS" && name === zone)) throw new Error(`${what}: the zone's own`);
  // `;` would begin a comment, `(` go on in the next line: both are harmless inside quotes only.
  const broken = [set.name, set.type, ...set.rdata].find((text) => /[\r\n]/.test(text));
  if (broken !== undefined) throw new Error(`${what}: a line break in ${JSON.stringify(broken)}`);
  const bare = set.rdata.find((text) => /[;()]/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, "")));
  if (bare !== undefined) throw new Error(`${what}: unquoted text in ${bare}`);
}

/** The signed root: the vendors' names as plain records, and a delegation for each zone. */
export function rootZone(
  zones: readonly { readonly zone: string; readonly nameServers: readonly string[] }[],
): ZoneContent {
  const sets: RecordSet[] = [];
  for (const name of [sandboxNameServer, ...Object.values(nameServers).flat()])
    sets.push(...addressSets(name, addresses.authoritative));
  for (const name of Object.keys(frontNames)) sets.push(...addressSets(name, addresses.front));
  for (const name of foreignMailHosts) sets.push(...addressSets(name, addresses.outside));
  for (const name of mirrorNames) sets.push(...addressSets(name, addresses.debianMirror));
  const inner = (zone: string): boolean => zones.some((other) => zone.endsWith(`.${other.zone}`));
  // What lies below another zone's cut would be hidden in the root; the server finds it by itself.
  for (const { zone, nameServers: servers } of zones.filter(({ zone }) => !inner(zone))) {
    sets.push({ name: zone, type: "NS", ttlSeconds: 300, rdata: servers.map(absolute) });
  }
  return { zone: "", nameServers: [sandboxNameServer], sets, included: ROOT_ADDITIONS };
}

/** The domain of the world outside, with all that a receiver asks for. */
export function outsideZone(): ZoneContent {
  const text = (name: string, value: string): RecordSet => ({
    ...{ name, type: "TXT", ttlSeconds: 300 },
    rdata: [`"${value}"`],
  });
  const sets = [
    ...addressSets(outside.domain, addresses.outside),
    ...addressSets(outside.host, addresses.outside),
    { name: outside.domain, type: "MX", ttlSeconds: 300, rdata: [`10 ${absolute(outside.host)}`] },
    text(outside.domain, "v=spf1 mx -all"),
    // The HELO name is checked on its own when the sender is empty (RFC 7208 2.4).
    text(outside.host, "v=spf1 a -all"),
    text(`_dmarc.${outside.domain}`, "v=DMARC1; p=reject"),
  ];
  return { zone: outside.domain, nameServers: [sandboxNameServer], sets };
}

/**
 * Both reverse zones.
 *
 * @param names Address → name, without a final dot.
 * @throws {Error} for an address that lies in neither.
 */
export function reverseZoneContents(names: Readonly<Record<string, string>>): ZoneContent[] {
  const sets = Object.entries(names).map(([address, name]): RecordSet => {
    const owner = reverseName(address);
    if (!Object.values(reverseZones).some((zone) => owner.endsWith(`.${zone}`))) {
      throw new Error(`${address}: not an address of the sandbox`);
    }
    return { name: owner, type: "PTR", ttlSeconds: 300, rdata: [absolute(name)] };
  });
  return Object.values(reverseZones).map((zone) => ({
    zone,
    nameServers: [sandboxNameServer],
    sets: sets.filter((set) => set.name.endsWith(`.${zone}`)),
  }));
}

/** With its final dot. */
export function absolute(name: string): string {
  return name.endsWith(".") ? name : `${name}.`;
}

function addressSets(name: string, place: { readonly ipv4: string; readonly ipv6?: string }): RecordSet[] {
  const sets: RecordSet[] = [{ name, type: "A", ttlSeconds: 300, rdata: [place.ipv4] }];
  if (place.ipv6 !== undefined) sets.push({ name, type: "AAAA", ttlSeconds: 300, rdata: [place.ipv6] });
  return sets;
}
