/** Random records in canonical form, and every harmless way that a provider may spell its rows. */
import fc from "fast-check";
import type { CloudflareRow } from "../../stack/vendors/cloudflare/dnsForm.ts";
import type { DigitaloceanRow } from "../../stack/vendors/digitalocean/dnsForm.ts";
import type { ZoneIdentity } from "../../stack/vendors/dnsForm.ts";
import type { HetznerRow } from "../../stack/vendors/hetzner/dnsForm.ts";
import { joinedText } from "../../stack/values/characterStrings.ts";
import type { RecordData } from "../../stack/dns/types/registry.ts";
import type { ZoneRecord } from "../../stack/model/zoneRecord.ts";

export const ZONE: ZoneIdentity = { name: "example.com", id: "6001" };

const label = fc.stringMatching(/^[a-z0-9_]([a-z0-9-]{0,8}[a-z0-9])?$/);
const below = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."));
/** Names of the zone, its apex and names that repeat the zone among them. */
const name = fc.oneof(
  fc.constantFrom(ZONE.name, `www.${ZONE.name}`, `*.${ZONE.name}`, `${ZONE.name}.${ZONE.name}`),
  below.map((relative) => `${relative}.${ZONE.name}`),
);
/** Targets, in the zone or not, one of a single label among them. */
const target = fc.oneof(name, below, fc.constantFrom("mx.example.net", ZONE.name, "localhost"));
const number16 = fc.nat(65_535);
const ipv4 = fc.ipV4();
/** Addresses in canonical form, with a longer one of each. */
const LONG_IPV6: Readonly<Record<string, string>> = {
  "2001:db8::1": "2001:0db8:0:0:0:0:0:0001",
  "2001:db8:a:1::1": "2001:db8:a:1:0:0:0:1",
  "::1": "0:0:0:0:0:0:0:1",
  "2001:db8::1:0:0:1": "2001:db8:0:0:1::1",
};
const ipv6 = fc.constantFrom(...Object.keys(LONG_IPV6));
/** Texts with what may go wrong in them: quotes, backslashes, more than one string, characters of several bytes. */
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }),
  fc.constantFrom(
    "v=spf1 a -all",
    '"quoted"',
    'say "no" \\ or; yes',
    "\\065",
    `v=DKIM1; k=rsa; p=${"A".repeat(392)};`,
    "é".repeat(200),
    '"a" "b"',
  ),
);
const caa = fc.constantFrom(
  "0 issue letsencrypt.org",
  "128 issuewild ;",
  "0 iodef mailto:Postmaster@example.com",
  "0 issue letsencrypt.org;accounturi=https://acme.example/Acct/1",
);

const VALUES = {
  A: ipv4,
  AAAA: ipv6,
  CNAME: target,
  NS: target,
  MX: fc.tuple(number16, fc.oneof(target, fc.constant("."))).map((words) => words.join(" ")),
  SRV: fc.tuple(number16, number16, number16, target).map((words) => words.join(" ")),
  TXT: text,
  CAA: caa,
  TLSA: fc
    .tuple(fc.nat(3), fc.nat(1), fc.nat(2), fc.stringMatching(/^([0-9a-f]{2}){1,40}$/))
    .map((words) => words.join(" ")),
} as const satisfies Record<RecordData<string>["type"], fc.Arbitrary<string>>;

/**
 * Zones of up to fourteen different records; records of one name and type share their TTL.
 *
 * @param ttl TTLs that the provider can keep.
 */
export function arbitraryZone(ttl: fc.Arbitrary<ZoneRecord["ttlSeconds"]>): fc.Arbitrary<ZoneRecord[]> {
  const record = fc
    .constantFrom(...(Object.keys(VALUES) as (keyof typeof VALUES)[]))
    .chain((type) => fc.record({ name, type: fc.constant(type), ttlSeconds: ttl, value: VALUES[type] }));
  return fc
    .uniqueArray(record, { maxLength: 14, selector: (each) => `${each.name} ${each.type} ${each.value}` })
    .map((records) =>
      records.map((each) => ({
        ...each,
        ttlSeconds:
          records.find((other) => other.name === each.name && other.type === each.type)?.ttlSeconds ?? "auto",
      })),
    );
}

/** Decides among spellings; hands back one of the choices. */
export type Choose = <T>(...choices: readonly T[]) => T;

/** A random chooser that fast-check can shrink and replay. */
export const arbitraryChoose: fc.Arbitrary<Choose> = fc
  .infiniteStream(fc.nat(1000))
  .map((stream) => <T>(...choices: readonly T[]) => {
    const choice = Number(stream.next().value ?? 0);
    return choices[choice % choices.length] as T;
  });

