/** Records: from a request to what is kept, clashes with what is there, and the answer's form. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { answeredText, type TextForm } from "../serve/text.ts";
import { hostName, TYPES } from "./content.ts";
import { CloudflareError, invalidRecord, refused } from "./errors.ts";
import type { DnsRecord, Zone } from "./state.ts";

const dataSchema = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

// Updates of the plugin send the old content beside new data, and null for a priority that does not apply.
const bodySchema = z.object({
  type: z.string(),
  name: z.string().min(1),
  content: z.string().optional(),
  data: dataSchema.optional(),
  priority: z.int().min(0).max(65_535).nullish(),
  ttl: z.number().default(1),
  proxied: z.boolean().nullish(),
  comment: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  settings: z.record(z.string(), z.unknown()).nullish(),
});

const MOST_COMMENT = 100;
const PROXIABLE = ["A", "AAAA", "CNAME"];

/**
 * Makes a whole record of a request's body.
 * @param before the record it replaces, whose id and date it keeps.
 * @throws CloudflareError 400 with the documented code.
 */
export function makeRecord(zone: Zone, body: unknown, before?: DnsRecord): DnsRecord {
  const given = readBody(body);
  const type = given.type.toUpperCase();
  const rules = TYPES[type];
  if (rules === undefined)
    throw invalidRecord(9004, `Type ${given.type} is not valid for a DNS record here.`);
  checkTtl(given.ttl);
  const proxied = given.proxied ?? false;
  if (proxied && !PROXIABLE.includes(type)) throw refused(9004, "This record type cannot be proxied.");
  if (proxied && given.ttl !== 1) throw invalidRecord(9021, "ttl must be set to 1 when `proxied` is true");
  checkNotes(given);
  const name = fullName(zone.name, given.name);
  const data = given.data === undefined ? undefined : withoutNull(given.data);
  const kept = rules.take({ content: given.content, data, priority: given.priority ?? undefined }, name);
  const now = new Date().toISOString();
  const comment = given.comment ?? "";
  return {
    id: before?.id ?? randomBytes(16).toString("hex"),
    name,
    type,
    ...kept,
    ttl: given.ttl,
    proxied,
    ...(comment === "" ? {} : { comment, commentModifiedOn: now }),
    createdOn: before?.createdOn ?? now,
    modifiedOn: now,
  };
}

function readBody(body: unknown): z.infer<typeof bodySchema> {
  const parsed = bodySchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const field = String(parsed.error.issues[0]?.path[0] ?? "body");
  const known: Record<string, readonly [number, string]> = {
    proxied: [9003, "Invalid 'proxied' value, must be a boolean."],
    name: [9000, "DNS name is invalid."],
    type: [9020, "Type is a required field."],
    ttl: [9021, "Invalid TTL. Must be between 60 and 86,400 seconds, or 1 for Automatic."],
  };
  const [code, message] = known[field] ?? [
    9207,
    `${field}: ${parsed.error.issues[0]?.message ?? "is invalid"}`,
  ];
  throw invalidRecord(code, message);
}

function checkTtl(ttl: number): void {
  if (ttl === 1 || (Number.isInteger(ttl) && ttl >= 60 && ttl <= 86_400)) return;
  throw invalidRecord(9021, "Invalid TTL. Must be between 60 and 86,400 seconds, or 1 for Automatic.");
}

function checkNotes(given: z.infer<typeof bodySchema>): void {
  if ((given.comment ?? "").length > MOST_COMMENT) {
    throw refused(9313, `Comment is too long; the limit is ${MOST_COMMENT} characters.`);
  }
  const tags = given.tags?.length ?? 0;
  if (tags > 0) throw refused(9300, `DNS record has ${tags} tags, exceeding the quota of 0.`);
}

function withoutNull(data: z.infer<typeof dataSchema>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(data).filter((entry): entry is [string, string | number] => entry[1] !== null),
  );
}

/** FQDN in lower case: `@` and the zone's own name are the apex, anything outside the zone is taken as relative. */
export function fullName(zone: string, name: string): string {
  const plain = name.toLowerCase().replace(/\.$/, "");
  if (plain === "@" || plain === zone) return zone;
  const full = plain.endsWith(`.${zone}`) ? plain : `${plain}.${zone}`;
  const checked = full.startsWith("*.") ? hostName(full.slice(2)) : hostName(full);
  if (checked === undefined || full.length > 253) throw invalidRecord(9000, "DNS name is invalid.");
  return full;
}

/** @throws CloudflareError 400 when the record cannot stand beside the others of its name. */
export function checkClashes(zone: Zone, record: DnsRecord): void {
  const others = zone.records.filter((one) => one.name === record.name && one.id !== record.id);
  const same = others.some((one) => one.type === record.type && identity(one) === identity(record));
  if (same) throw refused(81058, "An identical record already exists.");
  const has = (...types: string[]): boolean => others.some((one) => types.includes(one.type));
  if (record.type === "CNAME" && has("A", "AAAA", "CNAME")) {
    throw refused(81053, "An A, AAAA, or CNAME record with that host already exists.");
  }
  if (record.type === "CNAME" && others.length > 0) {
    throw refused(81053, "A record with that host already exists, a CNAME cannot stand beside it.");
  }
  if (has("CNAME")) throw refused(81054, "A CNAME record with that host already exists.");
  if (record.type !== "NS" && record.type !== "DS" && record.name !== zone.name && has("NS")) {
    throw refused(81056, "NS records with that host already exist.");
  }
}

function identity(record: DnsRecord): string {
  return JSON.stringify([record.content, record.priority ?? null]);
}

/** @throws CloudflareError 404 */
export function findRecord(zone: Zone, id: string): DnsRecord {
  const found = zone.records.find((record) => record.id === id);
  if (found === undefined) throw new CloudflareError(404, { code: 81044, message: "Record does not exist." });
  return found;
}

/** A record as the API shows it. */
export function recordAnswer(record: DnsRecord, form: TextForm): Record<string, unknown> {
  const { id, name, type, content, data, priority, ttl, proxied, comment } = record;
  return {
    id,
    name,
    type,
    content: type === "TXT" ? answeredText(content, form) : content,
    ...(data === undefined ? {} : { data }),
    ...(priority === undefined ? {} : { priority }),
    proxiable: PROXIABLE.includes(type),
    proxied,
    ttl,
    settings: type === "CNAME" ? { flatten_cname: false } : {},
    meta: {},
    ...(comment === undefined ? {} : { comment }),
    tags: [],
    created_on: record.createdOn,
    modified_on: record.modifiedOn,
    ...(record.commentModifiedOn === undefined ? {} : { comment_modified_on: record.commentModifiedOn }),
  };
}
