/** The stack's file that a new user begins with: its keys with their meaning, made from the tables. Pure. */
import { COMMAND } from "../stack/values/command.ts";
import { UNCHANGED, type Field, type Fields } from "../stack/values/field.ts";
import { IMAGE_ROLES, type ImageRole } from "../stack/model/imageRoles.ts";
import { SECTIONS } from "../stack/config/keys/schema.ts";
import { pathOfKey, TABLES } from "../stack/config/tables.ts";
import { writeScalar } from "./stackFile/writeScalar.ts";

/** A value that stands in the file. */
type Given = string | readonly string[];

/**
 * What is known already, by the path of its key below `mailstead:`, such as `server.location`. Mailboxes are `NAME`, or
 * `NAME=ADDRESS,…` where mail goes on.
 */
export type GivenValues = Readonly<Record<string, Given>>;

/** Keys that have to be set and take a list. */
const LISTS: readonly string[] = ["server.adminNetworks"];

/** Longest line of a comment, before it is indented. */
const WIDTH = 110;

/** A sentence as comment lines. */
function comment(text: string): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last.length + word.length + 1 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.map((line) => `# ${line}`);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? "" : `  ${line}`));
}

function writeValue(value: unknown): string {
  if (typeof value === "string") return writeScalar(value);
  return Array.isArray(value) ? `[${value.map((one) => writeValue(one)).join(", ")}]` : JSON.stringify(value);
}

/** What a key is. What is said of it elsewhere on the page of the reference is not in this file. */
function writeMeaning({ meaning }: Field<unknown>): string {
  return meaning.replace(/ \([^()]*, below\)/, "");
}

/** A key with its value. */
function live(key: string, field: Field<unknown>, value: Given): string[] {
  return [...comment(writeMeaning(field)), `${key}: ${writeValue(value)}`];
}

/** A key that has to be set, and is not. */
function needed(path: string, key: string, field: Field<unknown>): string[] {
  const mark = LISTS.includes(path) ? `[${UNCHANGED}]` : UNCHANGED;
  return [...comment(`${writeMeaning(field)}: ${field.fix}`), `${key}: ${mark}`];
}

/** A key that may be left out; it stands there, switched off, with what counts without it. */
function spare(key: string, field: Field<unknown>): string[] {
  const value = field.default?.value;
  return [...comment(writeMeaning(field)), `# ${key}:${value === undefined ? "" : ` ${writeValue(value)}`}`];
}

/** Keys of a table, those that are or have to be set first. */
function writeKeys(table: string, fields: Fields, given: GivenValues, prefix = ""): string[] {
  const isSpare = ([key, field]: readonly [string, Field<unknown>]): boolean =>
    field.required !== true && given[pathOfKey(table, key)] === undefined;
  const entries = Object.entries(fields);
  return [
    ...entries
      .filter((entry) => !isSpare(entry))
      .flatMap(([key, field]) => {
        const path = pathOfKey(table, key);
        const value = given[path];
        const name = `${prefix}${key}`;
        return value === undefined ? needed(path, name, field) : live(name, field, value);
      }),
    ...entries.filter(isSpare).flatMap(([key, field]) => spare(`${prefix}${key}`, field)),
  ];
}

function writeImage(role: ImageRole, given: GivenValues): string[] {
  const digest = given[`mail.images.${role}.digest`];
  const value = digest === undefined ? UNCHANGED : writeValue(digest);
  return [`${role}:`, ...indented([`digest: ${value}`])];
}

function images(given: GivenValues): string[] {
  return [
    ...comment(`digests of the images' indexes: ${COMMAND} pin asks the registries for them`),
    "images:",
    ...indented(IMAGE_ROLES.flatMap((role) => writeImage(role, given))),
  ];
}

/** The addresses that the deploy makes. */
function mailboxes(given: GivenValues): string[] {
  const meaning = comment(
    "addresses to be made: each by its name, with a mailbox of its own, or with addresses that it forwards to",
  );
  const entries = [given["mailboxes"] ?? []].flat().flatMap((text) => {
    const [name = "", targets] = text.split("=");
    const forward = targets === undefined ? [] : [`  forwardTo: ${writeValue(targets.split(","))}`];
    return [`- name: ${writeScalar(name)}`, ...forward];
  });
  if (entries.length > 0) return [...meaning, "mailstead:mailboxes:", ...indented(entries)];
  const examples = ["- name: jane", "- name: info", "  forwardTo: [you@example.org]"];
  return [...meaning, ...["mailstead:mailboxes:", ...indented(examples)].map((line) => `# ${line}`)];
}

function furtherSections(sections: readonly string[]): string[] {
  return sections.length === 0
    ? []
    : comment(`${sections.join(", ")}: each with keys of its own, in docs/reference/configuration.md`);
}

/**
 * A section without a key that has to be set. Where nothing in it is given it is off as a whole, with what counts without
 * it. The mark stands before each line then, as the engine moves comments to the column of what they are at when it writes
 * into the file.
 */
function optional(
  section: "dns" | "certificates" | "data" | "upgrades",
  sections: readonly string[],
  given: GivenValues,
): string[] {
  const fields: Fields = TABLES[section];
  const head = `mailstead:${section}:`;
  const isOpen = Object.keys(fields).some((key) => given[pathOfKey(section, key)] !== undefined);
  if (isOpen)
    return [head, ...indented([...writeKeys(section, fields, given), ...furtherSections(sections)])];
  const keys = Object.entries(fields).flatMap(([key, field]) => {
    const value = field.default?.value;
    return [...comment(writeMeaning(field)), `${key}:${value === undefined ? "" : ` ${writeValue(value)}`}`];
  });
  return [head, ...indented([...keys, ...furtherSections(sections)])].map((line) => `# ${line}`);
}

/**
 * The file's text.
 *
 * @param given what is known, the domain among it. Everything else that has to be set says {@link UNCHANGED}, and is refused
 *   as long as it does.
 */
export function modelFile(given: GivenValues & { readonly domain: string }): string {
  const body = [
    ...writeKeys("", TABLES[""], given, "mailstead:"),
    "",
    ...mailboxes(given),
    "",
    ...optional("dns", SECTIONS.dns, given),
    "",
    ...optional("certificates", [], given),
    "",
    ...optional("data", [], given),
    "",
    ...optional("upgrades", [], given),
    "",
    // Nothing in it counts without a bucket and its keys.
    ...comment(
      "mailstead:backups: a bucket that all data go to every night; its keys are in docs/guides/backups.md",
    ),
    "",
    "mailstead:server:",
    ...indented(writeKeys("server", TABLES.server, given)),
    "",
    "mailstead:mail:",
    ...indented([...writeKeys("mail", TABLES.mail, given), ...images(given)]),
  ];
  const isOpen = body.some((line) => UNCHANGED_LINE.test(line));
  const head = comment(
    `The mail server of ${given.domain}. ${isOpen ? `Change what says ${UNCHANGED}: until then nothing is made. ` : ""}` +
      "A key behind # may be left out; it shows what counts without it. Why, and every other key: " +
      "docs/reference/configuration.md",
  );
  return `${[...head, "config:", ...indented(body)].join("\n")}\n`;
}

/** A line of the file that its owner has to change. */
export const UNCHANGED_LINE = new RegExp(`: \\[?${UNCHANGED}\\]?$`);
