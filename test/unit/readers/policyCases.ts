/** Policies to ask readers about: seeded, right ones, ones with a slip of the hand, and hostile ones. */
import fc from "fast-check";

/** An SPF policy with what the DNS knows round it: `name TYPE` to values. */
export interface SpfCase {
  readonly domain: string;
  readonly dns: Readonly<Record<string, readonly string[]>>;
}

/** The same cases at each run. */
const SEED = 7208;

/** A slip of the hand: a letter left out, doubled, changed or swapped with the next. */
function slipped(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const letters = fc.constantFrom(...' ;:=/.,%{}-_+~?"\\!@#0123456789abdimprstvxyzASV'.split(/(?=.)/u));
  const slip = fc.tuple(fc.nat(400), fc.constantFrom("out", "twice", "other", "swap", "in"), letters);
  return fc.tuple(text, fc.array(slip, { maxLength: 2 })).map(([whole, slips]) =>
    slips.reduce((said, [place, how, letter]) => {
      const at = place % (said.length + 1);
      const [before, one, after] = [said.slice(0, at), said.charAt(at), said.slice(at + 1)];
      if (how === "out") return before + after;
      if (how === "twice") return before + one + one + after;
      if (how === "other") return before + letter + after;
      if (how === "in") return before + letter + one + after;
      return before + after.charAt(0) + one + after.slice(1);
    }, whole),
  );
}

const NAMES = ["h1.test", "h2.test", "H3.TEST.", "gone.test", "six.test", "i1.test", "_spf.i2.test"];
const HOSTILE_NAMES = [
  "x",
  "x.123",
  "a..test",
  ".test",
  "test.",
  "-.test",
  "x.a-b",
  "x.a-",
  "x.te_st",
  "a/b.test",
  "*.test",
];
const LENGTHS = ["", "/24", "/32", "//64", "/24//64", "//128"];
const HOSTILE_LENGTHS = ["/33", "/64", "/024", "//129", "/", "//", "/24/64", "/-1", "//0128", "/24//"];
/** Nothing is there, as who exists matches, and nothing behind is looked at. */
const MACROS = [
  "%{i}.x.test",
  "%{ir}.%{v}.x.test",
  "%{l1r-}.x.%{d2}",
  "%%.x.test",
  "%{h}.x.test",
  "x.%_",
  "%{O}.x.test",
  "%{d2r.-}.test",
];
const HOSTILE_MACROS = [
  "%{x}.test",
  "%{c}.test",
  "%{d0}.test",
  "%x.test",
  "%{d",
  "%{d}test",
  "%",
  "%{}.test",
  "%{dd}.test",
  "%{d2x}.test",
];
const NETWORKS = [
  "ip4:192.0.2.1",
  "ip4:192.0.2.0/24",
  "ip6:2001:db8::/32",
  "ip6:::1",
  "ip6:2001:DB8:0:0::1/128",
  "ip6:::ffff:192.0.2.1",
];
const HOSTILE_NETWORKS = [
  ...[
    "ip4:192.0.2",
    "ip4:192.0.2.256",
    "ip4:192.00.2.1",
    "ip4:192.0.2.0/33",
    "ip4:192.0.2.0/024",
    "ip4:",
    "ip4",
    "ip4:2001:db8::1",
  ],
  ...[
    "ip6:2001:db8::1%eth0",
    "ip6:1:2:3:4:5:6:7:8:9",
    "ip6::::1",
    "ip6:2001:db8::/129",
    "ip6:192.0.2.1",
    "ip6:2001:db8::1::",
    "ip6:12345::",
  ],
];
const HOSTILE_TERMS = [
  ...[
    "ipv4:192.0.2.1",
    "include.i1.test",
    "include:i1.test,",
    "redirect:i1.test",
    "all:x",
    "all/24",
    "-all.",
    "--all",
    "1",
    "=",
    "=a",
    "a=",
    "mx;",
  ],
  ...[
    "exp=",
    "redirect=",
    "exp=%{c}.test",
    "x=%{z}",
    "x=y",
    "x=y",
    "a,mx",
    "include=i1.test",
    "ptr/24",
    "exists",
    "include",
    "ip:192.0.2.1",
    "\u00e4",
    "mx:\u00e4.test",
  ],
];

