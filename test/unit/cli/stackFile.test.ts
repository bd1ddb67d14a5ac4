/**
 * Proves: a stack's file is read as the engine reads it, by a table of some 300 files that were asked of the engine; what
 * is no YAML is named with line, column and what to write, by every command that reads the file; ciphertext at any depth
 * is a mark; an empty key is as good as none.
 * Cannot prove: that the table is right, or what other files mean; stackFileEngine.long.test.ts asks the engine for the first.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStackFile } from "../../../cli/stackFile/readStackFile.ts";
import { canonical, fileOf, FILES, VALUES } from "../../support/stackFiles.ts";
import { makeProject, type Project } from "./project.ts";

function read(bytes: Buffer): Record<string, unknown> | undefined {
  const { values } = { values: undefined, ...readStackFile(bytes, "mailstead") };
  return values && Object.fromEntries(Object.entries(values).map(([key, text]) => [key, canonical(text)]));
}

function faultsOf(text: string): string[] {
  const { faults = [] } = { faults: undefined, ...readStackFile(Buffer.from(text), "mailstead") };
  return faults.map(
    ({ line, column, message, fix }) => `${String(line)}:${String(column)} ${message} → ${fix}`,
  );
}

describe("as the engine reads it", () => {
  test.each(VALUES)("the value %j is %j", (yaml, text) => {
    expect(read(fileOf(yaml))).toEqual(text === null ? undefined : { "mailstead:z": canonical(text) });
  });

  test.each(FILES.filter(({ stricter }) => !stricter))("$name", ({ bytes, values }) => {
    const wanted =
      values && Object.fromEntries(Object.entries(values).map(([key, text]) => [key, canonical(text)]));
    expect(read(bytes)).toEqual(wanted);
  });

  test.each(FILES.filter(({ stricter }) => stricter))("$name: a fault of ours alone", ({ bytes }) => {
    expect(read(bytes)).toBeUndefined();
  });
});

describe("a fault has its line, and says what to write", () => {
  test.each([
    [
      "@",
      "config:\n  a: { name: @, b: 1 }\n",
      '2:14 YAML keeps @ for itself, and cannot begin a text → write it in quotes: "@"',
    ],
    [
      "*.shop",
      "config:\n  a:\n    - name: *.shop\n",
      '3:13 * begins the name of an anchor, and cannot begin a text → write it in quotes: "*.shop"',
    ],
    ["a tab", "config:\n\ta: 1\n", "2:1 there is a tab where blanks have to be → put blanks in its place"],
    [
      "a key twice",
      "config:\n  a: 1\n  a: 2\n",
      "3:3 the key a is there already → remove one of the two, or put both into one",
    ],
    ["an open quote", 'config:\n  a: "b\n', "2:6 a quote is not closed"],
    ["an open bracket", "config:\n  a: [1, 2\n  b: 3\n", "3:3 a bracket of a line before is not closed"],
    [
      "a control character",
      "config:\n  a: b\u0007\n",
      "2:7 there is a character that may not stand in YAML: U+0007 → take it away",
    ],
    // The engine takes either of the two, by chance.
    [
      "a key in two spellings",
      "config:\n  mailstead:a: 1\n  mailstead:config:a: 2\n",
      "3:3 mailstead:config:a is there already, in another spelling",
    ],
    ["Latin-1", "", "2:9 there is a byte that is no UTF-8 → save the file as UTF-8"],
    ["a list in place of keys", "config:\n  - a\n", "config holds no keys"],
    ["no blank after a colon", "config:\n  a:1\n", "config holds no keys"],
    [
      "an address that begins with colons",
      "config:\n  a: [2001:db8::]\n",
      "2:7 a text within brackets ends with a colon",
    ],
  ])("%s", (name, text, wanted) => {
    const bytes = name === "Latin-1" ? Buffer.from("config:\n  a: caf\u00e9\n", "latin1") : Buffer.from(text);
    const { faults = [] } = { faults: undefined, ...readStackFile(bytes, "mailstead") };
    const [first] = faults.map(
      ({ line, column, message, fix }) => `${String(line)}:${String(column)} ${message} → ${fix}`,
    );
    expect(first).toContain(wanted);
  });

  test("every faulty line is told, once", () => {
    const found = faultsOf("config:\n  a: @x\n  b: 1\n  b: 2\n  c: *d\n");
    expect(found.map((line) => line.split(":")[0])).toEqual(["2", "4", "5"]);
  });

  test("what anchors repeat has an end", () => {
    const rows = Array.from(
      { length: 9 },
      (_, row) =>
        `  k${String(row)}: &a${String(row)} [${
          row === 0
            ? "1"
            : Array(9)
                .fill(`*a${String(row - 1)}`)
                .join(", ")
        }]`,
    );
    expect(faultsOf(`config:\n${rows.join("\n")}\n`)[0]).toContain("more than 200000 values");
  });
});

describe("the commands", () => {
  let project: Project;

  beforeAll(() => {
    project = makeProject();
    project.pulumi("echo 'error: no stack' >&2; exit 255");
    writeFileSync(join(project.folder, "Pulumi.bad.yaml"), "config:\n  mailstead:domain: @\n\tx: 1\n");
    writeFileSync(
      join(project.folder, "Pulumi.sealed.yaml"),
      "config:\n  mailstead:email: { secure: v1:abcd }\n  mailstead:dns: { spf: { secure: x }, records: [{ type: { secure: x }, text: { secure: x } }] }\n  mailstead:mail: { secure: x }\n",
    );
  });

  afterAll(() => {
    project.remove();
  });

  test.each([
    ["render", ["render", "dns"], 2],
    ["render --json", ["render", "dns", "--json"], 2],
    ["audit", ["audit"], 1],
    ["audit --json", ["audit", "--json"], 1],
    ["preflight", ["preflight"], 2],
    ["preflight --json", ["preflight", "--json"], 2],
    ["import", ["import"], 2],
    ["status", ["status"], 2],
  ] as const)("%s ends without a stack trace", async (_, args, wanted) => {
    const { code, stdout, stderr } = await project.run([...args, "--stack", "bad"]);
    expect(code).toBe(wanted);
    // In JSON the same stands on standard output too.
    if (args.some((arg) => arg === "--json"))
      expect(JSON.parse(stdout)).toMatchObject({ error: { nextStep: "mend it and try again" } });
    else expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^error: the stack's file has \d+ faults; nothing was changed\.\n {2}Pulumi\.bad\.yaml:2:21: .*in quotes: "@"\n/,
    );
    expect(stderr).toContain("Pulumi.bad.yaml:3:1: there is a tab");
    expect(stderr).toContain("Next step: mend it");
    expect(stderr).not.toMatch(/^\s+at |node:internal/m);
  });

  test("what is encrypted and need not be is named, with the way to set it", async () => {
    const { code, stderr } = await project.run(["render", "dns", "--stack", "sealed"]);
    expect(code).toBe(2);
    for (const way of [
      "mailstead:email VALUE",
      "--path 'mailstead:dns.spf' VALUE",
      "--path 'mailstead:dns.records[0].type' VALUE",
      "mailstead:mail VALUE",
    ])
      expect(stderr).toContain(
        `encrypted, and cannot be read here: it need not be secret → set it without --secret: pulumi config set ${way}`,
      );
  });
});
