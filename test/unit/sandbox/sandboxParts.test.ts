/**
 * Proves: the pure parts of bringing a sandbox up and taking it away: progress lines, mount points, image references,
 * the front's configuration, the exports of `./sandbox/run`, the engine's version.
 * Cannot: that the real servers take it (test/sandbox).
 */
import { describe, expect, test } from "vitest";
import { parseMounts } from "../../../sandbox/process/mounts.ts";
import { isNewEnough } from "../../../sandbox/engine/build.ts";
import { exportsText } from "../../../sandbox/environment.ts";
import { renderNginxConfig } from "../../../sandbox/front/nginxConfig.ts";
import { clock, runSteps, StepError } from "../../../sandbox/progress/steps.ts";
import type { Step } from "../../../sandbox/progress/steps.ts";
import { registryPath } from "../../../sandbox/registry/registry.ts";

describe("progress", () => {
  const show = async (
    steps: readonly Step[],
    colour: boolean,
    stopped?: () => string | undefined,
  ): Promise<string> => {
    let text = "";
    let time = 0;
    const options = {
      write: (piece: string) => void (text += piece),
      colour,
      live: false,
      now: () => (time += 600),
      ...(stopped === undefined ? {} : { stopped }),
    };
    await runSteps(steps, options).catch((error: unknown) => {
      text += `! ${error instanceof StepError ? error.message : "another error"}`;
    });
    return text;
  };
  const step = (title: string, run: Step["run"]): Step => ({ title, run });

  test("shows each step with the time since the start, its word and its notes", async () => {
    const steps = [
      step("One", () => Promise.resolve({})),
      step("Two", () => Promise.resolve({ word: "started", notes: ["look"] })),
    ];
    expect(await show(steps, false)).toBe(
      "[00:00] One … done (0.6 s)\n[00:01] Two … started (0.6 s)\n        look\n",
    );
  });

  test("ends at the first failure and names the step", async () => {
    const steps = [
      step("One", () => Promise.reject(new Error("why"))),
      step("Two", () => Promise.resolve({})),
    ];
    expect(await show(steps, false)).toBe("[00:00] One … failed (0.6 s)\n! One: why");
  });

  test("runs nothing after a stop", async () => {
    expect(await show([step("One", () => Promise.resolve({}))], false, () => "stopped by Ctrl-C")).toBe(
      "! One: stopped by Ctrl-C",
    );
  });

  test("uses colour only when told", async () => {
    const steps = [step("One", () => Promise.resolve({}))];
    expect(await show(steps, true)).toContain("\u001b[32mdone\u001b[0m");
    expect(await show(steps, false)).not.toContain("\u001b");
  });

  test.each([
    [0, "00:00"],
    [61_900, "01:01"],
    [3_600_000, "60:00"],
  ])("%i ms is %s", (milliseconds, text) => {
    expect(clock(milliseconds)).toBe(text);
  });
});

test("mount points below a folder come deepest first, with their blanks", () => {
  const table = [
    "none / tmpfs rw 0 0",
    "o /a/run/hosts/x overlay rw 0 0",
    "t /a/run/hosts/x/my\\040disk tmpfs rw 0 0",
  ];
  expect(parseMounts([...table, "t /a/running tmpfs rw 0 0", ""].join("\n"), "/a/run")).toEqual([
    "/a/run/hosts/x/my disk",
    "/a/run/hosts/x",
  ]);
});

describe("image references", () => {
  test.each([
    ["ghcr.io/forwardemail/app:v1", "forwardemail/app:v1"],
    ["redis:7.4", "library/redis:7.4"],
    ["docker.io/library/redis:7.4", "library/redis:7.4"],
    ["docker.io/redis:7.4", "library/redis:7.4"],
    ["someone/tool:1", "someone/tool:1"],
  ])("%s is %s", (reference, path) => {
    expect(registryPath(reference)).toBe(path);
  });

  test("of a registry that is not there are refused", () => {
    expect(() => registryPath("quay.io/a/b:1")).toThrow("no registry of the name quay.io");
  });
});

test("the front passes each name to its backend, and the ACME directory to pebble's", () => {
  const text = renderNginxConfig({
    folder: "/f",
    certificate: "/c.pem",
    key: "/c.key",
    tlsAddress: "203.0.113.4",
    backends: { "api.hetzner.cloud": 8101, "acme-v02.api.letsencrypt.org": 14000 },
    acmeNames: ["acme-v02.api.letsencrypt.org"],
    mirrorAddress: "203.0.113.5",
    mirrorNames: ["deb.debian.org"],
    mirrorFolder: "/apt",
  });
  expect(text).toMatch(
    /server_name api\.hetzner\.cloud;\n\s+location \/ { proxy_pass http:\/\/127\.0\.0\.1:8101; }/,
  );
  expect(text).toContain("location = /directory { proxy_pass https://127.0.0.1:14000/dir; }");
  expect(text).toMatch(/listen 203\.0\.113\.5:80;\n\s+server_name deb\.debian\.org;\n\s+root \/apt;/);
});

test("the exports name the tokens' files, never a token", () => {
  const lines = exportsText().split("\n");
  expect(lines).toContain("export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION='true'");
  for (const name of ["HCLOUD_TOKEN", "CLOUDFLARE_API_TOKEN", "DIGITALOCEAN_TOKEN"]) {
    expect(lines.find((line) => line.startsWith(name))).toMatch(/^\w+=\$\(<'[^']+\.token'\); export \w+$/);
  }
});

test.each([
  ["v3.250.0", true],
  ["3.259.1-alpha", true],
  ["v3.249.9", false],
  ["v2.300.0", false],
  ["v4.0.0", false],
  ["", false],
])("engine %s is new enough: %s", (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
