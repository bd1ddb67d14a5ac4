/** The audit for programs. */
import type { Audit } from "../model/observation.ts";
import { summaryLine } from "./cells.ts";
import { printableJson } from "../../stack/values/printable.ts";

/** Raised when a field or a verdict is renamed, removed or changes its meaning; not when one is added. */
export const AUDIT_SCHEMA_VERSION = 3;

/** The whole audit as JSON, with the version of its shape first. */
export function writeJsonReport(audit: Audit): string {
  const document = { schemaVersion: AUDIT_SCHEMA_VERSION, summary: summaryLine(audit), ...audit };
  return `${printableJson(JSON.stringify(document, null, 2))}\n`;
}
