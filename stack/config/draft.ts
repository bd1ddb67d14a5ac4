/** The configuration while it is read: what failed or was left out is absent. */
import type { Issue } from "../model/issue.ts";
import type { DkimConfig, ExtraRecord, IgnoreRule, ImageConfig, MailboxConfig } from "../model/config.ts";
import { IMAGE_ROLES, type ImageRole } from "../model/imageRoles.ts";
import { readSelector } from "../values/dkimKey.ts";
import { registrableDomain } from "../values/domainName.ts";
import { absoluteName, COMMON_FIELDS, readsAsForeign, RECORD_FIELDS } from "./extraRecord.ts";
import { BACKUPS } from "./keys/backupSchema.ts";
import { DATA } from "./keys/dataSchema.ts";
import { UPGRADES } from "./keys/upgradesSchema.ts";
import { IGNORE } from "./keys/ignoreSchema.ts";
import { MAILBOX } from "./keys/mailboxSchema.ts";
import { nearest } from "../values/nearest.ts";
import type { Fault } from "../values/reading.ts";
import { below, errorAt, isObject, readSection, unreadFault } from "./readSection.ts";
import { UNREAD_SECRET, wholeValues, type Values } from "../values/field.ts";
import { CAA, DKIM, DMARC, MTA_STS, SPF } from "./keys/recordSchema.ts";
import { CERTIFICATES, DNS, IMAGES, MAIL, SECTIONS, SERVER, TOP } from "./keys/schema.ts";

/** A list item that was good, with its place in the list. */
export interface Placed<T> {
  readonly value: T;
  readonly path: string;
}

export interface Draft {
  readonly top: Values<typeof TOP>;
  readonly server: Values<typeof SERVER>;
  readonly dns: Values<typeof DNS>;
  readonly spf: Values<typeof SPF>;
  readonly dmarc: Values<typeof DMARC>;
  readonly mtaSts: Values<typeof MTA_STS>;
  readonly caa: Values<typeof CAA>;
  readonly dkim: readonly Placed<DkimConfig>[];
  readonly records: readonly Placed<ExtraRecord>[];
  readonly ignore: readonly Placed<IgnoreRule>[];
  readonly mail: Values<typeof MAIL>;
  readonly mailboxes: readonly Placed<MailboxConfig>[];
  readonly images: Partial<Record<ImageRole, ImageConfig>>;
  readonly certificates: Values<typeof CERTIFICATES>;
  /** Undefined where the section is left out: then there are no backups. */
  readonly backups: Values<typeof BACKUPS> | undefined;
  readonly data: Values<typeof DATA>;
  readonly upgrades: Values<typeof UPGRADES>;
  /** Given, or the registrable domain of the mail domain. */
  readonly zone: string | undefined;
  /** Keys of `certificates` that the owner wrote, whether they could be read or not. */
  readonly certificateKeys: readonly string[];
}

/** A section that is left out is as good as an empty one; anything else but an object is a fault that is told already. */
function isReadable(section: unknown): boolean {
  return section === undefined || section === null || isObject(section);
}

function isGiven(section: unknown): boolean {
  return section !== undefined && section !== null;
}

function part(section: unknown, key: string): unknown {
  return isObject(section) ? section[key] : undefined;
}

function readList<T>(
  value: unknown,
  path: string,
  issues: Issue[],
  read: (item: unknown, path: string) => T | undefined,
): Placed<T>[] {
  if (value === undefined || value === null) return [];
  if (value === UNREAD_SECRET) {
    issues.push(unreadFault(path));
    return [];
  }
  if (!Array.isArray(value)) {
    issues.push(
      errorAt(path, { rule: "wrong-kind", message: "expected a list", fix: "write a list of objects" }),
    );
    return [];
  }
  return value.flatMap((item, index) => {
    const itemPath = `${path}[${index}]`;
    const result = read(item, itemPath);
    return result === undefined ? [] : [{ value: result, path: itemPath }];
  });
}