function oneOf(...lists: readonly (readonly string[])[]): fc.Arbitrary<string> {
  return fc.constantFrom(...lists.flat());
}

/** Terms of right policies, and now and then of wrong ones. */
function spfTerm(hostility: number): fc.Arbitrary<string> {
  const name = oneOf(NAMES, ...(hostility > 0 ? [HOSTILE_NAMES] : []));
  const length = oneOf(LENGTHS, ...(hostility > 0 ? [HOSTILE_LENGTHS] : []));
  const host = fc
    .tuple(oneOf(["a", "mx", "A", "Mx"]), fc.option(name), length)
    .map(([word, at, bits]) => `${word}${at === null ? "" : `:${at}`}${bits}`);
  const asking = fc
    .tuple(oneOf(["include", "include", "ptr", "exists"]), name)
    .map(([word, at]) =>
      word === "exists"
        ? "exists:gone.test"
        : `${word}:${word === "include" ? at.replace(/^h\d/i, "i1") : at}`,
    );
  const macro = oneOf(MACROS, ...(hostility > 0 ? [HOSTILE_MACROS] : [])).map((spec) => `exists:${spec}`);
  const network = oneOf(NETWORKS, ...(hostility > 0 ? [HOSTILE_NETWORKS] : []));
  const term = fc.oneof(host, asking, network, macro, ...(hostility > 0 ? [oneOf(HOSTILE_TERMS)] : []));
  return fc
    .tuple(oneOf(["", "", "", "?", "~", "-", "+"]), term)
    .map(([sign, text]) => (text.includes("=") ? text : sign + text));
}

const spfPolicy = fc.constantFrom(0, 0, 1).chain((hostility) => {
  const end = oneOf([
    "-all",
    "~all",
    "?all",
    "",
    "redirect=i1.test",
    "redirect=gone.test",
    "exp=x.test -all",
    "-all redirect=i1.test",
  ]);
  const terms = fc.array(spfTerm(hostility), { maxLength: 5 });
  const whole = fc.tuple(terms, end).map(([some, last]) => ["v=spf1", ...some, last].join(" "));
  return hostility > 0 ? slipped(whole) : whole;
});

const spfCase: fc.Arbitrary<SpfCase> = fc
  .record({
    own: spfPolicy,
    first: spfPolicy,
    second: spfPolicy,
    hosts: fc.constantFrom(1, 10, 11),
    twice: fc.nat(30),
  })
  .map(({ own, first, second, hosts, twice }) => ({
    domain: "d.test",
    dns: {
      "d.test TXT": [own.startsWith("v=spf1 ") ? own : `v=spf1 ${own}`],
      "d.test A": ["192.0.2.9"],
      "d.test MX": ["0 h1.test"],
      "h1.test A": ["192.0.2.1"],
      "h2.test A": ["192.0.2.2"],
      "h3.test A": ["192.0.2.3"],
      "six.test AAAA": ["2001:db8::6"],
      "h1.test MX": Array.from({ length: hosts }, (_, index) => `${index} h${(index % 3) + 1}.test`),
      "h2.test MX": ["0 ."],
      "i1.test TXT": ["site=1", first, ...(twice === 0 ? [second] : [])],
      "_spf.i2.test TXT": [second],
    },
  }));

/** RSA of 1024 and 2048 bits, and Ed25519: public, and always the same. */
const KEYS = [
  "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQChnwHH/WNIsDv+gQS0FO1AwrxVy5KAM6VDWAWxxc953FjZJA5ekikWs93WuHVQgy9xO+lj2uR4LRug9ezY6/J/fv/IwQKR98le+LcCW9valgTYiundn8ihs4ScKMMR9sAgv4yaFVGD/WToqYP13rB18+ufDNdN6/9bqeLyisIorwIDAQAB",
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA65I3DXAtef4ngWxj9HIpIly6x398PswfuxD0NGEFwMiurucenDuu5sO/61XxaDiaOrCcF9Cn5VzCC9r0pvlB0bweE1AMF1BFnOAdqvhPuKgU01VCIfKj2E3v28BIec/8tXnRbI1mMGvUv00M1q/njI2vbHn2IsnM8k7CsjgLjJpj48HC/oZU2+0f2z/c1kkW6hlfZDqZhs6sutFzV1yuRWduv78672lxoUYaEuu+6GrCd1ILGnosEDSnEIAR01bUeXuIAGy2WvCqVvoIfVCDhXGefBAssnVgnvtdxYIysez9xDlYTe3fMFvHkbIV1enltux7eA/5CzLDiQivXzxocwIDAQAB",
  Buffer.alloc(32, 9).toString("base64"),
];

