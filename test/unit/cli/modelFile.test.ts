/**
 * Proves: the file that a new user begins with names every section of the configuration and every key of those that are one
 * table, so that nothing has to be looked up to be found.
 * Cannot prove: that its values are good; init.test.ts reads whole files.
 */
import { expect, test } from "vitest";
import { modelFile } from "../../../cli/modelFile.ts";
import { SECTIONS } from "../../../stack/config/keys/schema.ts";
import { TABLES } from "../../../stack/config/tables.ts";

const text = modelFile({ domain: "example.com" });

test.each(SECTIONS[""])("the section %s stands in it, with its keys", (section) => {
  expect(text).toMatch(new RegExp(`^ *(# )?mailstead:${section}:`, "m"));
  const keys = Object.keys(section === "mailboxes" || section === "backups" ? {} : TABLES[section]);
  expect(keys.filter((key) => !new RegExp(`^ *(# *)*${key}:`, "m").test(text))).toEqual([]);
});
