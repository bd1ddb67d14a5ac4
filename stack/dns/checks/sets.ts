/** Rules about records that clash with others of the zone. */
import { isWithin } from "../../config/domainName.ts";
import { isDmarc, isMtaSts, isSpf, isTlsRpt } from "../policies/kinds.ts";
import { isOpenAliasList, isVerification } from "../verification.ts";
import type { JudgedRecord } from "./judgedRecord.ts";
import { labelOf } from "./judgedRecord.ts";
import type { Place, Rule } from "./rule.ts";
import { climb } from "./zoneView.ts";

const CLASH = { clash: true, severity: "error" } as const;

const uniqueRole: Rule = {
  ...CLASH,
  name: "duplicate-role",
  grade: "syntax",
  title: "Each record has a role of its own, as that is its name in the state.",
  source: "docs/reference/configuration.md",
  judge: ({ record, zone, index }) => {
    const { role } = record;
    if (role === undefined || zone.roles.get(role) === index) return undefined;
    return { key: "role", message: `the role ${role} is taken`, fix: "choose another role" };
  },
};

const aliasAlone: Rule = {
  ...CLASH,
  name: "alias-not-alone",
  grade: "rfc",
  title: "A name with a CNAME has no other record.",
  source: "RFC 1034 3.6.2",
  judge: ({ record, before }) => {
    const clash = record.type === "CNAME" ? before[0] : before.find(({ type }) => type === "CNAME");
    if (clash === undefined) return undefined;
    const message = `${record.name} has a ${clash.type} record (${labelOf(clash)}), and an alias stands alone`;
    return { key: "name", message, fix: "choose another name, or remove one of the two" };
  },
};

const noTwins: Rule = {
  ...CLASH,
  name: "duplicate-record",
  grade: "rfc",
  title: "No record is there twice.",
  source: "RFC 2181 5",
  judge: ({ record, before }) => {
    if (record.type === "CNAME") return undefined;
    const twin = before.find(({ type, value }) => type === record.type && value === record.value);
    if (twin === undefined) return undefined;
    return { message: `${labelOf(twin)} says the same`, fix: "remove one of the two" };
  },
};

const oneTtlASet: Rule = {
  ...CLASH,
  name: "ttl-differs",
  grade: "rfc",
  title: "All records of one name and type have one time to live.",
  source: "RFC 2181 5.2",
  judge: ({ record, before }) => {
    const other = before.find(({ type }) => type === record.type);
    if (other === undefined || other.ttlSeconds === record.ttlSeconds) return undefined;
    const message = `${labelOf(other)} in the same set has the time to live ${other.ttlSeconds}`;
    return { key: "ttlSeconds", message, fix: "leave ttlSeconds out" };
  },
};

function says(is: (text: string) => boolean): (record: JudgedRecord) => boolean {
  return ({ type, value }) => type === "TXT" && is(value);
}

/** A rule that a policy of one kind stands alone at its name. */
function onePolicy(
  is: (text: string) => boolean,
  words: { name: string; kind: string; effect: string; fix: string; source: string },
): Rule {
  const { name, kind, effect, fix, source } = words;
  return {
    ...CLASH,
    name,
    grade: "rfc",
    title: `A name has one ${kind} policy; with two, ${effect}.`,
    source,
    judge: ({ record, before }) => {
      if (!says(is)(record) || !before.some(says(is))) return undefined;
      return {
        message: `${record.name} has a${kind === "DMARC" ? "" : "n"} ${kind} policy already; with two, ${effect}`,
        fix,
      };
    },
  };
}

const secondSpf = onePolicy(isSpf, {
  name: "second-spf",
  kind: "SPF",
  effect: "mail is refused",
  fix: "remove this one; other senders of the domain go into dns.spf.mechanisms",
  source: "RFC 7208 3.2",
});

const secondDmarc = onePolicy(isDmarc, {
  name: "second-dmarc",
  kind: "DMARC",
  effect: "none counts",
  fix: "use dns.dmarc",
  source: "RFC 9989",
});

const secondMtaSts = onePolicy(isMtaSts, {
  name: "second-mta-sts",
  kind: "MTA-STS",
  effect: "none counts",
  fix: "remove this one",
  source: "RFC 8461 3.1",
});

const secondTlsRpt = onePolicy(isTlsRpt, {
  name: "second-tls-rpt",
  kind: "SMTP TLS reporting",
  effect: "none counts",
  fix: "remove this one",
  source: "RFC 8460 3",
});

const secondDkim: Rule = {
  ...CLASH,
  name: "second-dkim",
  grade: "rfc",
  title: "A DKIM selector has one key.",
  source: "RFC 6376 3.6.2.2",
  judge: ({ record, before }) => {
    const isKey = record.type === "TXT" && record.name.includes("._domainkey.");
    if (!isKey || before.length === 0) return undefined;
    return { message: "this selector has a key already", fix: "use another selector" };
  },
};

