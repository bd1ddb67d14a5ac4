/**
 * Proves: no code of the product names a vendor outside of the vendors' rooms and the registries, but where the table says
 * why; every fact that a vendor may change tells where it stands and when that was read; each registry has every vendor; the
 * help has the variable of each one's token.
 * Cannot prove: that the facts still hold. A comment may name a vendor.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENVIRONMENT } from "../../../../cli/definition.ts";
import { CLOUD_RESOURCES, DNS_RESOURCES } from "../../../../components/vendors/registry.ts";
import {
  CLOUD_NAMES,
  CLOUDS,
  DNS_PROVIDER_NAMES,
  DNS_PROVIDERS,
} from "../../../../stack/vendors/registry.ts";
import type { Sourced } from "../../../../stack/vendors/sourced.ts";
import { OPEN_ACCOUNT, ZONE_APIS } from "../../../../verify/vendors/registry.ts";

const repository = join(import.meta.dirname, "../../../..");
const VENDORS = new RegExp([...DNS_PROVIDER_NAMES, ...CLOUD_NAMES, "hcloud"].join("|"), "i");
const ROOM = /^(stack|components|verify)\/vendors\/([^/]+\/|registry\.ts$)/;

/** Files that may name one. */
const ALLOWED: Readonly<Record<string, string>> = {
  "stack/model/vendorNames.ts": "the names themselves",
  "stack/config/keys/schema.ts": "a default is one of them",
  "stack/values/lengths.ts": "the source of a length, below the vendors",
  "stack/dns/types/field.ts": "the source of a length, below the vendors",
  "cli/definition.ts": "the help is printed before anything else is loaded",
};

/** A source without its comments. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

test("what is generic names no vendor", () => {
  const files = ["stack", "cloud-init", "components", "verify", "cli"].flatMap((part) =>
    readdirSync(join(repository, part), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => `${part}/${file}`),
  );
  expect(files.length).toBeGreaterThan(300);
  const naming = files.filter(
    (file) => !ROOM.test(file) && VENDORS.test(code(readFileSync(join(repository, file), "utf8"))),
  );
  expect(naming.sort()).toEqual(Object.keys(ALLOWED).sort());
});

test("every layer has every vendor", () => {
  for (const layer of [DNS_RESOURCES, ZONE_APIS])
    expect(Object.keys(layer).sort()).toEqual([...DNS_PROVIDER_NAMES].sort());
  for (const layer of [CLOUD_RESOURCES, OPEN_ACCOUNT])
    expect(Object.keys(layer).sort()).toEqual([...CLOUD_NAMES].sort());
});

test("the help names the variable of each vendor's token", () => {
  const tokens = [...Object.values(CLOUDS), ...Object.values(DNS_PROVIDERS)].map(({ token }) => token);
  const told = ENVIRONMENT.split(/[\s,]+/);
  expect(tokens.flatMap(({ variables: [first] }) => (told.includes(first) ? [] : [first]))).toEqual([]);
});

describe.each(DNS_PROVIDER_NAMES)("%s", (name) => {
  const { sets, proxy, limits } = DNS_PROVIDERS[name];

  test("tells of each limit where it stands and when that was read", () => {
    const known: (Sourced | undefined)[] = [...Object.values<Sourced>({ ...limits }), sets, proxy];
    const facts = known.filter((fact) => fact !== undefined);
    expect(facts.length).toBeGreaterThan(1);
    for (const { source, checked } of facts) {
      expect(source).toMatch(/^[a-z.]+\.[a-z]+(\/|$)/);
      expect(checked).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });
});
