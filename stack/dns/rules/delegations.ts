/** Rules about names that are answered from elsewhere. */
import { isWithin } from "../../values/domainName.ts";
import type { DesiredSet } from "../../model/desiredSet.ts";
import { listed } from "../../values/sentence.ts";
import { breaking } from "./foreign.ts";
import type { JudgedRecord } from "./judgedRecord.ts";
import { nameRecord } from "./judgedRecord.ts";
import type { Place, Rule } from "./rule.ts";
import { climb } from "./zoneView.ts";

/** What rules about clashes share. */
export const CLASH = { clash: true, severity: "error" } as const;

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

function listNames(sets: readonly DesiredSet[]): string {
  return listed([...new Set(sets.map((set) => set.name))]);
}

export const belowDelegation: Rule = {
  ...CLASH,
  name: "below-delegation",
  grade: "rfc",
  title: "A name that is handed to other name servers has no records here, nor has any below it.",
  source: "RFC 1034 4.2.1",
  judge: (place) => {
    const [over, hidden] = [delegationOver(place), hiddenBy(place)];
    const fix = "remove one of the two";
    if (over !== undefined) {
      const message = `${over.name} is handed to other name servers (${nameRecord(over)}), so nobody sees this`;
      return { key: "name", message, fix };
    }
    if (hidden === undefined) return undefined;
    return {
      key: "name",
      message: `nobody would see ${hidden.name} ${hidden.type} (${nameRecord(hidden)})`,
      fix,
    };
  },
  unmanaged: ({ name, type }, { desired, zone }) => {
    if (type !== "NS" || name === zone.apex) return undefined;
    const away = desired.filter((set) => isWithin(set.name, name));
    return breaking(away, `${listNames(away)} is delegated to other name servers by this record`);
  },
};

/** A name that has a DNAME keeps its own records; what is below it is answered from elsewhere. */
export const belowAnotherName: Rule = {
  ...CLASH,
  name: "below-dname",
  grade: "rfc",
  title: "What is declared is not below a name that is answered from another one (DNAME).",
  source: "RFC 6672 2.4",
  unmanaged: ({ name, type }, { desired }) => {
    if (type !== "DNAME") return undefined;
    const away = desired.filter((set) => set.name !== name && isWithin(set.name, name));
    return breaking(away, `${listNames(away)} is answered from another name by this record`);
  },
};