/** Quoted strings cut at `size` characters, some of them escaped by number. */
function quoted(value: string, size: number, numbers: boolean): string {
  const characters = Array.from(value);
  const strings: string[] = [];
  for (let at = 0; at < characters.length || at === 0; at += size) {
    const string = characters.slice(at, at + size).join("");
    strings.push(numbers ? numbered(string) : string.replace(/["\\]/g, "\\$&"));
  }
  return strings.map((string) => `"${string}"`).join(" ");
}

function numbered(string: string): string {
  return Array.from(Buffer.from(string), (byte) => `\\${String(byte).padStart(3, "0")}`).join("");
}

/** A TXT as it may be answered: as it is, quoted, cut elsewhere, escaped by number. Unquoted only if that can be read. */
export function respelledText(value: string, choose: Choose): string {
  const plain = joinedText(value) === value ? value : quoted(value, 60, false);
  return choose(plain, quoted(value, 60, false), quoted(value, 37, false), quoted(value, 60, true));
}

function otherCase(name: string, choose: Choose): string {
  return choose(name, name.toUpperCase());
}

function otherName(name: string, choose: Choose): string {
  const relative = name === ZONE.name ? "@" : name.slice(0, -ZONE.name.length - 1);
  // Relative, a name that repeats the zone would be read as one of the zone itself.
  const clear = `.${relative}`.endsWith(`.${ZONE.name}`) ? `${name}.` : relative;
  return otherCase(choose(name, `${name}.`, clear), choose);
}

function wholeTarget(target: string, choose: Choose): string {
  return otherCase(choose(target, target === "." ? target : `${target}.`), choose);
}

/** Digits of the last word in another case, and in groups, as zone files may have them (RFC 6698 2.2). */
function groupedDigits(value: string, choose: Choose): string {
  const at = value.lastIndexOf(" ") + 1;
  const digits = value.slice(at);
  const grouped = choose(digits, digits.replace(/(.{4})(?=.)/g, "$1 "));
  return value.slice(0, at) + otherCase(grouped, choose);
}

const TARGETED = ["CNAME", "NS", "MX", "SRV"];

function ipv6Of(value: string, choose: Choose): string {
  return choose(value, value.toUpperCase(), LONG_IPV6[value] ?? value);
}

/** A row of Cloudflare that says the same. */
export function respelledCloudflare(row: CloudflareRow, choose: Choose): CloudflareRow {
  const base = { ...row, name: otherName(row.name, choose), type: row.type };
  if (row.type === "TXT") return { ...base, content: respelledText(joinedText(row.content), choose) };
  if (row.type === "AAAA") return { ...base, content: ipv6Of(row.content, choose) };
  if (row.type === "SRV" && row.data !== undefined) {
    const { data, priority, ...rest } = base;
    const words = row.content.split(" ");
    const target = wholeTarget(words[2] ?? "", choose);
    const content = `${words[0] ?? ""}\t${words[1] ?? ""} ${target}`;
    return choose<CloudflareRow>(
      { ...rest, content, data: { ...data, target } },
      { ...rest, content, priority: priority ?? 0 },
      { ...rest, content: `${String(priority)} ${content}` },
    );
  }
  if (row.type === "MX") {
    const content = wholeTarget(row.content, choose);
    const { priority = 0, ...rest } = base;
    return choose<CloudflareRow>(
      { ...rest, content, priority },
      { ...rest, content: `${priority} ${content}` },
      { ...rest, content, data: { priority, target: content } },
    );
  }
  if (row.type === "CAA") {
    const { content, id, name, type, ttl } = base;
    return choose<CloudflareRow>(base, { content, id, name, type, ttl });
  }
  if (row.type === "TLSA") {
    const { content, id, name, type, ttl } = base;
    return choose<CloudflareRow>(base, { content: groupedDigits(content, choose), id, name, type, ttl });
  }
  return TARGETED.includes(row.type) ? { ...base, content: wholeTarget(row.content, choose) } : base;
}

/** A row of DigitalOcean that says the same. */
export function respelledDigitalocean(row: DigitaloceanRow, choose: Choose): DigitaloceanRow {
  const whole =
    row.name === "@" ? `${ZONE.name}.` : row.name.endsWith(".") ? row.name : `${row.name}.${ZONE.name}.`;
  // Without a final dot a name is relative, also one that repeats the zone.
  const base = { ...row, name: otherCase(choose(row.name, whole), choose) };
  if (row.type === "TXT") return { ...base, data: respelledText(joinedText(row.data), choose) };
  if (row.type === "AAAA") return { ...base, data: ipv6Of(row.data, choose) };
  if (row.type === "CAA" && row.tag === "issue") {
    return { ...base, data: choose(row.data, `${row.data}.`), tag: choose("issue", "ISSUE") };
  }
  if (!TARGETED.includes(row.type)) return base;
  const name = row.data === "@" ? ZONE.name : row.data;
  const data = choose(row.data, wholeTarget(name, choose));
  if (row.type !== "MX") return { ...base, data };
  return choose({ ...base, data }, { ...base, data: `${String(row.priority)} ${data}`, priority: null });
}

/** A set of Hetzner that says the same: order, quoting, spaces, case, names whole or relative. */
export function respelledHetzner(row: HetznerRow, choose: Choose): HetznerRow {
  const records = row.records.map(({ value, ...rest }) => {
    if (row.type === "TXT") return { ...rest, value: respelledText(joinedText(value), choose) };
    if (row.type === "AAAA") return { ...rest, value: ipv6Of(value, choose) };
    if (row.type === "CAA")
      return { ...rest, value: choose(value, value.replaceAll(" ", "  ").replaceAll('  "', ' "')) };
    if (row.type === "TLSA") return { ...rest, value: groupedDigits(value, choose) };
    if (!TARGETED.includes(row.type)) return { ...rest, value };
    const words = value.split(" ");
    const target = words.pop() ?? "";
    const inZone = target.endsWith(`.${ZONE.name}.`) ? target.slice(0, -ZONE.name.length - 2) : target;
    const apex = target === `${ZONE.name}.` ? "@" : target;
    return {
      ...rest,
      value: [...words, otherCase(choose(target, inZone, apex), choose)].join(choose(" ", "  ")),
    };
  });
  return { ...row, records: choose(records, records.toReversed()) };
}