const dkimText = fc.boolean().chain((isHostile) => {
  const key = fc.constantFrom(
    ...KEYS,
    KEYS[1]?.replace(/(.{76})/g, "$1 ") ?? "",
    ...(isHostile ? ["", "AAAA", KEYS[1]?.slice(0, 300) ?? "", `${KEYS[0] ?? ""}=`] : []),
  );
  const version = oneOf(
    ["v=DKIM1", "v=DKIM1", "v = DKIM1", ""],
    isHostile ? ["v=dkim1", "v=DKIM2", "V=DKIM1", "v="] : [],
  );
  const tag = oneOf(
    ["k=rsa", "k=ed25519", "t=s", "h=sha256", "s=*", "s=email", "n=note", "x=1"],
    isHostile ? ["k=RSA", "k=dsa", "s=other", "k", "=x", "t=y;", "a b=c", "k=rsa", "v=DKIM1"] : [],
  );
  const text = fc
    .tuple(
      version,
      fc.uniqueArray(tag, { maxLength: 3 }),
      key,
      oneOf(["", ";", " ; "]),
      oneOf(["; ", ";", " ;"]),
    )
    .map(
      ([first, tags, value, last, between]) =>
        [...(first === "" ? [] : [first]), ...tags, `p=${value}`].join(between) + last,
    );
  return isHostile ? slipped(text) : text;
});

const dmarcText = fc.boolean().chain((isHostile) => {
  const version = oneOf(
    ["v=DMARC1", "v=DMARC1", "v = DMARC1"],
    isHostile ? ["v=dmarc1", "V=DMARC1", "v=DMARC2", "v=DMARC1 ", "p=none; v=DMARC1"] : [],
  );
  const policy = oneOf(
    ["p=none", "p=quarantine", "p = reject", "p=Reject"],
    isHostile ? ["p=", "p=maybe", "sp=none", "p=none;p=reject", "p"] : [],
  );
  const tag = oneOf(
    [
      "sp=none",
      "sp=REJECT",
      "adkim=s",
      "aspf=r",
      "aspf=S",
      "rua=mailto:a@d.test",
      "rua=mailto:a@d.test, mailto:b+c@x.test",
      "fo=1",
      "fo=d:s",
      "pct=50",
      "x=1",
    ],
    isHostile
      ? [
          "sp=x",
          "adkim=strict",
          "aspf=",
          "rua=a@d.test",
          "rua=",
          "fo=2",
          "sp",
          "",
          "x=\u00e4",
          "adkim=s",
          "=s",
        ]
      : [],
  );
  const text = fc
    .tuple(
      version,
      policy,
      fc.uniqueArray(tag, { maxLength: 3, selector: (one) => one.split("=")[0] }),
      oneOf(["", ";", " ;"]),
      oneOf(["; ", ";"]),
    )
    .map(([first, second, tags, last, between]) => [first, second, ...tags].join(between) + last);
  return isHostile ? slipped(text) : text;
});

/** The cases of a run; no two SPF cases are the same. */
export function policyCases(
  counts: { readonly spf: number; readonly dkim: number; readonly dmarc: number },
  seed = SEED,
): {
  readonly spf: readonly SpfCase[];
  readonly dkim: readonly string[];
  readonly dmarc: readonly string[];
} {
  const sample = <T>(of: fc.Arbitrary<T>, numRuns: number): T[] => fc.sample(of, { numRuns, seed });
  return {
    spf: sample(spfCase, counts.spf),
    dkim: sample(dkimText, counts.dkim),
    dmarc: sample(dmarcText, counts.dmarc),
  };
}
