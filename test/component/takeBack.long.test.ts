/**
 * Proves: with the real engine, what a refresh with a foreign token forgot, and what an old copy of the state knows under
 * another id, is taken back by `preflight --fix` under the ids that the vendor has; nothing is deleted and made anew at
 * the vendors, and a second look finds nothing. Where the domain's zone is another one than the records are in, as in a new
 * account at the DNS provider, an `up` stops; `--fix` forgets them, and the next `up` makes them in the new zone and asks for
 * nothing in the old one, to which the new token has no right.
 * Cannot prove: that the next `up` of a server that runs has nothing to do, since no host boots here; the sandbox does.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { exampleValues } from "../../bench/exampleConfig.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
import {
  CLOUDFLARE_TOKEN,
  HETZNER_TOKEN,
  started,
  type Started,
} from "../unit/sandbox/cloud/startedCloud.ts";
import { findEngine, makeEngineProject, type EngineProject } from "./support/engine.ts";

const OTHER = {
  hetzner: "o".repeat(64),
  cloudflare: "p".repeat(40),
  digitalocean: `dop_v1_${"e".repeat(64)}`,
};
const SERVER = "hcloud:index/server:Server";
const KINDS = ["servers", "primary_ips", "firewalls", "ssh_keys"];
const ZONE = "c7915704a794c5f99111b674c1985c3a";
/** No host boots here: what is on one is left out. */
const PARTS = [
  "**MailServer::mail",
  "**Identity**",
  "**HetznerHost**",
  "**MailDns**",
  "**MailStack::stack",
  "**::docker",
].flatMap((part) => ["--target", part]);
const QUIETLY = ["--yes", "--skip-preview", "--stack", "prod"];

function configuration(): string {
  return stringify({ config: { ...exampleValues(), "mailstead:protect": "false" } });
}

const engine = findEngine();

