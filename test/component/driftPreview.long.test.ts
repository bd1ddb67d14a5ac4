/**
 * Proves: with the real engine a plain preview prints a warning for an unmanaged record, and one for a record that the last `up`
 * declared and that is gone at the vendor; nothing for what is still to be made; `drift: error` makes it fail. At Hetzner a
 * value of somebody else's in a set of ours makes a plain one fail, until it is declared. What the guards of the next `up`
 * are told is one line of the outputs.
 * Cannot prove: the same with late values known, since no server boots here; the sandbox does.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { exampleValues } from "../../bench/exampleConfig.ts";
import {
  CLOUDFLARE_TOKEN,
  HETZNER_TOKEN,
  started,
  type Started,
} from "../unit/sandbox/cloud/startedCloud.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
import { findEngine, makeEngineProject, type EngineProject } from "./support/engine.ts";

const engine = findEngine();
const RECORDS = "/zones/c7915704a794c5f99111b674c1985c3a/dns_records";

function configuration(changes: Readonly<Record<string, unknown>> = {}): string {
  return stringify({ config: { ...exampleValues(), ...changes } });
}

const MX = { name: "example.com", type: "MX", value: "0 mx.example.com" };

/** The state after an `up` of which only the outputs are left. */
function lastUp(...records: readonly object[]): string {
  const stack = {
    urn: "urn:pulumi:drift::mailstead::pulumi:pulumi:Stack::mailstead-drift",
    custom: false,
    type: "pulumi:pulumi:Stack",
    outputs: { records },
  };
  const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
  const file = join(temporaryFolder(), "state.json");
  writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest, resources: [stack] } }));
  return file;
}

describe.skipIf(engine === undefined)("a plain preview (needs pulumi: make sandbox builds one)", () => {
  let cloud: Started;
  let project: EngineProject;

  beforeAll(async () => {
    cloud = await started();
    project = await makeEngineProject(engine ?? "", "drift", configuration(), {
      HCLOUD_TOKEN: HETZNER_TOKEN,
      CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
      HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
      CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
    });
    await project.pulumi(["stack", "init", "drift"]);
    await project.pulumi(["stack", "import", "--stack", "drift", "--file", lastUp(MX)]);
    const unmanaged = { type: "A", name: "blog.example.com", content: "192.0.2.9", ttl: 300 };
    expect((await cloud.cloudflare("POST", RECORDS, unmanaged)).status).toBe(200);
  }, 300_000);

  afterAll(async () => {
    project.remove();
    await cloud.close();
  });

  test("warns of what the engine does not see, and of nothing else", async () => {
    const printed = await project.pulumi(["preview", "--stack", "drift"]);
    const said = printed.split("\n").filter((line) => line.startsWith("    warning: DNS: "));
    expect(said).toEqual([
      expect.stringMatching(/DNS: missing MX example\.com: /),
      expect.stringMatching(/DNS: unmanaged A blog\.example\.com: /),
    ]);
    expect(printed).toMatch(/^ +\+ deployed +: "json \{.*"$/m);
  });

  test("fails with all of it where drift is an error", async () => {
    await project.pulumi(["config", "set", "mailstead:drift", "error", "--stack", "drift"]);
    const preview = project.pulumi(["preview", "--stack", "drift"]);
    await expect(preview).rejects.toThrow(
      /mailstead:drift is error; nothing was changed\.\n\s+DNS: missing MX example\.com: .*\n\s+DNS: unmanaged A blog/,
    );
  });
});

describe.skipIf(engine === undefined)("a plain preview with the zone at Hetzner (needs pulumi)", () => {
  const SPF = { name: "example.edu", type: "TXT", value: "v=spf1 a -all" };
  let cloud: Started;
  let project: EngineProject;

  beforeAll(async () => {
    cloud = await started({ hetznerZones: ["example.edu"] });
    const dns = { provider: "hetzner" };
    const changes = {
      "mailstead:domain": "example.edu",
      "mailstead:dns": dns,
      "mailstead:certificates": { method: "http-01", directory: "letsencrypt" },
    };
    project = await makeEngineProject(engine ?? "", "drift", configuration(changes), {
      HCLOUD_TOKEN: HETZNER_TOKEN,
      HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
    });
    await project.pulumi(["stack", "init", "drift"]);
    await project.pulumi(["stack", "import", "--stack", "drift", "--file", lastUp(SPF)]);
    const records = [{ value: '"v=spf1 a -all"' }, { value: '"google=1"' }];
    const set = { name: "@", type: "TXT", ttl: 300, records };
    expect((await cloud.hetzner("POST", "/zones/example.edu/rrsets", set)).status).toBe(201);
  }, 300_000);

  afterAll(async () => {
    project.remove();
    await cloud.close();
  });

  test("stops before an up takes away somebody's text in a set of ours, until it is declared", async () => {
    await expect(project.pulumi(["preview", "--stack", "drift"])).rejects.toThrow(
      /nothing was changed\.\n\s+DNS: TXT example\.edu: .*google=1 is not declared, and Hetzner keeps one set .* → add to mailstead:dns\.records: \{ role: kept-txt, /,
    );
    const key = (name: string): string => `mailstead:dns.records[0].${name}`;
    const entry = { role: "kept-txt", name: "@", type: "TXT", text: "google=1" };
    for (const [name, value] of Object.entries(entry))
      await project.pulumi(["config", "set", "--stack", "drift", "--path", key(name), value]);
    expect(await project.pulumi(["preview", "--stack", "drift"])).not.toContain("google=1 is not declared");
  });
});
