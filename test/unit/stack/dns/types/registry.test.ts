/**
 * Proves: for every type of record that can be declared, the canonical value says all of the data and nothing else, a zone
 * file's text means the same value, and so does every spelling of it that is allowed; each type stands once in the registry,
 * has a file named after it and a test.
 * Cannot prove: that others read the text so; BIND does in test/unit/readers/.
 */
import fc from "fast-check";
import { globSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { canonicalData, canonicalValue, zoneFileData } from "../../../../../stack/dns/types/recordData.ts";
import type { RecordType } from "../../../../../stack/dns/types/recordType.ts";
import { RECORD_TYPES } from "../../../../../stack/dns/types/registry.ts";
import { UNDECLARED } from "../../../../../stack/dns/types/undeclared.ts";
import { arbitraryData, WORDED } from "./arbitraryData.ts";

const TYPES: readonly RecordType[] = RECORD_TYPES;
const folder = join(import.meta.dirname, "../../../../../stack/dns/types");

/** Other case of what has none, more blanks, digits in groups: all that a zone file may have and mean the same. */
function respelt({ fields }: RecordType, zoneText: string): string {
  const kinds = Object.values(fields).map(({ kind }) => kind);
  const words = zoneText.split(" ");
  return kinds
    .map((kind, index) => {
      const rest = words.slice(index).join(" ");
      const text = index < kinds.length - 1 ? (words[index] ?? "") : rest;
      if (kind === "hex") return text.toUpperCase().replace(/(.{6})(?=.)/g, "$1 ");
      return ["text", "wholeText", "number"].includes(kind) ? text : text.toUpperCase();
    })
    .join(" \t ");
}

describe.each(TYPES.map((one) => [one.type, one] as const))("%s", (name, type) => {
  test("a value says all of the data", () => {
    fc.assert(
      fc.property(arbitraryData(type), (data) => {
        const value = canonicalValue(data);
        const parsed = { type: name, ...type.parse(value) };
        expect(canonicalValue(parsed as typeof data)).toBe(value);
        for (const [key, said] of Object.entries(data))
          if (!["address", "value"].includes(key)) expect(parsed).toHaveProperty(key, said);
      }),
    );
  });

  test("a zone file's text means the value, in every spelling", () => {
    fc.assert(
      fc.property(arbitraryData(type), (data) => {
        const value = canonicalValue(data);
        const text = zoneFileData(name, value);
        expect(text).toMatch(/^[\x20-\x7e]+$/);
        expect(canonicalData(name, text)).toBe(value);
        expect(canonicalData(name, respelt(type, text))).toBe(value);
      }),
    );
  });

  test("data that is wrong is not made right", () => {
    const short = Object.keys(type.fields).length - 1;
    const words = Array.from({ length: short }, () => "x").join("  ");
    if (short > 0) expect(canonicalData(name, ` ${words}`)).toBe(words.replaceAll("  ", " "));
  });

  test("has a file and a test", () => {
    const file = `${name.toLowerCase()}.ts`;
    expect(readdirSync(folder)).toContain(file);
    expect(readdirSync(import.meta.dirname)).toContain(file.replace(/\.ts$/, ".test.ts"));
  });
});

test("each type stands in the registry once, and none is both declared and not", () => {
  const names = TYPES.map(({ type }) => type);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => UNDECLARED.has(name))).toEqual([]);
  expect(names.every((name) => name === name.toUpperCase())).toBe(true);
});

test("no file of a type is left out of the registry", () => {
  const shared = ["field", "layout", "recordData", "recordType", "registry", "undeclared"];
  const files = globSync("*.ts", { cwd: folder }).map((file) => file.replace(/\.ts$/, ""));
  expect(files.filter((file) => !shared.includes(file)).sort()).toEqual(
    TYPES.map(({ type }) => type.toLowerCase()).sort(),
  );
});

test("the words tried are those of all types that have any", () => {
  const worded = TYPES.filter(({ fields }) => Object.values(fields).some(({ kind }) => kind === "word"));
  expect(worded.map(({ type }) => type)).toEqual(WORDED);
});
