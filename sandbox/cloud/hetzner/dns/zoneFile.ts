/** Zone files (RFC 1035, section 5) as the API gives and takes them: one record a line. */
import type { z } from "zod";
import { invalid } from "../errors.ts";
import type { Zone } from "../state.ts";
import type { rrsetSchema } from "./books.ts";
import { RRSET_TYPES } from "./recordValue.ts";

type Body = z.infer<typeof rrsetSchema>;

/** Owner, time to live before or after the class, type, value. */
const LINE =
  /^(?<owner>\S+)\s+(?:(?<before>\d+)\s+)?(?:IN\s+)?(?:(?<after>\d+)\s+)?(?<type>[A-Z]+)\s+(?<value>.+)$/;

/** The zone as a file, comments of records behind a semicolon. */
export function exportZoneFile(zone: Zone): string {
  const lines = zone.rrsets.flatMap(({ name, type, ttl, records }) =>
    records.map(({ value, comment }) => {
      const seconds = ttl === null ? "" : `\t${ttl}`;
      return `${name}\tIN${seconds}\t${type}\t${value}${comment === undefined ? "" : ` ; ${comment}`}`;
    }),
  );
  return `$ORIGIN\t${zone.name}.\n$TTL\t${zone.ttl}\n\n${lines.join("\n")}\n`;
}

/**
 * Record sets of a file; the zone's own SOA and NS are left out.
 * @throws HetznerError 422 for a line that is not understood; records over several lines are not.
 */
export function parseZoneFile(zone: Zone, text: string): Body[] {
  const sets = new Map<string, Body>();
  for (const line of text.split("\n")) {
    const { value: record, comment } = withoutComment(line);
    if (record.trim() === "" || /^\$(ORIGIN|TTL)\s/.test(record)) continue;
    const parts = LINE.exec(record.trimEnd())?.groups;
    const type = RRSET_TYPES.find((known) => known === parts?.["type"]);
    if (parts === undefined || type === undefined)
      throw invalid("zonefile", `line not understood: ${record}`);
    const name = relativeName(parts["owner"] ?? "", zone.name);
    if (name === "@" && (type === "SOA" || type === "NS")) continue;
    const set: Body = sets.get(`${name} ${type}`) ?? {
      name,
      type,
      ttl: ttlOf(parts["before"] ?? parts["after"]),
      records: [],
    };
    set.records.push({ value: parts["value"] ?? "", ...(comment === "" ? {} : { comment }) });
    sets.set(`${name} ${type}`, set);
  }
  return [...sets.values()];
}

function ttlOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

function relativeName(owner: string, zone: string): string {
  if (owner === `${zone}.`) return "@";
  return owner.endsWith(`.${zone}.`) ? owner.slice(0, -zone.length - 2) : owner;
}

/** A line without what follows a semicolon outside of quotes. */
function withoutComment(line: string): { value: string; comment: string } {
  const value = /^(?:"(?:[^"\\]|\\.)*"|[^";])*/.exec(line)?.[0] ?? "";
  return { value, comment: line.slice(value.length).replace(/^;\s*/, "").trim() };
}
