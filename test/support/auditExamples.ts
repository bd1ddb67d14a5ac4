/** Audits to show: made by the engine itself from zones, so that their words are those that people read. */
import { recordSets } from "../../stack/dns/canonical.ts";
import type { ProviderRecord, ZoneRecord } from "../../stack/model/zoneRecord.ts";
import { audit } from "../../verify/judge/sets/audit.ts";
import type { AuditInput, ObservedSet } from "../../verify/model/auditInput.ts";
import type { Answer, Audit, AuditCheck, DesiredSet, Observation } from "../../verify/model/observation.ts";

/** When they were made. */
export const MADE_AT = new Date("2026-03-04T05:06:07Z");

/** What a stranger may put into a zone to be shown to whoever looks. */
export const HOSTILE = [
  `"><script>alert("1")</script><img src=x onerror=alert(2)>`,
  `</code></pre></style><style>body{display:none}</style>`,
  `' onmouseover='alert(3)' javascript:alert(4) &lt;b&gt; \u202Edrow\u202C \u0000\u001b[31m <!-- -->`,
  "<svg/onload=alert(5)>https://tracker.example.net/pixel.png",
] as const;

const record = (
  name: string,
  type: string,
  value: string,
  ttlSeconds: number | "auto" = 3600,
): ZoneRecord => ({
  name,
  type,
  value,
  ttlSeconds,
});

const ALIASES = ["api", "caldav", "carddav", "fe-bounces", "imap", "pop3", "smtp"];

const DECLARED: readonly ZoneRecord[] = [
  record("example.com", "A", "203.0.113.10"),
  record("example.com", "AAAA", "2001:db8:a:1::1"),
  record("mx.example.com", "A", "203.0.113.10"),
  record("mx.example.com", "AAAA", "2001:db8:a:1::1"),
  ...ALIASES.map((alias) => record(`${alias}.example.com`, "CNAME", "example.com")),
  record("example.com", "MX", "0 mx.example.com"),
  record("example.com", "TXT", "v=spf1 a -all"),
  record("example.com", "TXT", "forward-email-site-verification=Ab12Cd34"),
  record("default._domainkey.example.com", "TXT", `v=DKIM1; k=rsa; p=${"MIIBIjANBgkqhkiG9w0B".repeat(19)};`),
  record("_dmarc.example.com", "TXT", "v=DMARC1; p=reject; rua=mailto:postmaster@example.com;"),
  record("_smtp._tls.example.com", "TXT", "v=TLSRPTv1; rua=mailto:postmaster@example.com;"),
];

const LEVELS: Readonly<Record<string, DesiredSet["level"]>> = {
  "_dmarc.example.com": "recommended",
  "_smtp._tls.example.com": "optional",
};

const DESIRED: readonly DesiredSet[] = recordSets(DECLARED).map((set) => ({
  ...set,
  roles: [],
  level: LEVELS[set.name] ?? "required",
}));

const NAME_SERVERS = [
  "ns1.example.net (192.0.2.53)",
  "ns2.example.net (192.0.2.54)",
  "ns2.example.net (2001:db8:53::2)",
];
const RESOLVERS = ["192.0.2.1 (192.0.2.1)", "dns.example.org (198.51.100.8)"];

function provided(records: readonly ZoneRecord[]): ProviderRecord[] {
  return records.map((one, index) => ({ ...one, importId: String(index + 1) }));
}

function answerOf(zone: readonly ZoneRecord[], { name, type }: DesiredSet): Answer {
  const found = zone.filter((one) => one.name === name && one.type === type);
  if (found.length === 0) return { state: "nxdomain", negativeTtlSeconds: 300 };
  return { state: "answer", values: found.map(({ value }) => value), ttlSeconds: 3600 };
}

/** Every server answers from the zone, unless told otherwise. */
function column(
  servers: readonly string[],
  zone: readonly ZoneRecord[],
  other: (server: string, set: DesiredSet) => Answer | undefined = () => undefined,
): ObservedSet[] {
  return DESIRED.map((set) => ({
    name: set.name,
    type: set.type,
    observations: servers.map((server): Observation => ({
      server,
      answer: other(server, set) ?? answerOf(zone, set),
    })),
  }));
}

const context = {
  domain: "example.com",
  zone: "example.com",
  provider: "cloudflare",
  certificate: {
    issuer: { domain: "letsencrypt.org", method: "dns-01" },
    names: ["example.com", "*.example.com"],
  },
} as const;

