/** Text of strangers in Markdown. */
import { printable } from "../../stack/values/printable.ts";

/** Text in Markdown, in a table too: shown as it is, without a link, an emphasis, an entity or a mention in it. */
export function markdownText(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]|~#!$]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;")
    .replace(/(?<=[a-z])(?=:\/\/)|(?<=\bwww)(?=\.)/gi, "&#8203;");
}

/** Text as code in Markdown, to copy; not for tables. */
export function markdownCode(text: string): string {
  const line = printable(text);
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 || /^\s.*\s$/.test(line) ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}
