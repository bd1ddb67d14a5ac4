/** The audit for programs. */
import type { Audit } from "../model/observation.ts";
import { summaryLine } from "./cells.ts";
import { printableJson } from "../../stack/values/printable.ts";

/** Raised when a field or a verdict is renamed, removed or changes its meaning; not when one is added. */
export const AUDIT_SCHEMA_VERSION = 3;

/** Rows written at once: some 60 kB of text. */
const ROWS = 100;
/** What stands before and after the rows of an audit that has none. */
const NO_ROWS = '\n  "rows": []';

/**
 * The whole audit as JSON, with the version of its shape first, in pieces: as one text it would take 30 MiB more of an
 * audit of 10,000 records.
 */
export function* writeJsonReport(audit: Audit): Generator<string> {
  const { rows } = audit;
  const document = { schemaVersion: AUDIT_SCHEMA_VERSION, summary: summaryLine(audit), ...audit, rows: [] };
  const [before = "", after = ""] = writeJson(document).split(NO_ROWS);
  yield `${before}\n  "rows": [`;
  for (let from = 0; from < rows.length; from += ROWS) {
    // As deep as in the document; without its two brackets and the line breaks beside them.
    const piece = writeJson([rows.slice(from, from + ROWS)]).slice("[\n  [".length, -"\n  ]\n]".length);
    yield `${from === 0 ? "" : ","}${piece}`;
  }
  yield `${rows.length === 0 ? "" : "\n  "}]${after}\n`;
}

function writeJson(value: unknown): string {
  return printableJson(JSON.stringify(value, null, 2));
}
