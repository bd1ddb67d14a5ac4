/**
 * The environment, by upstream's ways: `.env` over `.env.defaults`, and over both what the process was given itself.
 *
 * As with upstream's loader (`@ladjs/env`, in silent mode), a file that cannot be read is passed over without a word, and
 * a variable that it lacks has what everyone can read in the defaults.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

const APP = join(import.meta.dirname, "..");

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Fills in `{{NAME}}` and `{{{NAME}}}`, which upstream's file uses between its own variables. */
function expanded(values: Record<string, string>): Record<string, string> {
  const resolve = (text: string, depth: number): string =>
    depth === 0
      ? text
      : text.replace(/\{{2,3}(\w+)\}{2,3}/g, (_, name: string) => resolve(values[name] ?? "", depth - 1));
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, resolve(text, 5)]));
}

/** Every variable as text: of a `.env` file's text, else of the defaults. */
export function variablesOf(text: string): Record<string, string> {
  const defaults = parseEnv(readOrNothing(join(APP, ".env.defaults"))) as Record<string, string>;
  const own = Object.keys(defaults).flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return expanded({ ...defaults, ...(parseEnv(text) as Record<string, string>), ...Object.fromEntries(own) });
}

/** The variables of this process, as text. */
export const variables = variablesOf(readOrNothing(process.env["ENV_PATH"] ?? join(APP, ".env")));

/** A text as upstream's code has it: truth values, numbers and lists are no texts there. */
function typed(text: string): boolean | number | string | string[] {
  if (text === "true" || text === "false") return text === "true";
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return text.includes(",") ? text.split(",").filter(Boolean) : text;
}

const env = Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, typed(text)]));

export { env as "module.exports", env as default };
