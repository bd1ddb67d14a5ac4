/**
 * Proves: the stand-ins of hcloud, cloudflare, digitalocean, tls and random know exactly the inputs of the published schemas, replace
 * on exactly the published properties, answer no output that a schema does not have, and keep the published secrets.
 * Cannot prove what the real plugins do beyond these files (the traces are for that).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cloudflare } from "../../../../sandbox/providers/cloudflare/provider.ts";
import { digitalocean } from "../../../../sandbox/providers/digitalocean/provider.ts";
import { hcloud } from "../../../../sandbox/providers/hcloud/provider.ts";
import type { ResourceHandler } from "../../../../sandbox/providers/protocol/handler.ts";
import { random } from "../../../../sandbox/providers/random/provider.ts";
import { tls } from "../../../../sandbox/providers/tls/provider.ts";
import { NEEDS_SHARED, sharedSpecs } from "../../../support/shared.ts";

interface Schema {
  readonly resources: Record<
    string,
    {
      readonly inputProperties: Record<string, unknown>;
      readonly requiredInputs?: readonly string[];
      readonly properties: Record<string, { readonly secret?: boolean }>;
    }
  >;
}
interface ReplaceRule {
  readonly replaceOnChange: readonly string[];
  readonly replaceOnConditionalChange?: Record<string, string>;
}

/** What npm releases newer than the schema files have beside them (specs/README.md). */
const NEWER_INPUTS: Record<string, readonly string[]> = {
  "cloudflare:index/dnsRecord:DnsRecord": ["includeShadowMetadata"],
};
const NEWER_REQUIRED: Record<string, readonly string[]> = {
  "cloudflare:index/dnsRecord:DnsRecord": ["zoneId"],
};
/** Provider's own, in no schema. */
const ALWAYS = ["id"];

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(sharedSpecs ?? "", "pulumi", file), "utf8"));
}

const resources = [hcloud(), cloudflare(), digitalocean(), tls, random].flatMap(({ name, resources }) =>
  Object.entries(resources).map(([token, handler]): [string, string, ResourceHandler] => [
    token,
    name,
    handler,
  ]),
);

describe.skipIf(sharedSpecs === undefined)(`stand-ins against the published schemas ${NEEDS_SHARED}`, () => {
  it.each(resources)("%s has the published inputs", (token, provider, { schema }) => {
    const published = (read(`${provider}.json`) as Schema).resources[token];
    const inputs = [...Object.keys(published?.inputProperties ?? {}), ...(NEWER_INPUTS[token] ?? [])];
    expect(schema.inputs?.toSorted()).toEqual(inputs.sort());
    const required = [...(published?.requiredInputs ?? []), ...(NEWER_REQUIRED[token] ?? [])];
    expect((schema.required ?? []).toSorted()).toEqual(required.sort());
  });

  it.each(resources)("%s is replaced by the published inputs", (token, _provider, { schema }) => {
    const rule = (read("replace-on-change.json") as { resources: Record<string, ReplaceRule> }).resources[
      token
    ];
    expect(rule).toBeDefined();
    const published = [
      ...(rule?.replaceOnChange ?? []),
      ...Object.keys(rule?.replaceOnConditionalChange ?? {}),
    ];
    expect(schema.replaceOn.toSorted()).toEqual([...new Set(published)].sort());
  });

  it.each(resources)("%s computes and hides only published outputs", (token, provider, { schema }) => {
    const published = (read(`${provider}.json`) as Schema).resources[token]?.properties ?? {};
    const known = [...Object.keys(published), ...ALWAYS];
    expect(schema.computed.filter((name) => !known.includes(name))).toEqual([]);
    const secret = Object.keys(published).filter((name) => published[name]?.secret === true);
    expect((schema.secretOutputs ?? []).toSorted()).toEqual(secret.sort());
  });
});
