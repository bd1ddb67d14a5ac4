/** Every table of keys by its path under `mailstead:`: what the reference shows, and what tests walk. */
import { COMMON_FIELDS } from "./extraRecord.ts";
import type { Fields } from "../values/field.ts";
import { IGNORE } from "./ignoreSchema.ts";
import { CAA, DKIM, DMARC, MTA_STS, SPF } from "./recordSchema.ts";
import { CERTIFICATES, DNS, IMAGE, MAIL, SERVER, TOP } from "./schema.ts";

/** Tables by path. Of `dns.records` only what every type has; `ROLE` stands for the role of an image. */
export const TABLES = {
  "": TOP,
  server: SERVER,
  dns: DNS,
  "dns.spf": SPF,
  "dns.dmarc": DMARC,
  "dns.dkim": DKIM,
  "dns.mtaSts": MTA_STS,
  "dns.caa": CAA,
  "dns.ignore": IGNORE,
  "dns.records": COMMON_FIELDS,
  mail: MAIL,
  "mail.images.ROLE": IMAGE,
  certificates: CERTIFICATES,
} satisfies Readonly<Record<string, Fields>>;

/** Path of a key of a table. */
export function pathOfKey(table: string, key: string): string {
  return table === "" ? key : `${table}.${key}`;
}