/** All keys of a table that must be there are. */
function complete(values: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  return keys.every((key) => values[key] !== undefined);
}

function readDkim(
  item: unknown,
  path: string,
  issues: Issue[],
  domain: string | undefined,
): DkimConfig | undefined {
  const values = readSection(DKIM, item, path, issues);
  if (values.selector === undefined) return undefined;
  const read = readSelector(values.selector, domain);
  if (read.fault !== undefined) {
    issues.push(errorAt(`${path}.selector`, read.fault));
    return undefined;
  }
  const key = wholeValues(DKIM, values);
  return key && { ...key, selector: read.value };
}

function readIgnoreRule(item: unknown, path: string, issues: Issue[]): IgnoreRule | undefined {
  return wholeValues(IGNORE, readSection(IGNORE, item, path, issues));
}

function isRecordType(type: unknown): type is ExtraRecord["type"] {
  return typeof type === "string" && Object.hasOwn(RECORD_FIELDS, type);
}

/** What people take for a type of its own, and is a text: the type SPF was given up (RFC 7208 3.1). */
const TEXT_POLICIES: Readonly<Record<string, string>> = { SPF: "TXT", DKIM: "TXT", DMARC: "TXT" };

function typeFault(type: unknown): Fault {
  const types = Object.keys(RECORD_FIELDS);
  const meant =
    typeof type === "string" ? (TEXT_POLICIES[type.toUpperCase()] ?? nearest(type, types)) : undefined;
  const fix = meant === undefined ? `set one of ${types.join(", ")}` : `set ${meant}`;
  return type === undefined || type === null
    ? { rule: "missing", message: "the value is missing", fix }
    : { rule: "not-allowed", message: "there is no such record type here", fix };
}

/** Without a known type, a record is held to what all types have in common, and to the keys that any type has. */
function readTypeless(item: unknown, path: string, issues: Issue[]): void {
  const type = part(item, "type");
  const typePath = below(path, "type");
  if (isReadable(item))
    issues.push(type === UNREAD_SECRET ? unreadFault(typePath) : errorAt(typePath, typeFault(type)));
  const keys = Object.values(RECORD_FIELDS).flatMap((fields) => Object.keys(fields));
  const others = new Set(keys.filter((key) => !Object.hasOwn(COMMON_FIELDS, key)));
  readSection(COMMON_FIELDS, item, path, issues, ["type", ...others]);
}

function readRecord(item: unknown, path: string, issues: Issue[]): ExtraRecord | undefined {
  const type = part(item, "type");
  if (!isRecordType(type)) {
    readTypeless(item, path, issues);
    return undefined;
  }
  const fields = RECORD_FIELDS[type];
  const before = issues.length;
  const values = readSection(fields, item, path, issues, ["type"]);
  const required = Object.keys(fields).filter((key) => fields[key]?.required === true);
  if (issues.length > before || !complete(values, required)) return undefined;
  return { type, ...values } as ExtraRecord;
}

function readImages(
  value: unknown,
  release: string | undefined,
  issues: Issue[],
): Partial<Record<ImageRole, ImageConfig>> {
  const path = "mailstead:mail.images";
  readSection({}, value, path, issues, IMAGE_ROLES);
  if (!isReadable(value)) return {};
  const images: Partial<Record<ImageRole, ImageConfig>> = {};
  for (const role of IMAGE_ROLES) {
    const given = readSection(IMAGES[role], part(value, role), below(path, role), issues);
    const { repository, tag = role === "app" ? release : undefined, digest } = given;
    if (repository !== undefined && tag !== undefined && digest !== undefined)
      images[role] = { repository, tag, digest };
  }
  return images;
}

