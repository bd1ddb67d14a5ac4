/**
 * Proves: no page, comment or sentence of the product has a number of containers that the table of services does not give.
 * Cannot prove: that a sentence without a number is right.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { activeServices } from "../../../stack/services/activeServices.ts";
import { WEB_LABELS } from "../../../stack/services/webNames.ts";

const repository = join(import.meta.dirname, "../../..");
const files = globSync(
  ["*.md", "*.yaml", "docs/**/*.{md,ts}", "{stack,components,cloud-init,verify,cli}/**/*.{ts,sh,cjs}"],
  { cwd: repository, exclude: ["docs/reference/**"] },
);

function matches(pattern: RegExp): string[] {
  return files.flatMap((file) =>
    Array.from(
      readFileSync(join(repository, file), "utf8").matchAll(pattern),
      ([text]) => `${file}: ${text}`,
    ),
  );
}

test("no number of containers is written in words", () => {
  expect(files.length).toBeGreaterThan(300);
  expect(matches(/\b(nine|twelve|(four|fif|six|seven)teen(th)?)\s+containers?\b/gi)).toEqual([]);
});

test("a number of containers in figures is that of the table", () => {
  const counts = [activeServices(true, []), activeServices(false, []), activeServices(true, WEB_LABELS)];
  const allowed = new Set(counts.map(({ length }) => `${String(length)} containers`));
  const written = matches(/\b\d+ containers\b/g);
  expect(written.length).toBeGreaterThan(0);
  expect(written.filter((line) => !allowed.has(line.slice(line.indexOf(": ") + 2)))).toEqual([]);
});
