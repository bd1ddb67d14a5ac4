/** Renders records as a zone file (RFC 1035 5), for people and for other providers' import forms. */
import type { PlannedRecord } from "../model/plan.ts";
import type { SlotName } from "../values/slots.ts";
import { fill } from "../values/slots.ts";
import { valueTemplate, zoneFileData } from "./types/recordData.ts";

/** TTL where the provider chooses; Cloudflare answers 300 seconds then. */
const AUTO_TTL = 300;

/**
 * Renders a zone file: one line a record, absolute names, a comment with level and purpose above each.
 *
 * @param value gives the text of a slot; a placeholder does.
 */
export function renderZoneFile(records: readonly PlannedRecord[], value: (name: SlotName) => string): string {
  const lines = records.flatMap((record) => {
    const ttl = record.ttlSeconds === "auto" ? AUTO_TTL : record.ttlSeconds;
    const comment = `; ${record.role} (${record.level}): ${record.purpose}`;
    const data = zoneFileData(record.type, fill(valueTemplate(record), value));
    return [comment, `${record.name}. ${ttl} IN ${record.type} ${data}`];
  });
  return `${[`$TTL ${AUTO_TTL}`, ...lines].join("\n")}\n`;
}