const secondAddress: Rule = {
  ...CLASH,
  name: "second-address",
  grade: "best-practice",
  title: "The domain and the host of its MX have the server's addresses and no others.",
  source: "RFC 5321 5.1",
  judge: ({ record, before }) => {
    if (record.type !== "A" && record.type !== "AAAA") return undefined;
    const planned = before.find(({ type, level }) => type === record.type && level === "required");
    if (planned === undefined || planned.value === record.value) return undefined;
    const message = `${record.name} has the server's address (${labelOf(planned)}); a second one splits the mail`;
    return { message, fix: "choose another name" };
  },
};

const oneVerification: Rule = {
  ...CLASH,
  name: "verification-as-record",
  grade: "best-practice",
  title: "The domain has exactly one site verification, from dns.verification.",
  source: "forwardemail.net/en/faq",
  judge: ({ record, before, zone }) => {
    if (record.name !== zone.facts.domain || !says(isVerification)(record)) return undefined;
    if (record.owners !== true && !before.some(says(isVerification))) return undefined;
    return { message: "there must be exactly one site verification", fix: "use dns.verification" };
  },
};

const openAliases: Rule = {
  ...CLASH,
  name: "open-aliases",
  grade: "best-practice",
  title: "No TXT record of the domain lists aliases in the open.",
  source: "forwardemail.net/en/faq",
  judge: ({ record, zone }) => {
    if (record.name !== zone.facts.domain || !says(isOpenAliasList)(record)) return undefined;
    const message = "aliases in the open keep the domain from sending";
    return { message, fix: "make the aliases in the web interface" };
  },
};

const ownNameServers: Rule = {
  ...CLASH,
  name: "own-name-servers",
  grade: "best-practice",
  title: "Name servers of the mail domain, and of what is above it, are the provider's matter.",
  source: "RFC 1034 4.2.1",
  judge: ({ record, zone }) => {
    if (record.type !== "NS" || record.providerOwned === true) return undefined;
    if (!isWithin(zone.facts.domain, record.name)) return undefined;
    const message = "name servers of the mail domain are the provider's";
    return { message, fix: "remove the record" };
  },
};

const challengeAlias: Rule = {
  ...CLASH,
  name: "challenge-alias",
  grade: "best-practice",
  title: "The name that a certificate order writes to is no alias.",
  source: "RFC 8555 8.4",
  judge: ({ record, zone }) => {
    if (record.type !== "CNAME" || record.name !== `_acme-challenge.${zone.facts.domain}`) return undefined;
    const message = "an alias here stops the certificate order from writing its values";
    return { message, fix: "remove the record" };
  },
};

/** A delegation at or above the record's name that hides it, told before it. */
function delegationOver({ record, index, zone }: Place): JudgedRecord | undefined {
  if (record.type === "DS") return undefined;
  return climb(record.name, zone.apex)
    .filter((name) => name !== zone.apex && (record.type !== "NS" || name !== record.name))
    .flatMap(zone.at)
    .find((other) => other.type === "NS" && (zone.order.get(other) ?? 0) < index);
}

/** A record that a delegation hides, told before it. */
function hiddenBy({ record, index, zone }: Place): JudgedRecord | undefined {
  if (record.type !== "NS" || isWithin(zone.apex, record.name)) return undefined;
  const names = [...zone.names].filter((name) => isWithin(name, record.name));
  return names
    .flatMap(zone.at)
    .find((other) => !["NS", "DS"].includes(other.type) && (zone.order.get(other) ?? 0) < index);
}

const belowDelegation: Rule = {
  ...CLASH,
  name: "below-delegation",
  grade: "rfc",
  title: "A name that is handed to other name servers has no records here, nor has any below it.",
  source: "RFC 1034 4.2.1",
  judge: (place) => {
    const [over, hidden] = [delegationOver(place), hiddenBy(place)];
    const fix = "remove one of the two";
    if (over !== undefined) {
      const message = `${over.name} is handed to other name servers (${labelOf(over)}), so nobody sees this`;
      return { key: "name", message, fix };
    }
    if (hidden === undefined) return undefined;
    return {
      key: "name",
      message: `nobody would see ${hidden.name} ${hidden.type} (${labelOf(hidden)})`,
      fix,
    };
  },
};

/** In the order in which they are told. */
export const CLASH_RULES: readonly Rule[] = [
  uniqueRole,
  aliasAlone,
  noTwins,
  oneTtlASet,
  secondAddress,
  ownNameServers,
  challengeAlias,
  secondSpf,
  secondDmarc,
  secondMtaSts,
  secondTlsRpt,
  oneVerification,
  openAliases,
  secondDkim,
  belowDelegation,
];
