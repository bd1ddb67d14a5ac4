/** Reads the records that the owner adds. */
import { z } from "zod";
import type { ExtraRecord, ExtraRecordBase } from "../model/config.ts";
import { RECORD_TYPES } from "../dns/types/registry.ts";
import { hasPublicSuffix, readDnsName, registrableDomain } from "../values/domainName.ts";
import type { Reading } from "../values/reading.ts";
import { bad, good } from "../values/reading.ts";
import { because, text, ttl, type Fields, type FieldsFor } from "../values/field.ts";
import { MOST_COMMENT } from "../vendors/recordResources.ts";

function readRole(role: string): Reading<string> {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(role) && role.length <= 63
    ? good(role)
    : bad("not-a-role", "a role is lower-case words with hyphens between", "write it as my-site");
}

function readPurpose(purpose: string): Reading<string> {
  return purpose.length <= MOST_COMMENT && /^[^\p{Cc}]*$/u.test(purpose)
    ? good(purpose)
    : bad("purpose-too-long", `a purpose is one line of ${MOST_COMMENT} characters at most`, "shorten it");
}

/** A name inside the zone: `@`, one relative to the mail domain, or a whole one. Joined later. */
function readRecordName(name: string): Reading<string> {
  if (name === "@") return good(name);
  const absolute = name.endsWith(".");
  const wildcard = name.startsWith("*.") || name === "*";
  const rest = wildcard ? name.slice(2) : name;
  if (name === "*") return good(name);
  const read = readDnsName(rest);
  if (read.fault !== undefined) return read;
  return good(`${wildcard ? "*." : ""}${read.value}${absolute ? "." : ""}`);
}

/** Keys of a record of any type, beside its type. */
export const COMMON_FIELDS = {
  role: {
    schema: text(readRole),
    meaning: "name of the record in the state, for ever",
    fix: "set a role such as my-site",
    required: true,
  },
  name: {
    schema: text(readRecordName),
    meaning: "@, a name under the mail domain, or a whole name in the zone",
    fix: "set @ or a name",
    required: true,
  },
  ttlSeconds: {
    schema: ttl,
    meaning: "TTL",
    fix: 'set "auto" or 60 to 86400 seconds',
    follows: because("`dns.ttlSeconds`", "one value counts for all records"),
  },
  purpose: {
    schema: text(readPurpose),
    meaning: "one line for people",
    fix: "say in one line what the record is for",
    default: because(
      "added by the owner",
      "the comment at the provider tells it from Mailstead's own records",
    ),
  },
  level: {
    schema: z.enum(["required", "recommended", "optional"]),
    meaning: "required records survive a destroy",
    fix: "set required, recommended or optional",
    default: because(
      "optional" as const,
      "mail does not depend on it, so it goes with a destroy and comes back with `up`",
    ),
  },
} satisfies FieldsFor<ExtraRecordBase>;

/** Keys of a record beside its type, by type. */
export const RECORD_FIELDS: Readonly<Record<ExtraRecord["type"], Fields>> = Object.fromEntries<Fields>(
  RECORD_TYPES.map(({ type, fields }) => [type, { ...COMMON_FIELDS, ...fields }]),
) as Record<ExtraRecord["type"], Fields>;

/** Whole name of a record: relative ones belong to the mail domain, names within the zone are whole. */
export function absoluteName(name: string, domain: string, zone: string): string {
  if (name === "@") return domain;
  if (name.endsWith(".")) return name.slice(0, -1);
  if (name === zone || name.endsWith(`.${zone}`)) return name;
  return `${name}.${domain}`;
}

/**
 * Whether a relative name is written like a whole one: it ends in a public top-level domain. `api.dev` may be meant as it
 * is, so its whole name, `api.dev.example.com`, says that it is.
 *
 * @param absolute what {@link absoluteName} made of it.
 */
export function readsAsForeign(name: string, absolute: string): boolean {
  if (!absolute.startsWith(`${name}.`)) return false;
  const host = name.replace(/^(\*\.|_[^.]*\.)+/, "");
  return hasPublicSuffix(host) && registrableDomain(host) !== undefined;
}
