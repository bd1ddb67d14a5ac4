/** Every table of keys by its path under `mailstead:`: what the reference shows, and what tests walk. */
import { BACKUPS } from "./keys/backupSchema.ts";
import { COMMON_FIELDS } from "./extraRecord.ts";
import type { Because, Fields } from "../values/field.ts";
import { DATA } from "./keys/dataSchema.ts";
import { UPGRADES } from "./keys/upgradesSchema.ts";
import { IGNORE } from "./keys/ignoreSchema.ts";
import { MAILBOX } from "./keys/mailboxSchema.ts";
import { CAA, DKIM, DMARC, MTA_STS, SPF } from "./keys/recordSchema.ts";
import { CERTIFICATES, DNS, IMAGES, MAIL, SERVER, TOP } from "./keys/schema.ts";

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
  "mail.images.ROLE": IMAGES.app,
  mailboxes: MAILBOX,
  certificates: CERTIFICATES,
  data: DATA,
  backups: BACKUPS,
  upgrades: UPGRADES,
} satisfies Readonly<Record<string, Fields>>;

/** Path of a key of a table. */
export function pathOfKey(table: string, key: string): string {
  return table === "" ? key : `${table}.${key}`;
}

/** What counts for each key that may be left out, and why; for images by their role. */
export function defaultsByPath(): Readonly<Record<string, Because<unknown>>> {
  const others = Object.entries<Fields>(TABLES).filter(([table]) => table !== "mail.images.ROLE");
  const images = Object.entries(IMAGES).map(([role, fields]) => [`mail.images.${role}`, fields] as const);
  const rows = [...others, ...images].flatMap(([table, fields]) =>
    Object.entries<Fields[string]>(fields).map(
      ([key, field]) => [pathOfKey(table, key), field.default ?? field.follows] as const,
    ),
  );
  return Object.fromEntries(rows.flatMap(([path, row]) => (row === undefined ? [] : [[path, row]])));
}
