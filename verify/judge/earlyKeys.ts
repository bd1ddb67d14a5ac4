/** DKIM keys that are to sign before anybody can have them: the next key is published before its use. Pure. */
import type { Config } from "../../stack/model/config.ts";
import { dkimName, dkimRecord } from "../../stack/dns/dkim.ts";
import type { ZoneRecord } from "../../stack/model/zoneRecord.ts";
import { fill } from "../../stack/values/slots.ts";

/** What is compared by: records as they say the same. */
type Said = Pick<ZoneRecord, "name" | "type" | "value">;

/**
 * Names of keys that sign by the configuration, and that neither the last `up` nor the zone has, where another key of
 * the domain's users was there: what that one signed yesterday, the new one signs at once.
 *
 * @param last records of the last `up`; with none there is nothing to change over from.
 */
export function findEarlyKeys(
  { domain, dns }: Pick<Config, "domain"> & { readonly dns: Pick<Config["dns"], "dkim"> },
  last: readonly Said[],
  zone: readonly Said[],
): string[] {
  const own = dkimName("default", domain);
  const isKey = ({ name, type }: Said): boolean =>
    type === "TXT" && name.endsWith(dkimName("", domain)) && name !== own;
  if (!last.some(isKey)) return [];
  const keys = dns.dkim.filter(({ use }) => use === "signing");
  return keys.flatMap(({ selector, publicKey }) => {
    const name = dkimName(selector, domain);
    const value = fill(dkimRecord(publicKey), String);
    const isThere = [...last, ...zone].some((record) => record.name === name && record.value === value);
    return isThere ? [] : [name];
  });
}
