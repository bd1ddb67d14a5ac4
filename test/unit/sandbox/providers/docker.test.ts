/**
 * Proves: the docker stand-in knows the real plugin's inputs and outputs by name and replaces on the same changes; the
 * measured input sets give no difference against what a daemon answers, and the measured endless and silent
 * differences are there. Cannot prove that a daemon takes the bodies: that needs the sandbox.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { docker } from "../../../../sandbox/providers/docker/definition.ts";
import { endpointOf, registryLogins, sshArguments } from "../../../../sandbox/providers/docker/endpoint.ts";
import { parseImageReference } from "../../../../sandbox/providers/docker/imageReference.ts";
import { TAINT, containerChange } from "../../../../sandbox/providers/docker/container/change.ts";
import { createBody } from "../../../../sandbox/providers/docker/container/createBody.ts";
import { formatDuration, parseDuration } from "../../../../sandbox/providers/docker/container/duration.ts";
import { containerInputsOf } from "../../../../sandbox/providers/docker/container/inputs.ts";
import { inspectionOf, outputsOf } from "../../../../sandbox/providers/docker/container/inspection.ts";
import { tarArchive } from "../../../../sandbox/providers/docker/container/tarArchive.ts";
import type { DiffResult, Known } from "../../../../sandbox/providers/protocol/handler.ts";
import { UNKNOWN } from "../../../../sandbox/providers/protocol/value.ts";
import { NEEDS_SHARED, sharedSpecs } from "../../../support/shared.ts";

const app: Known = {
  name: "web",
  image: "sha256:1",
  networkMode: "host",
  hostname: "mail.example.com",
  restart: "unless-stopped",
  command: ["node", "web.js"],
  hosts: [
    { host: "mail.example.com", ip: "127.0.0.1" },
    { host: "api.example.com", ip: "127.0.0.1" },
  ],
  volumes: [{ hostPath: "/srv/app/.env", containerPath: "/app/.env", readOnly: true }],
  envs: ["B=2", "A=1"],
  labels: [{ label: "z.l", value: "1" }],
  init: true,
  logDriver: "json-file",
  logOpts: { "max-size": "10m" },
  capabilities: { adds: ["CAP_NET_BIND_SERVICE"], drops: ["ALL"] },
  user: "0:0",
  securityOpts: ["no-new-privileges"],
  stopTimeout: 15,
  healthcheck: { tests: ["CMD", "true"], interval: "2s", timeout: "3s", retries: 5, startPeriod: "1m30s" },
  wait: true,
};

/** What a daemon answers for a container made of these inputs; capabilities normalised as dockerd does it. */
function answerFor(
  inputs: Known,
  change: { state?: object; host?: object; config?: object; name?: string } = {},
): unknown {
  const body = createBody(containerInputsOf(inputs));
  const host = body.HostConfig as Record<string, unknown>;
  const caps = (names: unknown): string[] | null =>
    (names as string[] | undefined)?.map((name) => {
      const upper = name.toUpperCase();
      return upper === "ALL" || upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
    }) ?? null;
  return JSON.parse(
    JSON.stringify({
      Id: "c0ffee",
      Name: change.name ?? `/${containerInputsOf(inputs).name}`,
      Image: "sha256:1",
      State: { Status: "running", Running: true, ExitCode: 0, ...change.state },
      Config: { ...body, StopSignal: "SIGTERM", ...change.config },
      HostConfig: {
        ...host,
        CapAdd: caps(host.CapAdd),
        CapDrop: caps(host.CapDrop),
        NetworkMode: host.NetworkMode === "default" ? "bridge" : host.NetworkMode,
        LogConfig: { Type: "json-file" },
        ...change.host,
      },
      NetworkSettings: { Networks: {} },
    }),
  ) as unknown;
}

function outputsFor(inputs: Known, change = {}): Known {
  return outputsOf(inputs, inspectionOf(answerFor(inputs, change))) as Known;
}

function changeTo(oldInputs: Known, newInputs: Known, oldOutputs = outputsFor(oldInputs)): DiffResult {
  return containerChange({ id: "c0ffee", oldInputs, oldOutputs, newInputs });
}

function without(inputs: Known, key: string): Known {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== key));
}

