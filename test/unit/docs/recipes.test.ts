/**
 * Proves: each recipe of CONTRIBUTING.md names files, folders and npm scripts that are there.
 * Cannot prove: that its steps are enough.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../../..");
const page = readFileSync(join(repository, "CONTRIBUTING.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Title → text, of the sections under `## Recipes`. */
const section = /^## Recipes$(.*?)^## /ms.exec(page)?.[1] ?? "";
const recipes = section
  .split(/^### /m)
  .slice(1)
  .map((text): [title: string, text: string] => [text.split("\n")[0] ?? "", text]);

/** A word in capitals stands for a file or folder that is to be made (`TYPE.ts`): what is above it must be there. */
function known(path: string): string {
  const parts = path.split("/");
  const made = parts.findIndex((part) => /^[A-Z][A-Z-]*(\.(ts|test\.ts))?$/.test(part));
  return (made === -1 ? parts : parts.slice(0, made)).join("/");
}

test("there are recipes", () => {
  expect(recipes.map(([title]) => title)).toEqual(
    expect.arrayContaining([
      "Add a container",
      "Add a record type",
      "Add a vendor",
      "Add a command",
      "Add a check",
    ]),
  );
});

describe.each(recipes)("%s", (_, text) => {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
  const words = quoted.flatMap((one) => one.split(" "));
  const paths = words.filter((word) => /^[\w.-]+(\/[\w.-]*)+$|^[A-Z]+\.md$/.test(word));

  test("its files and folders are there", () => {
    expect(paths.length).toBeGreaterThan(2);
    expect(paths.filter((path) => !existsSync(join(repository, known(path))))).toEqual([]);
  });

  test("a test is among them", () => {
    expect(paths.filter((path) => path.startsWith("test/"))).not.toEqual([]);
  });

  test("its npm scripts are there", () => {
    const named = quoted.flatMap((one) => /^npm run (\S+)/.exec(one)?.[1] ?? []);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});
