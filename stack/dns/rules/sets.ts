/** Rules about records that clash with others of the zone. */
import { isWithin } from "../../values/domainName.ts";
import { challenges } from "./challenges.ts";
import { CLASH, belowDelegation, belowAnotherName } from "./delegations.ts";
import { besideDeclared, breaking, type UnmanagedSet, type ZoneSight } from "./foreign.ts";
import { nameRecord } from "./judgedRecord.ts";
import { FEW_RULES } from "./fewOfAKind.ts";
import type { Rule } from "./rule.ts";

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
    const message = `${record.name} has a ${clash.type} record (${nameRecord(clash)}), and an alias stands alone`;
    return { key: "name", message, fix: "choose another name, or remove one of the two" };
  },
  inSet: besideDeclared("stands beside what is declared", ["CNAME"]),
  unmanaged: ({ name, type }: UnmanagedSet, { desiredAt }: ZoneSight) => {
    const here = desiredAt.get(name) ?? [];
    const types = here.map((set) => set.type).join(", ");
    if (type === "CNAME")
      return breaking(here, `an alias stands alone, and ${types} is declared at the same name`);
    const aliases = here.filter((set) => set.type === "CNAME");
    return breaking(aliases, "an alias is declared at this name, and nothing may stand beside it");
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
    return { message: `${nameRecord(twin)} says the same`, fix: "remove one of the two" };
  },
};

const oneTtlASet: Rule = {
  ...CLASH,
  name: "ttl-differs",
  grade: "rfc",
  title: "All records of one name and type have one TTL.",
  source: "RFC 2181 5.2",
  judge: ({ record, before }) => {
    const other = before.find(({ type }) => type === record.type);
    if (other === undefined || other.ttlSeconds === record.ttlSeconds) return undefined;
    const message = `${nameRecord(other)} in the same set has the TTL ${other.ttlSeconds}`;
    return { key: "ttlSeconds", message, fix: "leave ttlSeconds out" };
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
    const message = `${record.name} has the server's address (${nameRecord(planned)}); a second one splits the mail`;
    return { message, fix: "choose another name" };
  },
  inSet: besideDeclared("is an address that is not the server's: connections go astray", ["A", "AAAA"]),
};

/** A host reached over two families by two machines gets its mail astray. */
const otherFamily: Rule = {
  ...CLASH,
  name: "other-family",
  grade: "best-practice",
  title: "A host of ours has no address of others in the family that is not declared for it.",
  source: "RFC 6724 6, RFC 8305",
  unmanaged: ({ name, type }, { desiredAt }) => {
    if (type !== "A" && type !== "AAAA") return undefined;
    const hosts = (desiredAt.get(name) ?? []).filter((set) => set.type === "A" || set.type === "AAAA");
    return breaking(hosts, `${type} is not declared for this host: who prefers it does not reach the server`);
  },
};

/** Who may be one of several is the owner's choice, and nobody else's. */
const otherHosts: Rule = {
  ...CLASH,
  name: "other-hosts",
  grade: "best-practice",
  title: "MX, SRV and NS that are declared have no hosts of others beside them.",
  source: "RFC 5321 5.1, RFC 2782, RFC 1034 4.2.1",
  inSet: (set) => [
    ...besideDeclared("is a mail host that is not ours: mail goes there too", ["MX"])(set),
    ...besideDeclared("is a host that is not ours: mail programs go there too", ["SRV"])(set),
    ...besideDeclared("is a name server that is not declared", ["NS"])(set),
  ],
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

/** In the order in which they are told. */
export const CLASH_RULES: readonly Rule[] = [
  uniqueRole,
  aliasAlone,
  noTwins,
  oneTtlASet,
  secondAddress,
  otherFamily,
  otherHosts,
  ownNameServers,
  ...challenges,
  ...FEW_RULES,
  belowDelegation,
  belowAnotherName,
];
