/**
 * Proves: the pages under docs/reference/ are what the program's own tables give, every key, rule and command is on them, no
 * link in a document leads nowhere, and no guide stops between the file that `mailstead import` writes and the engine's import.
 * Cannot prove: that the words are good.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../../cli/commands.ts";
import { COMMANDS_PAGE, CONFIGURATION_PAGE, DNS_RULES_PAGE, generatedPages } from "../../../docs/generate.ts";
import { changeEffect } from "../../../docs/changeEffects.ts";
import { CHANGE_EXAMPLES } from "../../../docs/changeExamples.ts";
import { SECTIONS } from "../../../stack/config/keys/schema.ts";
import { defaultsByPath, pathOfKey, TABLES } from "../../../stack/config/tables.ts";
import { RULES } from "../../../stack/dns/rules/rules.ts";

const repository = join(import.meta.dirname, "../../..");
const committed = readFileSync(CONFIGURATION_PAGE, "utf8");

test("the committed pages are up to date (else: npm run docs)", async () => {
  for (const [path, text] of await generatedPages()) expect(readFileSync(path, "utf8")).toBe(text);
});

test("every rule about records is on its page", () => {
  const page = readFileSync(DNS_RULES_PAGE, "utf8");
  for (const { name } of RULES) expect(page).toContain(`| \`${name}\``);
});

test("every command with every option is on its page", () => {
  const page = readFileSync(COMMANDS_PAGE, "utf8");
  for (const { command } of COMMANDS) {
    const [, section = ""] = page.split(`\n## ${command.name()}\n`);
    const [own = ""] = section.split("\n## ");
    for (const { flags } of command.options) expect(own, command.name()).toContain(`| \`${flags}\``);
    expect(own).toContain(`./mailstead ${command.name()}`);
  }
});

test("every key has an example of a change, whose effect the plans tell", () => {
  const keys = Object.entries(TABLES).flatMap(([table, fields]) =>
    Object.keys(fields).map((key) => pathOfKey(table, key)),
  );
  expect(Object.keys(CHANGE_EXAMPLES).sort()).toEqual([...keys].sort());
  const effects = {
    domain: "refused",
    "server.location": "refused",
    "server.type": "the machine: waits for the next generation",
    "server.adminNetworks": "firewall, in place; files on the host, in place",
    "dns.ttlSeconds": "records",
    drift: "nothing",
    "mail.images.ROLE.digest": "restarts the app's 12 containers",
  };
  for (const [path, effect] of Object.entries(effects)) expect(changeEffect(path), path).toBe(effect);
  expect(changeEffect("mail.storage")).toContain(
    "takes away sqlite, sqlite_bree, imap, pop3, caldav, carddav",
  );
});

test("every default and every section is on it", () => {
  for (const path of Object.keys(defaultsByPath())) expect(committed).toContain(`\`${path}\``);
  for (const [parent, sections] of Object.entries(SECTIONS)) {
    for (const name of sections)
      expect(committed).toContain(`## \`mailstead:${parent === "" ? "" : `${parent}.`}${name}`);
  }
});

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...globSync("docs/**/*.md", { cwd: repository }),
];

test("where `mailstead import` is to be typed, the line that takes over what it found comes next", () => {
  const typed = pages.flatMap((page) => {
    const lines = readFileSync(join(repository, page), "utf8").split("\n");
    return lines.flatMap((line, at) =>
      /^ {4}\.\/mailstead import\b/.test(line) ? [{ page, next: lines[at + 1] }] : [],
    );
  });
  expect(typed.length).toBeGreaterThan(3);
  expect(typed.filter(({ next = "" }) => !next.startsWith("    pulumi import --file "))).toEqual([]);
});

test("every document has a line in the index", () => {
  const index = readFileSync(join(repository, "docs/README.md"), "utf8");
  const all = globSync("{guides,reference,explanation,decisions}/*.md", { cwd: join(repository, "docs") });
  expect(all.length).toBeGreaterThan(10);
  expect(all.filter((page) => !index.includes(`](${page})`))).toEqual([]);
});

test("every decision has its reason and its day", () => {
  const rows = readFileSync(join(repository, "docs/decisions/README.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2);
  expect(rows.length).toBeGreaterThan(90);
  expect(rows.filter((row) => !/^\| \S.* \| \S.* \| 20\d\d-[01]\d-[0-3]\d \|$/.test(row))).toEqual([]);
});

describe("links", () => {
  test.each(pages)("%s leads somewhere", (page) => {
    const text = readFileSync(join(repository, page), "utf8");
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? "");
    const dead = targets.filter((target) => !existsSync(join(repository, dirname(page), target)));
    expect(dead).toEqual([]);
  });
});