describe("a container that is what the program says", () => {
  const minimal = { name: "x1", image: "sha256:1" };
  it.each<[string, Known]>([
    ["the app container", app],
    ["the least", minimal],
    ["bridge", { ...minimal, networkMode: "bridge" }],
    ["a check with tests only", { ...minimal, healthcheck: { tests: ["CMD", "true"] } }],
    ["a check turned off", { ...minimal, healthcheck: { tests: ["NONE"] } }],
    ["init off", { ...minimal, init: false }],
    ["on-failure", { ...minimal, restart: "on-failure", maxRetryCount: 3 }],
    ["on-failure without a count", { ...minimal, restart: "on-failure" }],
    ["options without a driver", { ...minimal, logOpts: { "max-size": "1m" } }],
    ["ports", { ...minimal, ports: [{ internal: 80, external: 8080 }] }],
    ["drops alone", { ...minimal, capabilities: { drops: ["ALL"] } }],
    ["a user by number", { ...minimal, user: "0:0" }],
    ["no-new-privileges", { ...minimal, securityOpts: ["no-new-privileges"] }],
    ["uploads", { ...minimal, uploads: [{ file: "/etc/x", content: "hello\n" }] }],
  ])("shows no change: %s", (_name, inputs) => {
    expect(changeTo(inputs, inputs)).toMatchObject({ changed: false, replaces: [] });
  });

  it("asks for no user: the image's own is no change, and an output", () => {
    const outputs = outputsFor(minimal, { config: { User: "forwardemail" } });
    expect(outputs.user).toBe("forwardemail");
    expect(changeTo(minimal, minimal, outputs).changed).toBe(false);
    expect(changeTo(minimal, { ...minimal, user: "0:0" }, outputs).replaces).toEqual(["user"]);
  });

  it("does not mind the order of envs, hosts, volumes and labels", () => {
    const news = { ...app, envs: ["A=1", "B=2"], hosts: [...(app.hosts as Known[])].reverse() };
    expect(changeTo(app, news).changed).toBe(false);
  });
});

describe("endless differences of the real plugin", () => {
  it.each<[string, Known, boolean]>([
    ["capability without CAP_", { capabilities: { adds: ["NET_BIND_SERVICE"] } }, true],
    ["drops in lower case", { capabilities: { drops: ["all"] } }, true],
    ["networkMode default", { networkMode: "default" }, true],
    ["IPv6 in hosts", { hosts: [{ host: "a", ip: "::1" }] }, true],
    ["60s", { healthcheck: { tests: ["CMD", "true"], interval: "60s" } }, false],
  ])("%s", (_name, part, replaces) => {
    const inputs = { name: "x1", image: "sha256:1", ...part };
    const found = changeTo(inputs, inputs);
    expect(found.changed).toBe(true);
    expect(found.replaces.length > 0).toBe(replaces);
  });
});

describe("changes of a container", () => {
  it.each<[string, Known]>([
    ["envs", { envs: ["A=2"] }],
    ["labels", { labels: [] }],
    ["image", { image: "sha256:2" }],
    ["image", { image: UNKNOWN }],
    ["volumes", { volumes: [] }],
    ["hostname", { hostname: "other.example.com" }],
    ["command", { command: ["node", "api.js"] }],
    ["user", { user: "999:999" }],
    ["capabilities", { capabilities: { drops: ["ALL"] } }],
    ["securityOpts", { securityOpts: ["no-new-privileges", "seccomp=unconfined"] }],
  ])("%s replaces", (key, part) => {
    const news = { ...app, ...part };
    const found = changeTo(app, news);
    // Dropped labels and envs are computed and so no change; an emptied list counts as dropped.
    if (key === "labels") expect(found.changed).toBe(false);
    else expect(found.replaces).toEqual([key]);
  });

  it.each<[string, Known]>([
    ["healthcheck", { healthcheck: { tests: ["CMD", "false"] } }],
    ["init", { init: false }],
    ["restart", { restart: "always" }],
    ["waitTimeout", { waitTimeout: 5 }],
    ["tmpfs", { tmpfs: { "/tmp": "rw" } }],
  ])("%s updates", (_key, part) => {
    expect(changeTo(app, { ...app, ...part })).toMatchObject({ changed: true, replaces: [] });
  });

  it("a dropped health check is no change", () => {
    expect(changeTo(app, without(app, "healthcheck")).changed).toBe(false);
  });

  it("an added health check is no change any more once it is in state, though the daemon has none", () => {
    const bare = without(app, "healthcheck");
    const updated: Known = { ...outputsFor(bare), healthcheck: app.healthcheck ?? null };
    expect(changeTo(app, app, updated).changed).toBe(false);
  });

  it("a half-made container is replaced, before anything else is made", () => {
    const found = changeTo(app, app, { ...outputsFor(app), [TAINT]: true });
    expect(found.replaces).toEqual([TAINT]);
    expect(docker.resources["docker:index/container:Container"]?.schema.deleteBeforeReplace).toBe(true);
  });

  it("sees a restart policy and a name that were changed by hand", () => {
    const policy = outputsFor(app, { host: { RestartPolicy: { Name: "no" } } });
    expect(changeTo(app, app, policy)).toMatchObject({ details: { restart: "update" }, replaces: [] });
    const renamed = outputsFor(app, { name: "/other" });
    expect(changeTo(app, app, renamed).replaces).toEqual(["name"]);
  });
});

it("makes the body of the create call", () => {
  const body = createBody(containerInputsOf(app));
  expect(body).toMatchObject({
    Image: "sha256:1",
    Hostname: "mail.example.com",
    StopTimeout: 15,
    Labels: { "z.l": "1" },
    Healthcheck: { Test: ["CMD", "true"], Interval: 2e9, StartPeriod: 90e9, Retries: 5 },
    HostConfig: {
      Binds: ["/srv/app/.env:/app/.env:ro"],
      ExtraHosts: ["mail.example.com:127.0.0.1", "api.example.com:127.0.0.1"],
      NetworkMode: "host",
      RestartPolicy: { Name: "unless-stopped" },
      Init: true,
    },
  });
});

