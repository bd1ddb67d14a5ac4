/** Words and signs that every part of the page uses. */
import type { Severity } from "../../model/observation.ts";
import type { FindingCard } from "./findings.ts";
import { markup, type Markup } from "./markup.ts";

/** A sign beside each word, so that colour is never the only one. */
const SIGNS: Readonly<Record<FindingCard["verdict"], string>> = {
  conflict: "✕",
  missing: "−",
  bad: "!",
  changed: "≠",
  unreachable: "?",
  propagating: "→",
  unmanaged: "+",
  ignored: "·",
  "provider-owned": "·",
  ok: "✓",
};

/** What each severity does to mail. */
export const SEVERITY_WORDS: Readonly<Record<Severity, { readonly name: string; readonly means: string }>> = {
  critical: { name: "Critical", means: "mail stops or is refused" },
  warning: { name: "Warnings", means: "mail suffers, or somebody should look" },
  info: { name: "Notes", means: "mail is not touched" },
};

/** Verdict with its sign; `ok` is its own colour. */
export function writeBadge(verdict: FindingCard["verdict"], severity: Severity | "ok"): Markup {
  const words = verdict === "provider-owned" ? "provider’s" : verdict;
  return markup`<span class="badge ${severity}"><span aria-hidden="true">${SIGNS[verdict]}</span> ${words}</span>`;
}

/** Kind and name. */
export function writeTitle(kind: string, subject: string): Markup {
  return markup`<span class="kind">${kind}</span> <span class="name">${subject}</span>`;
}
