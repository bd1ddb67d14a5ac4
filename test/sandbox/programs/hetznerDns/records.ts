/** What the program of this folder declares and its test asks for. */

/** A zone that the program makes, and one that the account has from the start. */
export const ZONES = { made: "dns-at-hetzner.test", given: "example.edu" } as const;

/** One record set. Values are in Hetzner's form, which but for relative names is also what `dig +short` prints. */
export interface DeclaredSet {
  readonly role: string;
  readonly name: string;
  readonly type: string;
  readonly values: readonly string[];
  /** Seconds; absent: the zone's. */
  readonly ttl?: number;
}

/** One of each type, none with a name of the zone in it. */
export const RECORDS: readonly DeclaredSet[] = [
  { role: "apex", name: "@", type: "A", values: ["203.0.113.200", "203.0.113.201"], ttl: 60 },
  { role: "apex-v6", name: "@", type: "AAAA", values: ["2001:db8:a::c8"] },
  { role: "mail", name: "@", type: "MX", values: ["10 mx.outside.test."] },
  { role: "spf", name: "@", type: "TXT", values: ['"v=spf1 a -all"'] },
  {
    role: "dkim",
    name: "default._domainkey",
    type: "TXT",
    values: [`"v=DKIM1; p=${"A".repeat(243)}" "BCD"`],
  },
  { role: "caa", name: "@", type: "CAA", values: ['0 issue "letsencrypt.org; validationmethods=dns-01"'] },
  { role: "alias", name: "imap", type: "CNAME", values: ["mx.outside.test."] },
  { role: "wildcard", name: "*.web", type: "A", values: ["203.0.113.202"] },
  { role: "service", name: "_imaps._tcp", type: "SRV", values: ["0 1 993 mx.outside.test."] },
  { role: "dane", name: "_25._tcp.mx", type: "TLSA", values: [`3 1 1 ${"AB".repeat(32)}`] },
  { role: "delegated", name: "sub", type: "NS", values: ["ns.outside.test."] },
];
