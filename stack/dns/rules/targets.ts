/** Rules about the names that records point to. */
import ipaddr from "ipaddr.js";
import { isWithin } from "../../values/domainName.ts";
import type { JudgedRecord } from "./judgedRecord.ts";
import { nameRecord } from "./judgedRecord.ts";
import { leadsToAddress, numberKeys, findTarget } from "../types/recordData.ts";
import type { Rule } from "./rule.ts";
import { synthesised } from "./wildcards.ts";
import type { ZoneView } from "./zoneView.ts";
import { climb } from "./zoneView.ts";

function isAddress(name: string): boolean {
  return ipaddr.isValid(name) && (name.includes(":") || /^[0-9.]+$/.test(name));
}

const targetIsAddress: Rule = {
  name: "target-is-address",
  grade: "rfc",
  severity: "error",
  title: "MX, SRV, NS and CNAME point to names, never to addresses.",
  source: "RFC 5321 5.1, RFC 1035 3.3",
  judge: ({ record }) => {
    const target = findTarget(record.type, record.value);
    if (target === undefined || !isAddress(target.name)) return undefined;
    const message = `${target.name} is an address, and a ${record.type} points to a name`;
    return {
      key: target.key,
      message,
      fix: "give the address a name with an A or AAAA record, and point there",
    };
  },
};

const aliasAsTarget: Rule = {
  name: "alias-as-target",
  grade: "rfc",
  severity: "error",
  title: "MX, SRV and NS point to a name with addresses, never to an alias.",
  source: "RFC 2181 10.3, RFC 2782",
  judge: ({ record, zone }) => {
    const target = findTarget(record.type, record.value);
    if (target?.isHost !== true) return undefined;
    const alias = zone.at(target.name).find(({ type }) => type === "CNAME");
    if (alias === undefined) return undefined;
    const message = `${target.name} is an alias (${nameRecord(alias)}), which a ${record.type} may not point to`;
    return { key: target.key, message, fix: "point to the name that has the addresses" };
  },
};

/** Whether a name of this zone leads to an address, or may do so where we do not see. */
function mayHaveAddress(name: string, zone: ZoneView): boolean {
  if (!isWithin(name, zone.apex)) return true;
  const delegated = climb(name, zone.apex).some(
    (above) => above !== zone.apex && zone.at(above).some(({ type }) => type === "NS"),
  );
  const found = zone.names.has(name) ? zone.at(name) : synthesised(name, zone);
  return delegated || found.some(({ type }) => leadsToAddress(type));
}

const targetWithoutAddress: Rule = {
  name: "target-without-address",
  grade: "rfc",
  severity: "warning",
  title: "The target of an MX, SRV or NS in the same zone has an address.",
  source: "RFC 5321 5.1, RFC 2782",
  judge: ({ record, zone }) => {
    const target = findTarget(record.type, record.value);
    if (target?.isHost !== true || target.name === ".") return undefined;
    if (isAddress(target.name) || mayHaveAddress(target.name, zone)) return undefined;
    const message = `${target.name} has no A or AAAA record here`;
    return { key: target.key, message, fix: "add its address, or point to a name that has one" };
  },
};

/** Names that an alias leads through, within the zone; ends at a name that is no alias, or where it began to repeat. */
function followChain(record: JudgedRecord, zone: ZoneView): { names: string[]; loops: boolean } {
  const names: string[] = [];
  let alias: JudgedRecord | undefined = record;
  while (alias !== undefined) {
    const next: string = alias.value;
    if (next === record.name || names.includes(next)) return { names, loops: true };
    names.push(next);
    alias = zone.at(next).find(({ type }) => type === "CNAME");
  }
  return { names, loops: false };
}

const aliasLoop: Rule = {
  name: "alias-loop",
  grade: "rfc",
  severity: "error",
  title: "An alias does not lead back to itself.",
  source: "RFC 1034 3.6.2",
  judge: ({ record, zone }) => {
    if (record.type !== "CNAME") return undefined;
    const { names, loops } = followChain(record, zone);
    if (!loops) return undefined;
    const message = `the alias leads round in a circle: ${[record.name, ...names].join(" → ")}`;
    return { key: "target", message, fix: "point it to a name that has the data" };
  },
};

