/** Rules about the names that mail goes through. */
import { returnPathName } from "../../services/names.ts";
import { DNS_PROVIDERS } from "../../vendors/registry.ts";
import { oldestCheck, listSources } from "../../vendors/sourced.ts";
import type { Rule } from "./rule.ts";

/** Providers that can answer for a record. */
const PROXIES = Object.values(DNS_PROVIDERS).flatMap(({ proxy }) => proxy ?? []);

const returnPath: Rule = {
  name: "return-path-not-alias",
  grade: "best-practice",
  severity: "error",
  title: "fe-bounces is a CNAME of the domain: without it Forward Email sends nothing.",
  source: "forwardemail.net/en/faq",
  judge: ({ record, zone }) => {
    const { domain } = zone.facts;
    if (record.name !== returnPathName(domain)) return undefined;
    if (record.type === "CNAME" && record.value === domain) return undefined;
    const message =
      record.type === "CNAME"
        ? `fe-bounces leads to ${record.value}, not to ${domain}`
        : `fe-bounces has a ${record.type} record and must be an alias`;
    return { message, fix: `make it a CNAME of ${domain}` };
  },
};

const proxied: Rule = {
  name: "proxied-mail-host",
  grade: "provider-limit",
  severity: "error",
  title:
    "Names that mail goes through are not proxied: the proxy passes web traffic only, and hides the addresses.",
  source: listSources(PROXIES),
  verified: oldestCheck(PROXIES),
  audit: "verdict conflict",
  judge: ({ record, zone }) =>
    record.proxied === true && zone.mailHosts.has(record.name)
      ? { message: `${record.name} is proxied, so no mail gets through`, fix: "set it to DNS only" }
      : undefined,
};

const A_DAY = 86_400;

const longTtl: Rule = {
  name: "long-ttl",
  grade: "best-practice",
  severity: "warning",
  title:
    "A name that mail goes through is remembered for a day at most, so that a new server is found in time.",
  source: "RFC 1912 2.2",
  judge: ({ record, zone }) => {
    const { ttlSeconds } = record;
    if (ttlSeconds === "auto" || ttlSeconds <= A_DAY || !zone.mailHosts.has(record.name)) return undefined;
    return {
      key: "ttlSeconds",
      message: `${ttlSeconds} seconds are over a day`,
      fix: `set ${A_DAY} or less`,
    };
  },
};

export const MAIL_HOST_RULES: readonly Rule[] = [returnPath, proxied, longTtl];