describe.skipIf(engine === undefined)(
  "taken back (needs pulumi: make sandbox builds one)",
  { timeout: 300_000 },
  () => {
    let cloud: Started;
    let project: EngineProject;

    beforeAll(async () => {
      cloud = await started({ otherTokens: OTHER });
      project = await makeEngineProject(engine ?? "", "prod", configuration(), {
        HCLOUD_TOKEN: HETZNER_TOKEN,
        CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
        HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
        CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
      });
      await project.pulumi(["stack", "init", "prod"]);
      await project.pulumi(["up", ...PARTS, ...QUIETLY]);
      expect((await there()).filter((thing) => thing.startsWith("servers"))).toHaveLength(1);
    }, 300_000);

    afterAll(async () => {
      project.remove();
      await cloud.close();
    });

    async function there(): Promise<string[]> {
      const lists = await Promise.all(
        KINDS.map(async (kind) => {
          const things = (await cloud.hetzner("GET", `/${kind}`)).body.at(kind) as { id: number }[];
          return things.map(({ id }) => `${kind} ${String(id)}`);
        }),
      );
      const records = (await cloud.cloudflare("GET", `/zones/${ZONE}/dns_records`)).body.at("result") as {
        id: string;
      }[];
      return [...lists.flat(), ...records.map(({ id }) => `record ${id}`)].sort();
    }

    async function stateIds(): Promise<string[]> {
      const { deployment } = JSON.parse(await project.pulumi(["stack", "export", "--stack", "prod"])) as {
        deployment: { resources: { type: string; id?: string }[] };
      };
      return deployment.resources
        .filter(({ type }) => /^(hcloud|cloudflare):/.test(type))
        .map(({ type, id = "" }) => `${type} ${id}`)
        .sort();
    }

    function changes(since: number): string[] {
      return cloud
        .log()
        .slice(since)
        .filter(({ method }) => method !== "GET")
        .map(({ method, path }) => `${String(method)} ${String(path)}`);
    }

    /** What the next `up` would do with the server. Its addresses are no change: it has them. */
    async function serverStep(): Promise<{ op: string } | undefined> {
      const { steps } = JSON.parse(await project.pulumi(["preview", "--json", "--stack", "prod"])) as {
        steps: { op: string; urn: string; diffReasons?: string[] }[];
      };
      const step = steps.find(({ urn }) => urn.endsWith(`${SERVER}::server`));
      expect(step?.diffReasons ?? []).not.toContain("publicNets");
      return step;
    }

    /** Loses something of the state, has it taken back, and looks that nothing else has changed anywhere. */
    async function expectTakenBack(lose: () => Promise<unknown>): Promise<void> {
      const [before, known] = [await there(), await stateIds()];
      const since = cloud.log().length;
      await lose();
      expect(await stateIds()).not.toEqual(known);
      await project.mailstead(["preflight", "--fix", "--yes", "--stack", "prod"]);
      expect(await stateIds()).toEqual(known);
      expect(await there()).toEqual(before);
      expect(changes(since)).toEqual([]);
      expect(await serverStep()).toMatchObject({ op: expect.stringMatching(/^(same|update)$/) as unknown });
    }

    test.each([
      ["at Hetzner", { HCLOUD_TOKEN: OTHER.hetzner }],
      ["at Cloudflare", { CLOUDFLARE_API_TOKEN: OTHER.cloudflare }],
    ])("what a refresh with a foreign token forgot %s", async (_, foreign) => {
      await expectTakenBack(() => project.pulumi(["refresh", ...QUIETLY], foreign));
    });

    test("the successor of a server that the state knows, as an old copy and a lost answer leave it", async () => {
      await expectTakenBack(async () => {
        const state = JSON.parse(await project.pulumi(["stack", "export", "--stack", "prod"])) as {
          deployment: { resources: { type: string; id?: string }[] };
        };
        for (const resource of state.deployment.resources)
          if (resource.type === SERVER) Object.assign(resource, { id: "4999", pendingReplacement: true });
        const file = join(temporaryFolder(), "old.json");
        writeFileSync(file, JSON.stringify(state));
        await project.pulumi(["stack", "import", "--file", file, "--stack", "prod"]);
      });
    });

    test("the zone is another one: nothing goes on, then the records are forgotten and made in it", async () => {
      const [before, known] = [await there(), await stateIds()];
      const records = before.filter((thing) => thing.startsWith("record ")).length;
      const elsewhere = await started({
        zones: [{ name: "example.com", id: "e".repeat(32) }],
        cloudflareToken: "n".repeat(40),
      });
      const moved = {
        CLOUDFLARE_API_TOKEN: "n".repeat(40),
        CLOUDFLARE_BASE_URL: `${elsewhere.cloud.cloudflareUrl}/client/v4`,
      };
      try {
        const run = ["up", "--refresh", "--run-program", "--suppress-outputs", "--yes", "--skip-preview"];
        await expect(project.pulumi([...run, "--stack", "prod"], moved)).rejects.toThrow(
          /in the zone c7915704a794c5f99111b674c1985c3a at Cloudflare[\s\S]*mailstead preflight --fix/,
        );
        const fixed = await project.mailstead(["preflight", "--fix", "--yes", "--stack", "prod"], moved);
        expect(fixed).toContain(`${String(records)} records of the zone ${ZONE} are forgotten`);
        expect(await stateIds()).toEqual(known.filter((thing) => !thing.startsWith("cloudflare:")));
        await project.pulumi(["up", ...PARTS, ...QUIETLY], moved);
        const asked = elsewhere.log().filter(({ path }) => String(path).includes("/dns_records"));
        expect(asked.filter(({ method }) => method === "POST")).toHaveLength(records);
        expect(asked.filter(({ path }) => String(path).includes(ZONE))).toEqual([]);
        // What is in the old zone is as it was.
        expect(await there()).toEqual(before);
      } finally {
        await elsewhere.close();
      }
    });
  },
);
