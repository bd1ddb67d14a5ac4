/** `npm run docs`: writes the pages under docs/ that are made from the code. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { format } from "oxfmt";
import { commandsReference } from "./commandsReference.ts";
import { configurationReference } from "./configurationReference.ts";
import { dnsRulesReference } from "./dnsRules.ts";

/** Paths of the pages. */
export const CONFIGURATION_PAGE = join(import.meta.dirname, "reference/configuration.md");
export const COMMANDS_PAGE = join(import.meta.dirname, "reference/commands.md");
export const DNS_RULES_PAGE = join(import.meta.dirname, "reference/dns-rules.md");

/** What makes the text of each page. */
const PAGES: Readonly<Record<string, () => string>> = {
  [COMMANDS_PAGE]: commandsReference,
  [CONFIGURATION_PAGE]: configurationReference,
  [DNS_RULES_PAGE]: dnsRulesReference,
};

const { printWidth } = JSON.parse(readFileSync(join(import.meta.dirname, "../.oxfmtrc.json"), "utf8")) as {
  printWidth: number;
};

/** Every page with its text, formatted as every file here. */
export async function generatedPages(): Promise<readonly (readonly [path: string, text: string])[]> {
  return Promise.all(
    Object.entries(PAGES).map(async ([filepath, make]) => {
      const { code, errors } = await format(filepath, make(), { printWidth });
      if (errors.length > 0)
        throw new Error(`${filepath}: ${errors.map(({ message }) => message).join(", ")}`);
      return [filepath, code] as const;
    }),
  );
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of await generatedPages()) writeFileSync(path, text);
}
