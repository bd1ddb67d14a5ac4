/** Renders records as a zone file (RFC 1035 5), for people and for other providers' import forms. */
import type { PlannedRecord } from "../model/plan.ts";
import type { SlotName } from "../values/slots.ts";
import { fill } from "../values/slots.ts";
import { characterStrings } from "../values/characterStrings.ts";

/** Time to live where the provider chooses; Cloudflare answers 300 seconds then. */
const AUTO_TTL = 300;

/** A name with its final dot; the root is that dot. */
function absolute(name: string): string {
  return name === "." ? name : `${name}.`;
}

function rdata(record: PlannedRecord, value: (name: SlotName) => string): string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return fill(record.address, value);
    case "CNAME":
    case "NS":
      return absolute(record.target);
    case "MX":
      return `${record.priority} ${absolute(record.exchange)}`;
    case "TXT":
      return characterStrings(fill(record.text, value));
    case "SRV":
      return `${record.priority} ${record.weight} ${record.port} ${absolute(record.target)}`;
    case "CAA":
      return `${record.flags} ${record.tag} ${characterStrings(record.value)}`;
  }
}

/**
 * Renders a zone file: one line a record, absolute names, a comment with level and purpose above each.
 *
 * @param value gives the text of a slot; a placeholder does.
 */
export function renderZoneFile(records: readonly PlannedRecord[], value: (name: SlotName) => string): string {
  const lines = records.flatMap((record) => {
    const ttl = record.ttlSeconds === "auto" ? AUTO_TTL : record.ttlSeconds;
    const comment = `; ${record.role} (${record.level}): ${record.purpose}`;
    return [comment, `${record.name}. ${ttl} IN ${record.type} ${rdata(record, value)}`];
  });
  return `${[`$TTL ${AUTO_TTL}`, ...lines].join("\n")}\n`;
}
