/** Limits of the providers: each rule goes by what `stack/vendors/` knows of the zone's own. */
import type { DnsProvider, ProviderLimits } from "../../vendors/dnsProvider.ts";
import { DNS_PROVIDERS } from "../../vendors/registry.ts";
import { oldestCheck, listSources } from "../../vendors/sourced.ts";
import { readText } from "./judgedRecord.ts";
import type { Complaint, Place, Rule } from "./rule.ts";

/** A rule about one limit of the zone's provider; silent at one that has none. */
function limit<Key extends keyof ProviderLimits>(
  key: Key,
  rule: Pick<Rule, "name" | "severity" | "title">,
  judge: (
    limit: NonNullable<ProviderLimits[Key]>,
    place: Place,
    provider: DnsProvider["name"],
  ) => Complaint | undefined,
): Rule {
  const known = Object.values(DNS_PROVIDERS).flatMap(({ limits }) => limits[key] ?? []);
  return {
    source: listSources(known),
    ...rule,
    grade: "provider-limit",
    verified: oldestCheck(known),
    judge: (place) => {
      const { provider } = place.zone.facts;
      const found = provider === undefined ? undefined : DNS_PROVIDERS[provider].limits[key];
      return provider === undefined || found === undefined ? undefined : judge(found, place, provider);
    },
  };
}

const ttlRange = limit(
  "ttl",
  {
    name: "ttl-out-of-range",
    severity: "error",
    title: "The TTL is one that the provider takes.",
  },
  ({ least, most }, { record: { ttlSeconds } }, provider) => {
    if (ttlSeconds === "auto" || (ttlSeconds >= least && ttlSeconds <= most)) return undefined;
    const message = `${provider} takes ${least} to ${most} seconds, not ${ttlSeconds}`;
    return { key: "ttlSeconds", message, fix: `set ${ttlSeconds < least ? least : most}` };
  },
);

const textLimit = limit(
  "text",
  { name: "txt-over-limit", severity: "error", title: "A text is no longer than the provider takes." },
  ({ most }, { record }, provider) => {
    const bytes = Buffer.byteLength(readText(record) ?? "");
    if (bytes <= most) return undefined;
    const message = `the text has ${bytes} bytes, and ${provider} takes ${most}`;
    return { key: "text", message, fix: "shorten it, or make a shorter key" };
  },
);

const setLimit = limit(
  "set",
  {
    name: "set-over-limit",
    severity: "error",
    title: "All records of one name and type together are no longer than the provider takes.",
  },
  ({ most }, { record, before }, provider) => {
    const length = (value: string, type: string) => (type === record.type ? value.length : 0);
    const earlier = before.reduce((sum, { value, type }) => sum + length(value, type), 0);
    const whole = earlier + record.value.length;
    if (earlier > most || whole <= most) return undefined;
    const message = `the ${record.type} records of ${record.name} have ${whole} characters, and ${provider} takes ${most}`;
    return { message, fix: "remove what nobody reads any more" };
  },
);

const commentLimit = limit(
  "comment",
  {
    name: "comment-too-long",
    severity: "error",
    title: "A comment is no longer than the provider's smallest plan keeps.",
  },
  ({ most }, { record: { comment = "" } }, provider) =>
    comment.length > most
      ? {
          key: "purpose",
          message: `${provider} keeps ${most} characters, not ${comment.length}`,
          fix: "shorten it",
        }
      : undefined,
);

const recordLimit = limit(
  "records",
  {
    name: "too-many-records",
    severity: "warning",
    title: "A zone has no more records than the provider's smallest plan allows.",
  },
  // The first one that is too many speaks for all.
  ({ most }, { index }, provider) =>
    index === most
      ? {
          message: `${provider} keeps ${most} records a zone on its free plan`,
          fix: "remove some, or take a larger plan",
        }
      : undefined,
);

const typeOffered = limit(
  "types",
  { name: "type-not-offered", severity: "error", title: "The provider knows the record's type." },
  ({ offered }, { record: { type } }, provider) =>
    offered.includes(type)
      ? undefined
      : { key: "type", message: `${provider} has no ${type} records`, fix: "leave the record out" },
);

const caaTag = limit(
  "caaTags",
  {
    name: "caa-tag-not-offered",
    severity: "error",
    title: "The provider takes the tag of a CAA record.",
  },
  ({ offered }, { record: { type, value } }, provider) => {
    const tag = value.split(" ")[1] ?? "";
    if (type !== "CAA" || offered.includes(tag)) return undefined;
    const message = `${provider} takes ${offered.join(", ")}, not ${tag}`;
    return { key: "tag", message, fix: "leave the record out" };
  },
);

const rootTarget = limit(
  "noRootTarget",
  {
    name: "root-target-not-kept",
    severity: "error",
    title: "A `.` in place of a host (null MX, service not offered) is one that the provider keeps.",
  },
  (_, { record: { type, value } }, provider) =>
    ["MX", "SRV"].includes(type) && value.endsWith(" .")
      ? { message: `${provider} does not keep ${type} records without a host`, fix: "leave the record out" }
      : undefined,
);

export const PROVIDER_RULES: readonly Rule[] = [
  ttlRange,
  textLimit,
  setLimit,
  commentLimit,
  recordLimit,
  typeOffered,
  caaTag,
  rootTarget,
];