const aliasChain: Rule = {
  name: "alias-chain",
  grade: "best-practice",
  severity: "warning",
  title: "An alias points to the name that has the data, not to another alias.",
  source: "RFC 1034 3.6.2",
  judge: ({ record, zone }) => {
    if (record.type !== "CNAME") return undefined;
    const { names, loops } = followChain(record, zone);
    if (loops || names.length < 2) return undefined;
    const message = `${record.value} is an alias itself; each step is one more look-up that can fail`;
    return { key: "target", message, fix: `point it to ${names.at(-1) ?? ""}` };
  },
};

const aliasAtApex: Rule = {
  name: "alias-at-apex",
  grade: "rfc",
  severity: "error",
  title: "The apex of a zone is no alias, as SOA and NS stand there.",
  source: "RFC 1912 2.4",
  judge: ({ record, zone }) =>
    record.type === "CNAME" && record.name === zone.apex
      ? {
          key: "name",
          message: `${record.name} is the apex of the zone`,
          fix: "use A and AAAA records there",
        }
      : undefined,
};

const numberRange: Rule = {
  name: "number-range",
  grade: "syntax",
  severity: "error",
  title: "Preference, priority, weight and port are whole numbers from 0 to 65535.",
  source: "RFC 1035 3.3.9, RFC 2782",
  judge: ({ record }) => {
    const words = record.value.split(" ");
    const keys = numberKeys(record.type);
    const at = keys.findIndex((_, index) => {
      const word = words[index] ?? "";
      return !/^\d{1,5}$/.test(word) || Number(word) > 65_535;
    });
    const key = keys[at];
    if (key === undefined) return undefined;
    return {
      key,
      message: `${words[at] ?? ""} is no such number`,
      fix: "set a whole number from 0 to 65535",
    };
  },
};

const serviceName: Rule = {
  name: "srv-name",
  grade: "rfc",
  severity: "warning",
  title: "The name of an SRV record begins with service and protocol: _imaps._tcp.",
  source: "RFC 2782",
  judge: ({ record }) =>
    record.type === "SRV" && !/^_[a-z0-9-]+\._[a-z]+\./i.test(record.name)
      ? { key: "name", message: "no program looks here", fix: "write it as _imaps._tcp" }
      : undefined,
};

function isNullMx({ type, value }: JudgedRecord): boolean {
  return type === "MX" && value.split(" ")[1] === ".";
}

const nullMxAlone: Rule = {
  name: "null-mx-not-alone",
  grade: "rfc",
  severity: "error",
  title: "A null MX, which says that a name takes no mail, is the only MX there.",
  source: "RFC 7505 3",
  judge: ({ record, before }) => {
    const other = record.type === "MX" ? before.find(({ type }) => type === "MX") : undefined;
    if (other === undefined || isNullMx(record) === isNullMx(other)) return undefined;
    const message = `${record.name} says both that it takes mail and that it takes none (${nameRecord(other)})`;
    return { message, fix: "remove one of the two" };
  },
};

const nullMxPreference: Rule = {
  name: "null-mx-preference",
  grade: "rfc",
  severity: "warning",
  title: "A null MX has the preference 0.",
  source: "RFC 7505 3",
  judge: ({ record }) =>
    isNullMx(record) && !record.value.startsWith("0 ")
      ? { key: "priority", message: "a null MX has another preference than 0", fix: "set 0" }
      : undefined,
};

export const TARGET_RULES: readonly Rule[] = [
  numberRange,
  targetIsAddress,
  aliasAsTarget,
  targetWithoutAddress,
  aliasAtApex,
  aliasLoop,
  aliasChain,
  serviceName,
  nullMxAlone,
  nullMxPreference,
];