const CHECKS: readonly AuditCheck[] = [
  {
    check: "delegation",
    subject: "example.com",
    state: "ok",
    severity: "info",
    seen: "delegated to ns1.example.net, ns2.example.net, as the provider says",
  },
  {
    check: "helo",
    subject: "mx.example.com",
    state: "ok",
    severity: "info",
    seen: "leads to 203.0.113.10 and 2001:db8:a:1::1",
  },
];

const GONE_WRONG: readonly AuditCheck[] = [
  {
    check: "reverse-v4",
    subject: "203.0.113.10",
    state: "bad",
    severity: "critical",
    seen: "its reverse name is static.203-0-113-10.hosting.example.net, declared is mx.example.com",
    fix: "pulumi up --refresh --run-program",
  },
  {
    check: "dnssec",
    subject: "example.com",
    state: "propagating",
    severity: "info",
    seen: "signed, but the zone above has no DS yet: nobody validates it",
    fix: `at the registrar of example.com, add the DS record 12345 13 2 ${"AB12CD34".repeat(8)}`,
  },
  {
    check: "serials",
    subject: "example.com",
    state: "unknown",
    severity: "warning",
    seen: "ns2.example.net (192.0.2.54) did not answer in time",
    fix: "dig @192.0.2.54 example.com. SOA +norecurse",
  },
];

function withChecks(input: AuditInput, checks: readonly AuditCheck[]): Audit {
  const made = audit(input);
  return { ...made, checks: [...made.checks, ...checks] };
}

/** Everything as declared. */
export function cleanAudit(): Audit {
  const input = {
    desired: DESIRED,
    provider: { state: "listed", records: provided(DECLARED) },
    authoritative: column(NAME_SERVERS, DECLARED),
    resolvers: column(RESOLVERS, DECLARED),
    ignore: [],
    context,
  } as const;
  return withChecks(input, CHECKS);
}

const LOST = new Set(["imap.example.com", "smtp.example.com"]);

const FOREIGN: readonly ZoneRecord[] = [
  record("example.com", "TXT", "v=spf1 include:_spf.example.net ~all", 300),
  record("example.com", "CAA", "0 issue ca.example.net", "auto"),
  ...["blog", "shop", "status", "www"].map((name) => record(`${name}.example.com`, "A", "192.0.2.80", 300)),
  ...HOSTILE.map((text, index) => record(`hostile-${index + 1}.example.com`, "TXT", text)),
  record(`${"a-very-long-label-that-somebody-chose.".repeat(5)}example.com`, "CNAME", "target.example.net"),
];

/** The zone after a bad day: every verdict, and values that attack the page. */
export function badAudit(): Audit {
  const kept = DECLARED.filter(({ name }) => !LOST.has(name)).map((one) =>
    one.name === "mx.example.com" && one.type === "A" ? { ...one, value: "198.51.100.99" } : one,
  );
  const zone = [...kept, ...FOREIGN];
  const owned = provided([record("example.com", "NS", "ns1.example.net")]);
  const records: ProviderRecord[] = [
    ...provided(zone).map((one) => (one.name === "api.example.com" ? { ...one, proxied: true } : one)),
    ...owned.map((one) => ({ ...one, providerOwned: true as const, comment: HOSTILE[0] })),
  ];
  const input = {
    desired: DESIRED,
    provider: { state: "listed", records },
    authoritative: column(NAME_SERVERS, zone, (server, { name, type }) => {
      if (type === "MX" && server.includes("2001:")) return { state: "lame" };
      return name === "_dmarc.example.com" && server.startsWith("ns2")
        ? { state: "nxdomain", negativeTtlSeconds: 300 }
        : undefined;
    }),
    resolvers: column(RESOLVERS, zone, (server, { name }) =>
      name === "pop3.example.com" && server.startsWith("dns")
        ? { state: "answer", values: ["CNAME old.example.net"], ttlSeconds: 1834 }
        : undefined,
    ),
    ignore: [
      { name: "www", types: ["A"], reason: "the shop’s web site" },
      { name: "gone-*", reason: "nobody knows" },
    ],
    context,
  } as const;
  return withChecks(input, [...GONE_WRONG, ...CHECKS]);
}

/** Before the first `up`, the provider's API out of reach. */
export function unreachableAudit(): Audit {
  return audit({
    desired: DESIRED.map((set) => ({ ...set, valuesUnknown: true })),
    provider: { state: "unreachable", reason: "429 Too Many Requests" },
    ignore: [],
    context,
  });
}
