/**
 * Proves: Pulumi.dev.yaml, the sandbox's, is a whole and good configuration once the digests are in, and it
 * names every key that there is.
 * Cannot prove: that the sandbox adds the digests; its own tests do.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { IMAGE_ROLES } from "../../../stack/model/imageRoles.ts";
import { parseConfig } from "../../../stack/config/parseConfig.ts";
import { readRawConfig } from "../../../stack/config/readRawConfig.ts";
import { SECTIONS } from "../../../stack/config/keys/schema.ts";
import { TABLES } from "../../../stack/config/tables.ts";
import { planMailServer } from "../../../stack/planMailServer.ts";
import type { Raw } from "./support/validRaw.ts";
import { DIGEST, set } from "./support/validRaw.ts";

const text = readFileSync(join(import.meta.dirname, "../../../Pulumi.dev.yaml"), "utf8");

/** The values as the engine hands them over: objects as JSON text. */
function asTheEngineDoes(): Raw {
  const { config } = parse(text) as { config: Record<string, unknown> };
  const flat = Object.entries(config).map(([key, value]): [string, string] => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return readRawConfig(Object.fromEntries(flat));
}

test("lacks nothing but the digests", () => {
  const { issues } = parseConfig(asTheEngineDoes());
  expect(issues.map(({ path, rule }) => `${path} ${rule}`)).toEqual(
    ["app", "nginx", "mongo", "redis"].map((role) => `mailstead:mail.images.${role}.digest missing`),
  );
});

test("is good with them, without a warning", () => {
  const raw = asTheEngineDoes();
  for (const role of IMAGE_ROLES) set(raw, `mail.images.${role}.digest`, DIGEST);
  const { config, issues } = parseConfig(raw);
  expect(issues).toEqual([]);
  if (config === undefined) throw new Error("no configuration");
  const { plan, issues: planIssues } = planMailServer(config);
  expect(planIssues).toEqual([]);
  expect([plan.server.image, plan.server.protect, plan.containers.length]).toEqual(["debian-13", false, 15]);
});

test("names every key", () => {
  const keys = [
    ...Object.values(TABLES).flatMap((table) => Object.keys(table)),
    ...Object.values(SECTIONS).flat(),
  ];
  const unnamed = keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(text));
  expect(unnamed).toEqual([]);
});
