/**
 * Proves: a faulty configuration stops the whole program with every fault at once, before the engine is asked for any
 * resource or function, in the lines that the command prints; with the real engine, an `up` fails, asks no vendor for anything and leaves an empty state.
 * Cannot prove: that each fault is found; the table of bad configurations does.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseConfig } from "../../stack/config/parseConfig.ts";
import { readRawConfig } from "../../stack/config/readRawConfig.ts";
import {
  CLOUDFLARE_TOKEN,
  HETZNER_TOKEN,
  started,
  type Started,
} from "../unit/sandbox/cloud/startedCloud.ts";
import { makeProject } from "../unit/cli/project.ts";
import { rawWith } from "../unit/stack/support/validRaw.ts";
import { GET_SERVERS, ZONE_ID } from "./support/declareSmall.ts";
import { findEngine, makeEngineProject, type EngineProject } from "./support/engine.ts";
import { flat, runProgram } from "./support/wholeProgram.ts";

const GOOD = rawWith({ "dns.zoneId": ZONE_ID });

/** Faults of a single value, between values, and of records. */
const SEVERAL = rawWith({
  generation: "0",
  protct: true,
  "server.location": "nbg1-dc3",
  "dns.nullMxHosts": ["www.example.net"],
  "dns.records": [{ role: "spf", type: "TXT", name: "@", text: "v=spf1 -all" }],
});

/** Good by itself; only together with the plan's own records it is not. */
const CLASH = rawWith({ "dns.records": [{ role: "apex-mx", type: "TXT", name: "www", text: "hello" }] });

describe("the program", () => {
  test("declares a good configuration, so that what follows means something", async () => {
    const run = await runProgram(GOOD);
    expect(run.errors).toEqual([]);
    expect(run.registrations.length).toBeGreaterThan(50);
    expect(run.calls.map(({ token }) => token)).toContain(GET_SERVERS);
  });

  test("tells every fault, each with its path and what to set, and asks for nothing", async () => {
    const { errors, registrations, calls } = await runProgram(SEVERAL);
    expect(errors.map(({ message }) => message.split("\n"))).toEqual([
      [
        "The configuration has 5 faults; nothing was changed.",
        "  mailstead:protct: there is no such key → write protect",
        "  mailstead:generation: 0 is below 1 → set a whole number from 1 on",
        "  mailstead:server.location: this is a data centre, which the vendor no longer takes (docs.hetzner.cloud/changelog) → set nbg1",
        "  mailstead:dns.nullMxHosts[0]: www.example.net is not in the zone example.com → write a whole name in the zone",
        expect.stringMatching(/^ {2}mailstead:dns\.records\[0\]: .+ → .+/),
      ],
    ]);
    expect([registrations, calls]).toEqual([[], []]);
  });

  test("says what the command says, word by word", async () => {
    const { errors } = await runProgram(SEVERAL);
    const lines = errors.flatMap(({ message }) => message.split("\n").slice(1));
    const elsewhere = makeProject();
    try {
      elsewhere.stack("faulty", SEVERAL);
      const { stderr } = await elsewhere.start(["render", "dns", "--stack", "faulty"]);
      expect(stderr.split("\n").filter((line) => line.startsWith("  "))).toEqual(lines);
      expect(stderr).toContain("Pulumi.faulty.yaml has 5 faults; nothing was changed.\n");
    } finally {
      elsewhere.remove();
    }
  });

  test("stops at what only the plan shows", async () => {
    expect(parseConfig(readRawConfig(flat(CLASH))).config).toBeDefined();
    const { errors, registrations, calls } = await runProgram(CLASH);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^The configuration has 1 fault; nothing was changed\.\n {2}mailstead:dns\.records\[0\]\.role: /,
      ),
    ]);
    expect([registrations, calls]).toEqual([[], []]);
  });
});

const engine = findEngine();

describe.skipIf(engine === undefined)("an up (needs pulumi: make sandbox builds one)", () => {
  let cloud: Started;
  let project: EngineProject;

  beforeAll(async () => {
    cloud = await started();
    // One request that is ours, so that the log is seen to tell of any.
    await fetch(`${cloud.cloud.hetznerUrl}/v1/locations`, {
      headers: { authorization: `Bearer ${HETZNER_TOKEN}` },
    });
    const config = Object.fromEntries(
      Object.entries(SEVERAL).map(([key, value]) => [`mailstead:${key}`, value]),
    );
    project = await makeEngineProject(engine ?? "", "faulty", stringify({ config }), {
      HCLOUD_TOKEN: HETZNER_TOKEN,
      CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
      HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
      CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
    });
    await project.pulumi(["stack", "init", "faulty"]);
  }, 300_000);

  afterAll(async () => {
    project.remove();
    await cloud.close();
  });

  test("fails with every fault, asks no vendor, and makes nothing", async () => {
    const failed = project.pulumi(["up", "--yes", "--skip-preview", "--stack", "faulty"]);
    const told = await failed.then(
      () => "it passed",
      (error: unknown) => String(error),
    );
    expect(told).toContain("The configuration has 5 faults; nothing was changed.");
    for (const path of ["protct", "generation", "server.location", "dns.nullMxHosts[0]", "dns.records[0]"])
      expect(told).toContain(`mailstead:${path}: `);
    expect(cloud.log().map(({ method, path }) => [method, path])).toEqual([["GET", "/v1/locations"]]);
    const state = JSON.parse(await project.pulumi(["stack", "export", "--stack", "faulty"])) as {
      deployment: { resources?: { type: string }[] };
    };
    const types = (state.deployment.resources ?? []).map(({ type }) => type);
    expect(types.filter((type) => type !== "pulumi:pulumi:Stack")).toEqual([]);
  }, 120_000);
});