/** Whole names for the records, once domain and zone are known. */
function resolveNames(
  records: readonly Placed<ExtraRecord>[],
  domain: string | undefined,
  zone: string | undefined,
  issues: Issue[],
): Placed<ExtraRecord>[] {
  if (domain === undefined || zone === undefined) return [];
  return records.map(({ value, path }) => {
    const name = absoluteName(value.name, domain, zone);
    if (readsAsForeign(value.name, name)) {
      const message = `${value.name} reads like a whole name of another zone, and becomes ${name}`;
      const fix = `write ${name} if that is meant, else remove the record`;
      issues.push({ path: `${path}.name`, severity: "warning", rule: "name-of-another-zone", message, fix });
    }
    return { path, value: { ...value, name } };
  });
}

/** Values that arrive as text at the top: `pulumi config set` writes "3" and "true". */
function fromText(value: unknown): unknown {
  if (value === "true") return true;
  if (value === "false") return false;
  return typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

/** Reads the sections of `dns`. */
function readDns(
  section: unknown,
  issues: Issue[],
  domain: string | undefined,
): Pick<Draft, "dns" | "spf" | "dmarc" | "mtaSts" | "caa" | "dkim" | "ignore"> {
  const path = "mailstead:dns";
  return {
    dns: readSection(DNS, section, path, issues, SECTIONS.dns),
    spf: readSection(SPF, part(section, "spf"), `${path}.spf`, issues),
    dmarc: readSection(DMARC, part(section, "dmarc"), `${path}.dmarc`, issues),
    mtaSts: readSection(MTA_STS, part(section, "mtaSts"), `${path}.mtaSts`, issues),
    caa: readSection(CAA, part(section, "caa"), `${path}.caa`, issues),
    dkim: readList(part(section, "dkim"), `${path}.dkim`, issues, (item, at) =>
      readDkim(item, at, issues, domain),
    ),
    ignore: readList(part(section, "ignore"), `${path}.ignore`, issues, (item, at) =>
      readIgnoreRule(item, at, issues),
    ),
  };
}

function givenKeys(section: unknown): readonly string[] {
  return isObject(section)
    ? Object.keys(section).filter((key) => (section[key] ?? undefined) !== undefined)
    : [];
}

/** Reads every section; faults of single values are added to `issues`. */
export function readDraft(raw: Readonly<Record<string, unknown>>, issues: Issue[]): Draft {
  const plain = { ...raw, generation: fromText(raw["generation"]), protect: fromText(raw["protect"]) };
  const top = readSection(TOP, plain, "mailstead:", issues, SECTIONS[""]);
  const server = readSection(SERVER, raw["server"], "mailstead:server", issues);
  const dns = readDns(raw["dns"], issues, top.domain);
  const records = readList(part(raw["dns"], "records"), "mailstead:dns.records", issues, (item, path) =>
    readRecord(item, path, issues),
  );
  const mail = readSection(MAIL, raw["mail"], "mailstead:mail", issues, SECTIONS.mail);
  const images = isReadable(raw["mail"]) ? readImages(part(raw["mail"], "images"), mail.release, issues) : {};
  const mailboxes = readList(raw["mailboxes"], "mailstead:mailboxes", issues, (item, path) =>
    wholeValues(MAILBOX, readSection(MAILBOX, item, path, issues)),
  );
  const certificates = readSection(CERTIFICATES, raw["certificates"], "mailstead:certificates", issues);
  const backups = isGiven(raw["backups"])
    ? readSection(BACKUPS, raw["backups"], "mailstead:backups", issues)
    : undefined;
  const data = readSection(DATA, raw["data"], "mailstead:data", issues);
  const upgrades = readSection(UPGRADES, raw["upgrades"], "mailstead:upgrades", issues);
  const zone = dns.dns.zone ?? (top.domain === undefined ? undefined : registrableDomain(top.domain));
  return {
    ...{ top, server, ...dns, mail, images, mailboxes, certificates, data, backups, upgrades, zone },
    certificateKeys: givenKeys(raw["certificates"]),
    records: resolveNames(records, top.domain, zone, issues),
  };
}
