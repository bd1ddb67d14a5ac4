/**
 * Proves: with the real engine and the stand-in plugins, the first preview of a configuration like Pulumi.dev.yaml, with mailboxes by the deploy,
 * shows every resource and every DNS record by name, though no address and no key is known yet, and makes nothing.
 * Cannot prove: that the real plugins plan alike, or that an `up` succeeds; the sandbox does the latter.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { exampleValues } from "../../bench/exampleConfig.ts";
import { parseConfig } from "../../stack/config/parseConfig.ts";
import { readRawConfig } from "../../stack/config/readRawConfig.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { planMailServer } from "../../stack/planMailServer.ts";
import {
  CLOUDFLARE_TOKEN,
  HETZNER_TOKEN,
  started,
  type Started,
} from "../unit/sandbox/cloud/startedCloud.ts";
import { findEngine, makeEngineProject, type EngineProject } from "./support/engine.ts";

/** What `pulumi preview --json` says of one resource. */
interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: { readonly type: string; readonly inputs?: Readonly<Record<string, unknown>> };
}

const engine = findEngine();

function planOf(config: Record<string, unknown>): Plan {
  const flat = Object.entries(config).map(([key, value]): [string, string] => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const parsed = parseConfig(readRawConfig(Object.fromEntries(flat)));
  if (parsed.config === undefined) throw new Error(JSON.stringify(parsed.issues));
  return planMailServer(parsed.config).plan;
}

describe.skipIf(engine === undefined)("the first preview (needs pulumi: make sandbox builds one)", () => {
  // Token and key of the domain are known no sooner than its addresses, and their records are there by name all the same.
  const config = {
    ...exampleValues(),
    "mailstead:onboarding": "automatic",
    "mailstead:mailboxes": [{ name: "you" }],
  };
  const plan = planOf(config);
  let cloud: Started;
  let project: EngineProject;
  let steps: readonly Step[];

  beforeAll(async () => {
    cloud = await started();
    project = await makeEngineProject(engine ?? "", "fresh", stringify({ config }), {
      HCLOUD_TOKEN: HETZNER_TOKEN,
      CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
      HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
      CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
    });
    await project.pulumi(["stack", "init", "fresh"]);
    ({ steps } = JSON.parse(await project.pulumi(["preview", "--json", "--stack", "fresh"])) as {
      steps: Step[];
    });
  }, 300_000);

  afterAll(async () => {
    project.remove();
    await cloud.close();
  });

  /** Names of what is to be made, of a type that ends so. */
  function made(type: string): string[] {
    return steps
      .filter(({ op, newState }) => op === "create" && newState?.type.endsWith(type) === true)
      .map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2))
      .sort();
  }

  test("makes everything anew and nothing else", () => {
    expect([...new Set(steps.map(({ op }) => op))]).toEqual(["create"]);
    console.log(`${String(steps.length)} creates`);
    const fixed = steps.length - plan.records.length - plan.containers.length - plan.images.length;
    expect(fixed).toBeGreaterThan(20);
  });

  test("lists every record, by role", () => {
    expect(made(":DnsRecord")).toEqual(plan.records.map(({ role }) => role).sort());
  });

  test("lists every container, one server, both addresses with their reverse names", () => {
    expect(made("docker:index/container:Container")).toEqual(plan.containers.map(({ name }) => name).sort());
    expect(made("hcloud:index/server:Server")).toHaveLength(1);
    expect(made("hcloud:index/primaryIp:PrimaryIp")).toEqual(["ipv4", "ipv6"]);
    expect(made("hcloud:index/rdns:Rdns")).toEqual(plan.reverseNames.map(({ role }) => role).sort());
  });

  test("asks the vendors for nothing but reading", () => {
    const written = cloud.log().filter(({ method }) => method !== "GET");
    expect(written).toEqual([]);
    expect(cloud.hosts.calls).toEqual([]);
  });
});
