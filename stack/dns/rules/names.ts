/** Rules about how a name is written. */
import { domainToUnicode } from "node:url";
import type { Complaint, Place, Rule } from "./rule.ts";
import { findTarget } from "../types/recordData.ts";

/** The record's name and the name it points to, each with its key in the configuration. */
function listNames({ record }: Place): { key: string; name: string }[] {
  const target = findTarget(record.type, record.value);
  const own = { key: "name", name: record.name };
  return target === undefined || target.name === "." ? [own] : [own, target];
}

/** A rule about each name of a record; the first bad one is told. */
function aboutNames(
  rule: Omit<Rule, "judge" | "severity" | "grade">,
  judge: (name: string) => Omit<Complaint, "key"> | undefined,
): Rule {
  return {
    ...rule,
    grade: "syntax",
    severity: "error",
    judge: (place) => {
      for (const { key, name } of listNames(place)) {
        const complaint = judge(name);
        if (complaint !== undefined) return { key, ...complaint };
      }
      return undefined;
    },
  };
}

/** Labels without the final dot, which has a rule of its own. */
function splitLabels(name: string): string[] {
  return name.replace(/\.$/, "").split(".");
}

const MOST_NAME = 253;
const MOST_LABEL = 63;
const WANTED = "use letters, digits and inner hyphens, with one dot between labels";

const nameTooLong = aboutNames(
  {
    name: "name-too-long",
    title: `A name has ${MOST_NAME} characters at most.`,
    source: "RFC 1035 2.3.4",
  },
  (name) =>
    name.length > MOST_NAME
      ? { message: `the name has ${name.length} characters`, fix: `use ${MOST_NAME} at most` }
      : undefined,
);

const labelTooLong = aboutNames(
  {
    name: "label-too-long",
    title: `A label has ${MOST_LABEL} characters at most.`,
    source: "RFC 1035 2.3.4",
  },
  (name) => {
    const long = splitLabels(name).find((label) => label.length > MOST_LABEL);
    if (long === undefined) return undefined;
    return { message: `a label of the name has ${long.length} characters`, fix: `use ${MOST_LABEL} at most` };
  },
);

const emptyLabel = aboutNames(
  { name: "empty-label", title: "No label is empty.", source: "RFC 1035 3.1" },
  (name) =>
    splitLabels(name).includes("")
      ? { message: "the name has two dots in a row or a first dot", fix: WANTED }
      : undefined,
);

const finalDot = aboutNames(
  {
    name: "final-dot",
    title: "Names are whole and have no final dot here; the provider's form adds it where it is wanted.",
    source: "RFC 1035 5.1",
  },
  (name) =>
    name.endsWith(".") ? { message: "the name ends with a dot", fix: "write it without the dot" } : undefined,
);

const notAscii = aboutNames(
  {
    name: "name-not-ascii",
    title: "A name in another script is written in its ASCII form (xn--…).",
    source: "RFC 5890 2.3.2.1",
  },
  (name) =>
    /[^\x00-\x7f]/.test(name)
      ? { message: "the name is not in ASCII", fix: "write it in its xn-- form" }
      : undefined,
);

/** What does not decode comes back as it was. */
const badPunycode = aboutNames(
  { name: "bad-punycode", title: "A label that begins with xn-- decodes.", source: "RFC 5891 5.4" },
  (name) => {
    const broken = splitLabels(name).find(
      (label) => label.startsWith("xn--") && domainToUnicode(label) === label,
    );
    if (broken === undefined) return undefined;
    return { message: `the label ${broken} does not decode`, fix: "encode the name again" };
  },
);

const LABEL = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i;

const labelSyntax = aboutNames(
  {
    name: "label-syntax",
    title:
      "Labels are of letters, digits, inner hyphens and underscores; a wildcard is the whole first label.",
    source: "RFC 1123 2.1, RFC 4592 2.1.1",
  },
  (name) => {
    const labels = splitLabels(name.replace(/^\*\./, ""));
    const bad = labels.find((label) => label !== "" && /^[\x00-\x7f]*$/.test(label) && !LABEL.test(label));
    if (bad === undefined) return undefined;
    return { message: `the label ${JSON.stringify(bad)} is not allowed in a name`, fix: WANTED };
  },
);

const underscoreHost: Rule = {
  name: "underscore-in-host",
  grade: "rfc",
  severity: "warning",
  title: "The name of a host, at an A or AAAA record or as the target of an MX, has no underscore.",
  source: "RFC 1123 2.1",
  judge: ({ record }) => {
    const target = record.type === "MX" ? findTarget(record.type, record.value) : undefined;
    const place = record.type === "A" || record.type === "AAAA" ? { key: "name", name: record.name } : target;
    if (place?.name.includes("_") !== true) return undefined;
    const message = `${place.name} is the name of a host and has an underscore`;
    return { key: place.key, message, fix: "choose a name with letters, digits and hyphens" };
  },
};

export const NAME_RULES: readonly Rule[] = [
  nameTooLong,
  labelTooLong,
  emptyLabel,
  finalDot,
  notAscii,
  badPunycode,
  labelSyntax,
  underscoreHost,
];
