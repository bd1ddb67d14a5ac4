/** Rules of the DNS between records. */
import { errorAt } from "../../config/readSection.ts";
import type { Issue } from "../../issue.ts";
import type { PlannedRecord } from "../../plan.ts";
import type { OwnersRecord } from "./ownersRecord.ts";

type Rule = (place: OwnersRecord) => readonly Issue[];

const uniqueRole: Rule = ({ record, path, before }) =>
  before.some(({ role }) => role === record.role)
    ? [
        errorAt(`${path}.role`, {
          rule: "duplicate-role",
          message: `the role ${record.role} is taken`,
          fix: "choose another role",
        }),
      ]
    : [];

const aliasAlone: Rule = ({ record, path, before }) => {
  const others = before.filter(({ name }) => name === record.name);
  const clash = record.type === "CNAME" ? others[0] : others.find(({ type }) => type === "CNAME");
  if (clash === undefined) return [];
  const message = `${record.name} has a ${clash.type} record (${clash.role}), and an alias stands alone`;
  const fix = "choose another name, or remove one of the two";
  return [errorAt(`${path}.name`, { rule: "alias-not-alone", message, fix, source: "RFC 1034 3.6.2" })];
};

/** What we say about a record, beside what the record says. */
const OURS = ["role", "purpose", "level", "ttlSeconds"];

function data(record: PlannedRecord): string {
  return JSON.stringify(
    Object.entries(record)
      .filter(([key]) => !OURS.includes(key))
      .sort(),
  );
}

const noTwins: Rule = ({ record, path, before }) => {
  const twin = before.find((other) => data(other) === data(record));
  if (twin === undefined || record.type === "CNAME") return [];
  const message = `${twin.role} says the same`;
  return [errorAt(path, { rule: "duplicate-record", message, fix: "remove one of the two" })];
};

/** Name that a record points to, where an alias is not allowed. */
function hostTarget(record: PlannedRecord): { key: string; name: string } | undefined {
  if (record.type === "MX") return { key: "exchange", name: record.exchange };
  return record.type === "SRV" || record.type === "NS" ? { key: "target", name: record.target } : undefined;
}

const noAliasAsHost: Rule = ({ record, path, all }) => {
  const target = hostTarget(record);
  if (target === undefined) return [];
  const alias = all.find(({ type, name }) => type === "CNAME" && name === target.name);
  if (alias === undefined) return [];
  const message = `${target.name} is an alias (${alias.role}), which a ${record.type} may not point to`;
  const fix = "point to the name that has the addresses";
  return [
    errorAt(`${path}.${target.key}`, { rule: "alias-as-target", message, fix, source: "RFC 2181 10.3" }),
  ];
};

const oneTtlASet: Rule = ({ record, path, before }) => {
  const other = before.find(({ name, type }) => name === record.name && type === record.type);
  if (other === undefined || other.ttlSeconds === record.ttlSeconds) return [];
  const message = `${other.role} in the same set has the time to live ${other.ttlSeconds}`;
  const fix = "leave ttlSeconds out";
  return [errorAt(`${path}.ttlSeconds`, { rule: "ttl-differs", message, fix, source: "RFC 2181 5.2" })];
};

const RULES = [uniqueRole, aliasAlone, noTwins, noAliasAsHost, oneTtlASet];

export function checkAcrossRecords(place: OwnersRecord): readonly Issue[] {
  return RULES.flatMap((rule) => rule(place));
}
