/** The stack's file that a new user begins with: its keys with their meaning, made from the tables. Pure. */
import { UNCHANGED, type Field, type Fields } from "../stack/values/field.ts";
import { IMAGES, SECTIONS } from "../stack/config/keys/schema.ts";
import { pathOfKey, TABLES } from "../stack/config/tables.ts";
import { UNKNOWN_DIGEST } from "../stack/config/keys/readValues.ts";

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

function shown(value: unknown): string {
  return typeof value === "string" && /^[\w./-]+$/.test(value) ? value : JSON.stringify(value);
}

/** What a key is. What is said of it elsewhere on the page of the reference is not in this file. */
function writeMeaning({ meaning }: Field<unknown>): string {
  return meaning.replace(/ \([^()]*, below\)/, "");
}

/** A key that has to be set. */
function needed(path: string, key: string, field: Field<unknown>, value = UNCHANGED): string[] {
  const text = value === UNCHANGED ? `${writeMeaning(field)}: ${field.fix}` : writeMeaning(field);
  return [...comment(text), `${key}: ${LISTS.includes(path) ? `[${value}]` : value}`];
}

/** A key that may be left out; it stands there, switched off, with what counts without it. */
function spare(key: string, field: Field<unknown>): string[] {
  const value = field.default?.value;
  return [...comment(writeMeaning(field)), `# ${key}:${value === undefined ? "" : ` ${shown(value)}`}`];
}

/** Keys of a table, those that have to be set first. */
function writeKeys(table: string, fields: Fields, prefix = "", domain?: string): string[] {
  const entries = Object.entries(fields);
  const neededOnes = entries.filter(([, field]) => field.required === true);
  const spareOnes = entries.filter(([, field]) => field.required !== true);
  const given = (path: string): string | undefined => (path === "domain" ? domain : undefined);
  return [
    ...neededOnes.flatMap(([key, field]) => {
      const path = pathOfKey(table, key);
      return needed(path, `${prefix}${key}`, field, given(path));
    }),
    ...spareOnes.flatMap(([key, field]) => spare(`${prefix}${key}`, field)),
  ];
}

function images(): string[] {
  return Object.entries(IMAGES).flatMap(([role, { repository, tag }]) => {
    const image = `${repository.default.value}:${"default" in tag ? tag.default.value : "RELEASE"}`;
    const print = `docker buildx imagetools inspect ${image}`;
    const meaning = `as this prints it: ${print} (or ${UNKNOWN_DIGEST})`;
    return [`${role}:`, ...indented([...comment(meaning), `digest: ${UNCHANGED}`])];
  });
}

/**
 * A section without a key that has to be set: off as a whole, with what counts without it. The mark stands before each
 * line, as the engine moves comments to the column of what they are at when it writes into the file.
 */
function closed(section: "dns" | "certificates", sections: readonly string[]): string[] {
  const keys = Object.entries<Field<unknown>>(TABLES[section]).flatMap(([key, field]) => {
    const value = field.default?.value;
    return [...comment(writeMeaning(field)), `${key}:${value === undefined ? "" : ` ${shown(value)}`}`];
  });
  const more =
    sections.length === 0
      ? []
      : comment(`${sections.join(", ")}: each with keys of its own, in docs/reference/configuration.md`);
  return [`mailstead:${section}:`, ...indented([...keys, ...more])].map((line) => `# ${line}`);
}

/**
 * The file's text.
 *
 * @param domain the mail domain; everything else that has to be set says {@link UNCHANGED}, and is refused as long as it
 *   does.
 */
export function modelFile(domain: string): string {
  const head = comment(
    `The mail server of ${domain}. Change what says ${UNCHANGED}: until then nothing is made. A key behind # may be left ` +
      "out; it shows what counts without it. Why, and every other key: docs/reference/configuration.md",
  );
  const body = [
    ...writeKeys("", TABLES[""], "mailstead:", domain),
    "",
    ...closed("dns", SECTIONS.dns),
    "",
    ...closed("certificates", []),
    "",
    "mailstead:server:",
    ...indented(writeKeys("server", TABLES.server)),
    "",
    "mailstead:mail:",
    ...indented([...writeKeys("mail", TABLES.mail), "images:", ...indented(images())]),
  ];
  return `${[...head, "config:", ...indented(body)].join("\n")}\n`;
}
