/**
 * Proves: the workflows are what GitHub's own parser takes, start nothing that the Makefile, package.json and the command
 * have not, and name actions by commit; the notes of a release are cut out of the changelog; issue forms ask for
 * `mailstead report`; rules of Renovate are about libraries that are used; Node is named once.
 * Cannot prove: that a runner has what the jobs need.
 */
import type * as Parser from "@actions/workflow-parser";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { COMMANDS } from "../../../cli/commands.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const root = join(import.meta.dirname, "../../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const json = (file: string): unknown => JSON.parse(read(file));
const workflows = globSync(".github/workflows/*.yml", { cwd: root });

let parser: typeof Parser;

beforeAll(async () => {
  // It imports JSON in a way that bundlers take and Node refuses.
  const input = fileURLToPath(import.meta.resolve("@actions/workflow-parser"));
  const bundle = await rolldown({ input, platform: "node" });
  const file = join(temporaryFolder(), "parser.mjs");
  await bundle.write({ file, format: "esm" });
  await bundle.close();
  parser = (await import(file)) as typeof Parser;
});

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

function stepsOf(file: string): readonly Step[] {
  const { jobs } = parse(read(file)) as { jobs: Record<string, { steps: readonly Step[] }> };
  return Object.values(jobs).flatMap(({ steps }) => steps);
}

function faultsOf(name: string, content: string): readonly string[] {
  const { context } = parser.parseWorkflow({ name, content }, new parser.NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

test.each(workflows)("%s is a workflow", (file) => {
  expect(faultsOf(file, read(file))).toEqual([]);
  expect(faultsOf(file, read(file).replace("runs-on:", "runs-at:")).length).toBeGreaterThan(0);
});

test.each(workflows)("%s names actions by commit, with the version beside it", (file) => {
  const uses = read(file)
    .split("\n")
    .filter((line) => line.includes("uses:"));
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("what is to be typed is there", () => {
  const targets = [...read("Makefile").matchAll(/^([a-z-]+):/gm)].map(([, name]) => name);
  const { scripts } = json("package.json") as { scripts: Record<string, string> };
  const commands = COMMANDS.map(({ command }) => command.name());
  const files = [
    ...workflows,
    ...globSync(".github/{*.md,ISSUE_TEMPLATE/*.yml}", { cwd: root }),
    "SECURITY.md",
    "README.md",
    "CONTRIBUTING.md",
  ];
  const typed = (pattern: RegExp) =>
    files.flatMap((file) => [...read(file).matchAll(pattern)].map(([, name = ""]) => name));
  const made = typed(/(?:run: |`| {4})make ([a-z-]+)/g);
  expect(made).toEqual(expect.arrayContaining(["check", "test", "sandbox"]));
  expect(made.filter((name) => !targets.includes(name))).toEqual([]);
  expect(typed(/npm run ([a-z:]+)/g).filter((name) => !(name in scripts))).toEqual([]);
  expect(typed(/\.\/mailstead ([a-z]+)/g).filter((name) => !commands.includes(name))).toEqual([]);
});

test.each(globSync(".github/ISSUE_TEMPLATE/{bug,wish}.yml", { cwd: root }))("%s is a form", (file) => {
  const form = parse(read(file)) as {
    readonly name: string;
    readonly description: string;
    readonly body: readonly { readonly type: string; readonly id?: string; readonly attributes: object }[];
  };
  expect([form.name, form.description].every((text) => text.length > 10)).toBe(true);
  const ids = form.body.flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { type, attributes } of form.body)
    expect(attributes, type).toHaveProperty(type === "markdown" ? "value" : "label");
});

test("a bug's form asks for the report, and the report is a command", () => {
  expect(read(".github/ISSUE_TEMPLATE/bug.yml")).toMatch(/`\.\/mailstead report`[^]*required: true/);
  expect(COMMANDS.map(({ command }) => command.name())).toContain("report");
});

test("a release says what the changelog says of its version, and stops where that is nothing", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/gh"), '#!/bin/sh\necho "$@" > asked\n');
  chmodSync(join(folder, "bin/gh"), 0o755);
  writeFileSync(
    join(folder, "CHANGELOG.md"),
    "# Changelog\n\n## Unreleased\n\n- later\n\n## 0.2.0\n\n- now\n\n## 0.1.0\n\n- before\n",
  );
  const script = stepsOf(".github/workflows/release.yml").find(({ run }) => run?.includes("gh release"))?.run;
  const release = (tag: string) =>
    spawnSync("bash", ["-e", "-c", script ?? "exit 9"], {
      cwd: folder,
      env: { PATH: `${join(folder, "bin")}:/usr/bin:/bin`, GITHUB_REF_NAME: tag },
    }).status;
  expect(release("v0.2.0")).toBe(0);
  expect(readFileSync(join(folder, "notes.md"), "utf8").trim()).toBe("- now");
  expect(readFileSync(join(folder, "asked"), "utf8")).toMatch(/^release create v0\.2\.0 /);
  expect(release("v9.9.9")).toBe(1);
});

test("rules of Renovate are about libraries that are used, at the versions that are decided", () => {
  const { packageRules } = json("renovate.json") as {
    packageRules: { matchPackageNames?: string[]; matchFileNames?: string[]; allowedVersions?: string }[];
  };
  const manifests = ["package.json", "sandbox/package.json", "sandbox/node/package.json"].map(
    (file) => json(file) as Record<string, Record<string, string> | undefined>,
  );
  const used = Object.assign(
    {},
    ...manifests.flatMap((one) => [one["dependencies"], one["devDependencies"], one["optionalDependencies"]]),
  ) as Record<string, string>;
  const names = [...Object.keys(used), "node"];
  for (const { matchPackageNames = [], matchFileNames = [], allowedVersions } of packageRules) {
    for (const pattern of matchPackageNames) {
      const matches = new RegExp(`^${pattern.replaceAll(/\*+/g, ".*")}$`);
      expect(
        names.filter((name) => matches.test(name)),
        pattern,
      ).not.toEqual([]);
      if (allowedVersions !== undefined) expect(used[pattern]).toBe(allowedVersions);
    }
    for (const pattern of matchFileNames)
      expect(globSync(pattern, { cwd: root }).length, pattern).toBeGreaterThan(0);
  }
});

test("the Node of .nvmrc is the one that `make install` brings", () => {
  const { optionalDependencies } = json("sandbox/node/package.json") as {
    optionalDependencies: Record<string, string>;
  };
  expect(new Set(Object.values(optionalDependencies))).toEqual(new Set([read(".nvmrc").trim()]));
});

test("every file ends as .editorconfig wants it, but for golden ones", () => {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0");
  const texts = files.filter((file) => /\.(ts|js|cjs|md|ya?ml|json|sh|css|go)$/.test(file));
  const odd = texts.filter((file) => !file.startsWith("test/golden/") && !/[^\n]\n$/.test(read(file)));
  expect(texts.length).toBeGreaterThan(500);
  expect(odd).toEqual([]);
});
