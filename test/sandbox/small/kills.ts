/**
 * Proves: wherever `pulumi up` is killed, with all that it started, or its program alone, or is interrupted once, what
 * it left at the vendors is named by `mailstead preflight`, and the way of the README (`pulumi cancel`, `mailstead
 * preflight --fix`, `pulumi up`) ends with healthy containers, nothing that the state does not know, and no changes.
 * Cannot: kill between any two instructions; the points are those after which most would be lost.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { upUntil } from "../../support/runningUp.ts";
import { waitFor } from "../../support/sandbox.ts";
import {
  atVendors,
  endSmall,
  expectHealthy,
  makeSmall,
  mailstead,
  mustSucceed,
  orphans,
  small,
  stateOf,
  upSmall,
  type Request,
} from "../../support/small.ts";

interface Point {
  readonly what: string;
  /** Nothing is there before, or a server that a raised generation replaces. */
  readonly from: "nothing" | "generation";
  readonly reached: (requests: Request[], printed: string) => boolean;
  /** Waits on from there. */
  readonly then?: () => Promise<unknown>;
}

const posted = (path: RegExp) => (requests: Request[]) =>
  requests.some((request) => request.method === "POST" && path.test(request.path));
const creating = (resource: string) => (_: Request[], printed: string) =>
  printed.includes(`${resource} creating`);

const FIRST_ADDRESS: Point = {
  what: "the first address is ordered",
  from: "nothing",
  reached: posted(/^\/v1\/primary_ips$/),
};
const DEPLOY_KEY: Point = {
  what: "the deploy key is made",
  from: "nothing",
  reached: posted(/^\/v1\/ssh_keys$/),
};
const RECORD: Point = { what: "a record is made", from: "nothing", reached: posted(/\/dns_records$/) };
const SERVER: Point = {
  what: "the server is ordered",
  from: "generation",
  reached: posted(/^\/v1\/servers$/),
};
const WAIT: Point = { what: "the host boots", from: "generation", reached: creating("Command ready") };
const CONTAINER: Point = {
  what: "a container starts",
  from: "generation",
  reached: creating("Container mongodb"),
  // Made by Docker, and not yet healthy.
  then: () =>
    waitFor("the container to be on the host", 30, async () =>
      (await mailstead(["ssh", "--", "docker", "ps", "--all"])).stdout.includes("mongodb"),
    ),
};

let generation = 1;

/** Makes the stack ready for a point: empty, or with one generation more to do. */
async function prepare({ from }: Point): Promise<void> {
  const there = (await atVendors()).length > 0;
  if (from === "nothing" && there) mustSucceed(await small(["destroy", "--yes", "--skip-preview"]));
  if (from === "generation") {
    if (!there) await upSmall();
    generation += 1;
    mustSucceed(await small(["config", "set", "mailstead:generation", String(generation)]));
  }
}

/** The end of every broken run: healthy, everything known, nothing to do. */
async function expectWhole(): Promise<void> {
  console.log(await expectHealthy());
  expect(await orphans()).toEqual([]);
  expect((await stateOf()).pending).toEqual([]);
  mustSucceed(await small(["preview", "--expect-no-changes", "--diff"]));
  expect((await mailstead(["preflight"])).code).toBe(0);
}

/** What the broken run left; each orphan and each operation that never ended has to be named by preflight. */
async function expectNamed(): Promise<boolean> {
  const [left, { pending }] = [await orphans(), await stateOf()];
  const { stdout, code } = await mailstead(["preflight"]);
  console.log(`orphans: ${left.join(", ") || "none"}; pending: ${pending.join(", ") || "none"}\n${stdout}`);
  for (const orphan of left) {
    const [, id = ""] = orphan.split(" ");
    expect(stdout, orphan).toContain(orphan.startsWith("record") ? orphan.replace("record ", "") : `(${id})`);
  }
  for (const operation of pending) expect(stdout).toContain(operation);
  if (left.length > 0) expect(code).toBe(1);
  return left.length + pending.length > 0;
}

/** A container that Docker made and the state does not know is named too. */
async function expectContainersNamed(): Promise<void> {
  const { ids } = await stateOf();
  const made = mustSucceed(await mailstead(["ssh", "--", "docker", "ps", "--all", "--no-trunc", "--quiet"]));
  const { stdout } = await mailstead(["preflight"]);
  const unknown = made
    .trim()
    .split("\n")
    .filter((id) => !ids.has(id));
  console.log(`containers that the state does not know: ${unknown.join(", ")}`);
  expect(unknown.length).toBeGreaterThan(0);
  for (const id of unknown) expect(stdout).toContain(`(${id.slice(0, 32)})`);
}

async function heal(): Promise<void> {
  const servers = (await orphans()).filter((orphan) => orphan.startsWith("servers "));
  if (await expectNamed()) {
    const fixed = await mailstead(["preflight", "--fix", "--yes"]);
    console.log(`fix: ${fixed.stdout.split("done:").slice(1).join(";") || fixed.stdout}${fixed.stderr}`);
    expect(fixed.code).toBe(0);
  }
  console.log((await upSmall()).split("\n").slice(-9).join("\n"));
  await expectWhole();
  // A server is never deleted by a cure: the next up goes on with the one that was left.
  const there = (await atVendors()).map(({ text }) => text);
  expect(there).toEqual(expect.arrayContaining(servers));
}

beforeAll(() => makeSmall());
afterAll(async () => {
  await endSmall();
  expect(await atVendors()).toEqual([]);
});

describe("killed with everything that it started", () => {
  test.each([FIRST_ADDRESS, DEPLOY_KEY, RECORD, SERVER, WAIT, CONTAINER])("when $what", async (point) => {
    await prepare(point);
    const run = await upUntil(point.what, point.reached);
    await point.then?.();
    await run.kill();
    mustSucceed(await small(["cancel", "--yes"], []));
    if (point === CONTAINER) await expectContainersNamed();
    await heal();
  });
});

describe("its program alone killed", () => {
  test.each([SERVER, CONTAINER])("when $what", async (point) => {
    await prepare(point);
    const run = await upUntil(point.what, point.reached);
    // Node with the SDK's runner: not the language host that started it, nor the engine.
    const killed = run.killOnly(/@pulumi\/pulumi\/cmd\/run/);
    console.log(killed);
    expect(killed).toHaveLength(1);
    expect(await run.end()).not.toBe(0);
    console.log(run.printed.slice(-1500));
    await heal();
  });
});

describe("interrupted once", () => {
  test.each([SERVER, WAIT])("when $what", async (point) => {
    await prepare(point);
    const run = await upUntil(point.what, point.reached);
    run.interrupt();
    expect(await run.end()).not.toBe(0);
    console.log(run.printed.slice(-1500));
    // What was under way ended and is known: no cancel is needed.
    expect(await orphans()).toEqual([]);
    await heal();
  });
});