it.each([
  ["0s", 0, "0s"],
  ["90s", 90e9, "1m30s"],
  ["1h", 3600e9, "1h0m0s"],
  ["1.5s", 1.5e9, "1.5s"],
  ["250ms", 250e6, "250ms"],
])("reads the duration %s and writes it as Go does", (text, nanoseconds, canonical) => {
  expect(parseDuration(text)).toBe(nanoseconds);
  expect(formatDuration(nanoseconds)).toBe(canonical);
});

it("refuses a duration that is none", () => {
  expect(() => parseDuration("90")).toThrow('invalid duration "90"');
});

describe("the provider's host", () => {
  it("becomes arguments of ssh, options between", () => {
    const config = { host: "ssh://root@[fd00::1]:2222", sshOpts: '["-o","BatchMode=yes"]' };
    const endpoint = endpointOf(config, {});
    if (endpoint.kind !== "ssh") throw new Error("not ssh");
    expect(sshArguments(endpoint).join(" ")).toBe(
      "-l root -p 2222 -o BatchMode=yes -T -- fd00::1 docker system dial-stdio",
    );
  });

  it("falls back to DOCKER_HOST, then to the local socket", () => {
    expect(endpointOf({}, { DOCKER_HOST: "tcp://10.0.0.1" })).toMatchObject({ host: "10.0.0.1", port: 2375 });
    expect(endpointOf({}, {})).toMatchObject({ kind: "unix", path: "/var/run/docker.sock" });
  });

  it("reads registry logins", () => {
    const registryAuth = JSON.stringify([{ address: "https://ghcr.io/v2", username: "u", password: "p" }]);
    expect(registryLogins({ registryAuth })).toEqual([{ address: "ghcr.io", username: "u", password: "p" }]);
  });
});

it.each([
  ["redis", "redis", "latest", "docker.io"],
  ["library/redis:7", "library/redis", "7", "docker.io"],
  ["ghcr.io/a/b:v1@sha256:00", "ghcr.io/a/b", "sha256:00", "ghcr.io"],
  ["127.0.0.1:5000/a", "127.0.0.1:5000/a", "latest", "127.0.0.1:5000"],
])("takes the image %s apart", (text, name, tagOrDigest, registry) => {
  expect(parseImageReference(text)).toEqual({ name, tagOrDigest, registry });
});

it("packs uploads in an archive that ends on whole blocks", () => {
  const archive = tarArchive([{ path: "etc/x", content: Buffer.from("hello"), mode: 0o644 }]);
  expect(archive.length).toBe(512 * 4);
  expect(archive.subarray(257, 262).toString()).toBe("ustar");
  expect(archive.subarray(512, 517).toString()).toBe("hello");
});

describe.skipIf(sharedSpecs === undefined)(`the published schema ${NEEDS_SHARED}`, () => {
  interface Schema {
    resources: Record<
      string,
      { inputProperties: object; properties: object; requiredInputs?: string[]; required: string[] }
    >;
  }
  const load = (name: string): unknown =>
    JSON.parse(readFileSync(join(sharedSpecs ?? "", "pulumi", name), "utf8"));

  it.each(Object.keys(docker.resources))("%s has the same inputs, outputs and replacements", (token) => {
    const published = (load("docker.json") as Schema).resources[token];
    const rules = (
      load("replace-on-change.json") as {
        resources: Record<string, { replaceOnChange: string[]; deleteBeforeReplace?: boolean }>;
      }
    ).resources[token];
    const schema = docker.resources[token]?.schema;
    if (published === undefined || schema === undefined) throw new Error(`${token} is not in the schema`);
    // 5.2.0 has one input more than the published 5.1.0.
    const inputs = (schema.inputs ?? []).filter((name) => name !== "deviceCgroupRules");
    expect(inputs.toSorted()).toEqual(Object.keys(published.inputProperties).sort());
    expect([...(schema.required ?? [])]).toEqual(published.requiredInputs ?? []);
    const outputsOnly = Object.keys(published.properties).filter(
      (name) => !(name in published.inputProperties),
    );
    expect([...schema.computed].sort()).toEqual(outputsOnly.sort());
    expect([...schema.replaceOn].sort()).toEqual(rules?.replaceOnChange.toSorted());
    expect(schema.deleteBeforeReplace ?? false).toBe(rules?.deleteBeforeReplace ?? false);
  });

  it("every output that is always there is there", () => {
    const { required } = (load("docker.json") as Schema).resources["docker:index/container:Container"] ?? {};
    const outputs = outputsFor({ ...app });
    expect((required ?? []).filter((name) => outputs[name] === undefined)).toEqual([]);
  });
});
