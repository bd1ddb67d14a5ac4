/**
 * Proves: the recipe for a new type of record names files that are there, those of each type too, and no place that knows of
 * the last type that came is missing in it.
 * Cannot prove: that the steps are enough; the compiler and the tests of all types ask for the rest.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RECORD_TYPES } from "../../../stack/dns/types/registry.ts";

const repository = join(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(repository, path), "utf8");

const [, recipe = ""] = /^### Add a record type\n([^]*?)^##/m.exec(read("CONTRIBUTING.md")) ?? [];
const named = Array.from(recipe.matchAll(/`([\w.-]+(?:\/[\w.-]*)+|[A-Z]+\.md)`/g), ([, path = ""]) => path);

test("names files that are there, for each type", () => {
  expect(named.length).toBeGreaterThan(10);
  const types = RECORD_TYPES.map(({ type }) => type.toLowerCase());
  const paths = named.flatMap((path) => types.map((type) => path.replace("NAME", type)));
  expect(paths.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
});

test("names every place in the product that knows of TLSA, and more than its own file does", () => {
  const sources = globSync("{stack,cloud-init,components,verify,cli}/**/*.ts", { cwd: repository });
  const knowing = sources.filter((path) => /\bTLSA\b/.test(read(path)));
  const places = named.map((path) => path.replace("NAME", "tlsa"));
  expect(knowing).toContain("stack/dns/types/tlsa.ts");
  expect(
    knowing.filter(
      (path) => !places.some((place) => (place.endsWith("/") ? path.startsWith(place) : path === place)),
    ),
  ).toEqual([]);
});
