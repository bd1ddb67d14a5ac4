/**
 * Proves: with a token of another Hetzner project, in the environment or in the stack's file, `preflight`, `--fix`,
 * `import` and `rebuild` stop with the reason; they ask the vendor for addresses alone, start no run of the engine, and
 * change nothing. What the stack's file says of a token counts before the environment, as with the plugins.
 * Cannot prove: what the engine itself does with such a token; the sandbox does.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  CLOUDFLARE_TOKEN,
  DIGITALOCEAN_TOKEN,
  HETZNER_TOKEN,
  started,
  type Started,
} from "../sandbox/cloud/startedCloud.ts";
import { validRaw } from "../stack/support/validRaw.ts";
import { makeProject, type Project } from "./project.ts";

const OTHER = "o".repeat(64);

let cloud: Started;
let project: Project;
let ipv4: string;

beforeEach(async () => {
  cloud = await started({
    otherTokens: { hetzner: OTHER, cloudflare: "p".repeat(40), digitalocean: `dop_v1_${"e".repeat(64)}` },
  });
  project = makeProject();
  project.stack("prod", validRaw());
  const labels = { mailstead: "prod" };
  const order = { name: "mailstead-prod-ipv4", type: "ipv4", auto_delete: false, location: "nbg1", labels };
  ipv4 = String((await cloud.hetzner("POST", "/primary_ips", order)).body.at("primary_ip", "ip"));
  const stack = { urn: "urn", type: "pulumi:pulumi:Stack", outputs: { addresses: { ipv4 } } };
  writeFileSync(join(project.folder, "state.json"), JSON.stringify({ deployment: { resources: [stack] } }));
  project.pulumi(
    `echo "$*" >> engine.log; case "$*" in "stack export"*) cat state.json ;; "config get hcloud:token"*) echo ${OTHER} ;; *) exit 9 ;; esac`,
  );
});
afterEach(async () => {
  project.remove();
  await cloud.close();
});

function run(command: readonly string[], hetzner: string) {
  return project.run([...command, "--stack", "prod"], {
    ...{
      HCLOUD_TOKEN: hetzner,
      CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
      DIGITALOCEAN_TOKEN: DIGITALOCEAN_TOKEN,
    },
    HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
    CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
  });
}

/** What the engine was started for, but to read. */
function engineRuns(): string[] {
  const log = join(project.folder, "engine.log");
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  return lines.filter((line) => !/^(stack export|config get) /.test(line));
}

async function expectStopped(command: readonly string[], place: string, token: string): Promise<void> {
  const { code, stdout, stderr } = await run(command, token);
  expect(`${stdout}${stderr}`).toContain(`${place}: the Hetzner project that this token opens does not have`);
  expect(`${stdout}${stderr}`).toContain(ipv4);
  expect(code).toBe(1);
  expect(engineRuns()).toEqual([]);
  const asked = cloud.log().filter(({ account }) => account === "other");
  expect(asked.map(({ method, path }) => `${String(method)} ${String(path)}`)).toEqual([
    "GET /v1/primary_ips",
  ]);
}

test.each([["preflight"], ["preflight", "--fix", "--yes"], ["import"], ["rebuild"]])(
  "%s %s stops",
  async (...command) => {
    await expectStopped(command, "HCLOUD_TOKEN", OTHER);
  },
);

test.each([`hcloud:token: ${OTHER}`, "hcloud:token:\n    secure: v1:abc"])(
  "the stack's file counts before the environment: %s",
  async (line) => {
    appendFileSync(join(project.folder, "Pulumi.prod.yaml"), `  ${line}\n`);
    await expectStopped(["preflight"], "hcloud:token", HETZNER_TOKEN);
  },
);

test("the right token goes on", async () => {
  const { stdout } = await run(["preflight"], HETZNER_TOKEN);
  expect(stdout).toContain("✓ Hetzner token: is accepted");
});
