/** Limits of the providers, each with the page that says so and the day on which it was read. */
import type { DnsProviderName } from "../../model/dnsProviders.ts";
import { textOf } from "./judgedRecord.ts";
import type { Complaint, Place, Rule } from "./rule.ts";

/** What a provider takes. What is absent has no limit that is known. */
interface Limits {
  readonly ttl: { readonly least: number; readonly most: number };
  /** Bytes of one text. */
  readonly text?: number;
  /** Characters of all data at one name and type. */
  readonly set?: number;
  /** Characters of a comment, on the smallest plan. */
  readonly comment?: number;
  /** Records of a zone, on the smallest plan. */
  readonly records?: number;
  /** `.` in place of a host cannot be kept. */
  readonly noRootTarget?: true;
  /** Tags of CAA records. */
  readonly caaTags?: readonly string[];
  readonly types: readonly string[];
}

const COMMON_TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"];
/** Largest time to live (RFC 2181 8). */
const MOST_TTL = 2 ** 31 - 1;

/** Read on {@link VERIFIED}. */
export const PROVIDER_LIMITS: Readonly<Record<DnsProviderName, Limits>> = {
  cloudflare: {
    ttl: { least: 60, most: 86_400 },
    text: 2048,
    set: 8192,
    comment: 100,
    records: 200,
    types: [
      ...COMMON_TYPES,
      "CERT",
      "DNSKEY",
      "DS",
      "HTTPS",
      "LOC",
      "NAPTR",
      "OPENPGPKEY",
      "PTR",
      "SMIMEA",
      "SSHFP",
      "SVCB",
      "TLSA",
      "URI",
    ],
  },
  digitalocean: {
    ttl: { least: 30, most: MOST_TTL },
    text: 512,
    noRootTarget: true,
    caaTags: ["issue", "issuewild", "iodef"],
    types: COMMON_TYPES,
  },
  hetzner: {
    ttl: { least: 60, most: MOST_TTL },
    types: [...COMMON_TYPES, "DS", "HINFO", "HTTPS", "PTR", "RP", "SVCB", "TLSA"],
  },
};

const VERIFIED = "2026-11-24";

const SOURCES =
  "developers.cloudflare.com/dns, docs.digitalocean.com/products/networking/dns, docs.hetzner.cloud";

/** A rule about a limit of the zone's provider. */
function limit(
  rule: Pick<Rule, "name" | "severity" | "title"> & { readonly source?: string },
  judge: (limits: Limits, place: Place, provider: DnsProviderName) => Complaint | undefined,
): Rule {
  return {
    source: SOURCES,
    ...rule,
    grade: "provider-limit",
    verified: VERIFIED,
    judge: (place) => {
      const { provider } = place.zone.facts;
      return provider === undefined ? undefined : judge(PROVIDER_LIMITS[provider], place, provider);
    },
  };
}

const ttlRange = limit(
  {
    name: "ttl-out-of-range",
    severity: "error",
    title: "The time to live is one that the provider takes.",
  },
  ({ ttl: { least, most } }, { record: { ttlSeconds } }, provider) => {
    if (ttlSeconds === "auto" || (ttlSeconds >= least && ttlSeconds <= most)) return undefined;
    const message = `${provider} takes ${least} to ${most} seconds, not ${ttlSeconds}`;
    return { key: "ttlSeconds", message, fix: `set ${ttlSeconds < least ? least : most}` };
  },
);

const textLimit = limit(
  { name: "txt-over-limit", severity: "error", title: "A text is no longer than the provider takes." },
  ({ text: most = Infinity }, { record }, provider) => {
    const bytes = Buffer.byteLength(textOf(record) ?? "");
    if (bytes <= most) return undefined;
    const message = `the text has ${bytes} bytes, and ${provider} takes ${most}`;
    return { key: "text", message, fix: "shorten it, or make a shorter key" };
  },
);

const setLimit = limit(
  {
    name: "set-over-limit",
    severity: "error",
    title: "All records of one name and type together are no longer than the provider takes.",
    source: "developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types",
  },
  ({ set: most = Infinity }, { record, before }, provider) => {
    const length = (value: string, type: string) => (type === record.type ? value.length : 0);
    const earlier = before.reduce((sum, { value, type }) => sum + length(value, type), 0);
    const whole = earlier + record.value.length;
    if (earlier > most || whole <= most) return undefined;
    const message = `the ${record.type} records of ${record.name} have ${whole} characters, and ${provider} takes ${most}`;
    return { message, fix: "remove what nobody reads any more" };
  },
);

const commentLimit = limit(
  {
    name: "comment-too-long",
    severity: "error",
    title: "A comment is no longer than the provider's smallest plan keeps.",
    source: "developers.cloudflare.com/dns/manage-dns-records/reference/record-attributes",
  },
  ({ comment: most = Infinity }, { record: { comment = "" } }, provider) =>
    comment.length > most
      ? {
          key: "purpose",
          message: `${provider} keeps ${most} characters, not ${comment.length}`,
          fix: "shorten it",
        }
      : undefined,
);

const recordLimit = limit(
  {
    name: "too-many-records",
    severity: "warning",
    title: "A zone has no more records than the provider's smallest plan allows.",
    source: "developers.cloudflare.com/dns/troubleshooting/faq",
  },
  // The first one that is too many speaks for all.
  ({ records: most = Infinity }, { index }, provider) =>
    index === most
      ? {
          message: `${provider} keeps ${most} records a zone on its free plan`,
          fix: "remove some, or take a larger plan",
        }
      : undefined,
);

const typeOffered = limit(
  { name: "type-not-offered", severity: "error", title: "The provider knows the record's type." },
  ({ types }, { record: { type } }, provider) =>
    types.includes(type)
      ? undefined
      : { key: "type", message: `${provider} has no ${type} records`, fix: "leave the record out" },
);

const caaTag = limit(
  {
    name: "caa-tag-not-offered",
    severity: "error",
    title: "The provider takes the tag of a CAA record.",
    source: "docs.digitalocean.com/reference/api/reference/domain-records",
  },
  ({ caaTags }, { record: { type, value } }, provider) => {
    const tag = value.split(" ")[1] ?? "";
    if (type !== "CAA" || caaTags?.includes(tag) !== false) return undefined;
    const message = `${provider} takes ${caaTags.join(", ")}, not ${tag}`;
    return { key: "tag", message, fix: "leave the record out" };
  },
);

const rootTarget = limit(
  {
    name: "root-target-not-kept",
    severity: "error",
    title: "A `.` in place of a host (null MX, service not offered) is one that the provider keeps.",
    source:
      "github.com/digitalocean/terraform-provider-digitalocean (its reading of MX and SRV adds a final dot)",
  },
  ({ noRootTarget }, { record: { type, value } }, provider) =>
    noRootTarget && ["MX", "SRV"].includes(type) && value.endsWith(" .")
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
