/** Records: from a request to what is kept, clashes with what is there, and the answer's form. */
import { z } from "zod";
import { answeredText, type TextForm } from "../serve/text.ts";
import type { ServedRecord, ServedZone } from "../serve/zoneWriter.ts";
import { notFound, unprocessable } from "./errors.ts";
import { type Beside, TYPES } from "./recordData.ts";
import { type DigitaloceanState, type Domain, type DomainRecord, TAGS } from "./state.ts";

const port = z.int().min(0).max(65_535).nullish();

/** A record as a request makes it; fields that the type does not have may be there, as clients send 0 for them. */
const bodySchema = z.object({
  type: z.string().optional(),
  name: z.string().min(1).optional(),
  data: z.string().min(1).optional(),
  priority: port,
  port,
  weight: port,
  ttl: z.int().nullish(),
  flags: z.int().min(0).max(255).nullish(),
  tag: z.enum(TAGS).nullish(),
});

const LEAST_TTL = 30;
const LABEL = /^(\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)$/i;

/**
 * Adds a record.
 * @throws DigitaloceanError 422 for what does not fit.
 */
export function addRecord(state: DigitaloceanState, domain: Domain, body: unknown): DomainRecord {
  const given = readBody(body);
  const { type = "", name, data } = given;
  if (name === undefined) throw unprocessable("Name can't be blank");
  if (data === undefined) throw unprocessable("Data can't be blank");
  const record = makeRecord(domain, 0, type, { ...given, name, data, ttl: given.ttl ?? domain.ttl });
  record.id = state.nextRecordId++;
  domain.records.push(record);
  return record;
}

/**
 * Changes what the request tells of a record; its type stays.
 * @throws DigitaloceanError 422 for what does not fit.
 */
export function changeRecord(domain: Domain, record: DomainRecord, body: unknown): void {
  const given = readBody(body);
  if ((given.type ?? record.type) !== record.type) throw unprocessable("Type cannot be changed");
  if (record.type === "SOA") {
    record.ttl = takeTtl(given.ttl ?? record.ttl);
    return;
  }
  const told = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  const whole = { ...record, data: sentData(record), ...Object.fromEntries(told) };
  Object.assign(record, makeRecord(domain, record.id, record.type, whole));
}

/** Data as a request would have to send it for what is kept. */
function sentData({ type, data, tag }: DomainRecord): string {
  const dotted = ["CNAME", "MX", "NS", "SRV", "CAA"].includes(type) && tag !== "iodef";
  return dotted && data !== "@" && data !== "." ? `${data}.` : data;
}

type Whole = z.infer<typeof bodySchema> & { name: string; data: string; ttl?: number | null | undefined };

function makeRecord(domain: Domain, id: number, type: string, given: Whole): DomainRecord {
  const rules = TYPES[type];
  if (rules === undefined) throw unprocessable("Type is not included in the list");
  const missing = rules.beside.find((field) => given[field] === undefined || given[field] === null);
  if (missing !== undefined) throw unprocessable(`${capital(missing)} can't be blank`);
  const beside = <Field extends Beside>(field: Field): NonNullable<Whole[Field]> | null =>
    rules.beside.includes(field) ? (given[field] ?? null) : null;
  const record: DomainRecord = {
    id,
    type,
    name: relativeName(given.name, domain.name),
    data: rules.take(given.data, domain.name, beside("tag")),
    priority: beside("priority"),
    port: beside("port"),
    ttl: takeTtl(given.ttl ?? domain.ttl),
    weight: beside("weight"),
    flags: beside("flags"),
    tag: beside("tag"),
  };
  checkClashes(domain, record);
  return record;
}

function readBody(body: unknown): z.infer<typeof bodySchema> {
  const parsed = bodySchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw unprocessable(`${capital(String(issue?.path[0] ?? "body"))} is invalid: ${issue?.message ?? ""}`);
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

function takeTtl(ttl: number): number {
  if (ttl < LEAST_TTL) throw unprocessable(`Ttl must be greater than or equal to ${LEAST_TTL}`);
  return ttl;
}

/** A name with a final dot is whole, any other one is below the domain. */
function relativeName(name: string, domain: string): string {
  if (name === "@" || name.toLowerCase() === `${domain}.`) return "@";
  const relative = name.toLowerCase().endsWith(`.${domain}.`) ? name.slice(0, -domain.length - 2) : name;
  const fits = `${relative}.${domain}`.length <= 253 && relative.split(".").every((one) => LABEL.test(one));
  if (!fits) throw unprocessable("Name is not a valid hostname");
  return relative;
}

/** The same record twice is taken; only an alias must be alone. */
function checkClashes(domain: Domain, record: DomainRecord): void {
  const name = record.name.toLowerCase();
  const others = domain.records.filter((one) => one.id !== record.id && one.name.toLowerCase() === name);
  if (others.some(({ type }) => type === "CNAME") || (record.type === "CNAME" && others.length > 0)) {
    throw unprocessable("CNAME records cannot share a name with other records.");
  }
}

/** @throws DigitaloceanError 404 */
export function findRecord(domain: Domain, id: string): DomainRecord {
  const found = domain.records.find((record) => String(record.id) === id);
  if (found === undefined) throw notFound();
  return found;
}

/** FQDN in lower case, without a final dot. */
export function fullName(record: DomainRecord, domain: string): string {
  return record.name === "@" ? domain : `${record.name.toLowerCase()}.${domain}`;
}

/** A record as the API shows it. */
export function recordAnswer(record: DomainRecord, form: TextForm): DomainRecord {
  return record.type === "TXT" ? { ...record, data: answeredText(record.data, form) } : record;
}

/** What the name server answers with. The domain's own SOA and NS are the server's. */
export function servedZone(domain: Domain, nameServers: readonly string[]): ServedZone {
  const records = domain.records.flatMap((record): ServedRecord[] => {
    const { type, ttl: ttlSeconds } = record;
    const rdata = TYPES[type]?.rdata(record, domain.name);
    if (rdata === undefined || (type === "NS" && record.name === "@")) return [];
    return [{ name: fullName(record, domain.name), type, ttlSeconds, rdata }];
  });
  return { nameServers, records };
}
