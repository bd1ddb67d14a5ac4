/** The generation in a stack's file, raised without touching anything else there. */
import { readFileSync, writeFileSync } from "node:fs";
import { isMap, isScalar, parseDocument } from "yaml";
import { CommandError } from "../output/terminal.ts";
import { toReplacement } from "../pin/written.ts";
import { findStackFile, readProjectName, readValuesOf } from "../project.ts";
import { replaceValues } from "../stackFile/replaceValues.ts";

const KEY = "mailstead:generation";

/** The text with a line for the generation, as the first one of the configuration; undefined where it has no lines. */
function insertLine(text: string, generation: number): string | undefined {
  const { contents } = parseDocument(text, { schema: "failsafe", strict: false, logLevel: "silent" });
  const section = isMap(contents)
    ? contents.items.find(({ key }) => isScalar(key) && String(key.value) === "config")
    : undefined;
  const [key, value] = [section?.key, section?.value];
  if (!isScalar(key) || !isMap(value) || value.flow === true) return undefined;
  const [first] = value.items;
  if (!isScalar(first?.key)) return undefined;
  const [at] = first.key.range;
  const indent = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  const lineEnd = text.indexOf("\n", key.range[1]) + 1;
  if (indent.trim() !== "" || lineEnd === 0 || lineEnd > at) return undefined;
  const newline = text.slice(0, lineEnd).endsWith("\r\n") ? "\r\n" : "\n";
  return `${text.slice(0, lineEnd)}${indent}${KEY}: ${String(generation)}${newline}${text.slice(lineEnd)}`;
}

/**
 * The text with another generation, and every other byte as it was.
 *
 * @param file its name, as faults name it.
 * @throws CommandError where it stands there in a form that cannot be replaced by itself
 */
export function withGeneration(file: string, bytes: Buffer, generation: number): string {
  const text = bytes.toString("utf8");
  const change = { key: "generation", from: "", to: String(generation) };
  const before = readValuesOf(file, bytes);
  if (before[KEY] === change.to) return text;
  const replaced = replaceValues(text, [toReplacement(change, readProjectName())]);
  const inPlace = replaced.missing === undefined ? replaced.text : undefined;
  const done = before[KEY] === undefined ? insertLine(text, generation) : inPlace;
  const isGood = (after: Readonly<Record<string, string>>): boolean =>
    after[KEY] === String(generation) &&
    Object.keys({ ...before, ...after }).every((key) => key === KEY || after[key] === before[key]);
  if (done !== undefined && Buffer.from(text).equals(bytes) && isGood(readValuesOf(file, Buffer.from(done))))
    return done;
  throw new CommandError(
    `${file}: the generation does not stand there as one value on one line, so the file is left as it is`,
    `pulumi config set ${KEY} ${String(generation)}, then this again with --with-edits`,
    2,
  );
}

/** Writes another generation into the stack's file. @returns the file's new bytes */
export function writeGeneration(stack: string, generation: number): Buffer {
  const path = findStackFile(stack);
  const bytes = readFileSync(path);
  const text = withGeneration(`Pulumi.${stack}.yaml`, bytes, generation);
  writeFileSync(path, text);
  return Buffer.from(text);
}
