/** Which resources records become at a provider. */
import type { DnsProviderName } from "../model/vendorNames.ts";
import type { ZoneRecord } from "../model/zoneRecord.ts";
import type { StateThing } from "./cloudThings.ts";
import { DNS_PROVIDERS, DNS_PROVIDER_NAMES } from "./registry.ts";

/**
 * Logical name of the resource that holds a record: the record's role; where the provider keeps sets, name and type of the
 * set, such as `txt-example.com`. That says nothing of what is in the set: records come and go, also the first one, and a
 * set of another name could not be made beside the old one.
 */
export function resourceName(
  provider: DnsProviderName,
  { role, name, type }: Pick<ZoneRecord, "name" | "type"> & { readonly role: string },
): string {
  return DNS_PROVIDERS[provider].sets === undefined ? role : `${type.toLowerCase()}-${name}`;
}

/** Logical names that the resource of a record has at any provider. */
export function anyResourceName(record: Parameters<typeof resourceName>[1]): readonly string[] {
  return [...new Set(DNS_PROVIDER_NAMES.map((provider) => resourceName(provider, record)))];
}

/** The provider's id of the zone that a record of the state is in; undefined for all else, and where it has no such id. */
export function zoneIdOfRecord({ type, outputs = {} }: StateThing): string | undefined {
  return Object.values(DNS_PROVIDERS)
    .find(({ resourceType }) => resourceType === type)
    ?.zoneIdIn?.(outputs);
}

/** The shortest comment that any provider keeps: so the provider may change, and no comment is cut. */
const COMMENT_LIMITS = Object.values(DNS_PROVIDERS).map(({ limits }) => limits.comment?.most ?? Infinity);
export const MOST_COMMENT = Math.min(...COMMENT_LIMITS);

/** The purpose of a record as the comment that providers keep with it. */
export function recordComment(purpose: string): string {
  return purpose.length <= MOST_COMMENT ? purpose : `${purpose.slice(0, MOST_COMMENT - 1)}…`;
}

/** Whether records of one name and type are one thing, which each write writes whole. Not where the provider is not known. */
export function keepsSets(provider: DnsProviderName | undefined): provider is DnsProviderName {
  return provider !== undefined && DNS_PROVIDERS[provider].sets !== undefined;
}
