/** `npm run docs`: writes the pages under docs/ that are made from the code. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { format, resolveConfig } from "prettier";
import { configurationReference } from "./configurationReference.ts";

/** Path of the page. */
export const CONFIGURATION_PAGE = join(import.meta.dirname, "reference/configuration.md");

/** Its text, formatted as every file here. */
export async function configurationPage(): Promise<string> {
  return format(configurationReference(), {
    ...(await resolveConfig(CONFIGURATION_PAGE)),
    filepath: CONFIGURATION_PAGE,
  });
}

if (process.argv[1] === import.meta.filename) writeFileSync(CONFIGURATION_PAGE, await configurationPage());
