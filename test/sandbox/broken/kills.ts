/**
 * Proves: wherever `pulumi up` is killed, with all that it started, or its program alone, or is interrupted once, what
 * it left at the vendors is named by `mailstead preflight` and taken over by its `--fix`, the next `up` goes on from there
 * though it is broken off again at a later point, and the last one ends with healthy containers, nothing that the state
 * does not know, and no changes.
 * Cannot: kill between any two instructions; the points are those after which most would be lost.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { upUntil } from "../../support/runningUp.ts";
import { waitFor } from "../../support/sandbox.ts";
import {
  atVendors,
  endSmall,
  expectHealthy,
  forgetAll,
  makeSmall,
  mailstead,
  mustSucceed,
  onSmall,
  orphans,
  small,
  stateOf,
  upSmall,
  type Request,
} from "../../support/small.ts";

interface Point {
  readonly what: string;
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
  reached: posted(/^\/v1\/primary_ips$/),
};
const DEPLOY_KEY: Point = {
  what: "the deploy key is made",
  reached: posted(/^\/v1\/ssh_keys$/),
};
const RECORD: Point = { what: "a record is made", reached: posted(/\/dns_records$/) };
const SERVER: Point = {
  what: "the server is ordered",
  reached: posted(/^\/v1\/servers$/),
};
const WAIT: Point = { what: "the host boots", reached: creating("Command ready") };
const CONTAINER: Point = {
  what: "a container starts",
  reached: creating("Container mongodb"),
  // Made by Docker, and not yet healthy.
  then: () =>
    waitFor("the container to be on the host", 30, async () =>
      (await onSmall("docker ps --all")).includes("mongodb"),
    ),
};

let generation = 1;

/** Makes one generation more to do. */
async function raiseGeneration(): Promise<void> {
  if ((await atVendors()).length === 0) await upSmall();
  generation += 1;
  mustSucceed(await small(["config", "set", "mailstead:generation", String(generation)]));
}

/** The end of broken runs: healthy, everything known, nothing to do. */
async function expectWhole(): Promise<void> {
  console.log(await expectHealthy());
  expect(await orphans()).toEqual([]);
  expect(stateOf().pending).toEqual([]);
  mustSucceed(await small(["preview", "--expect-no-changes", "--diff"]));
  expect((await mailstead(["preflight"])).code).toBe(0);
}

/** What the broken run left; each orphan and each operation that never ended has to be named by preflight. */
async function expectNamed(): Promise<boolean> {
  const [left, { pending }] = [await orphans(), stateOf()];
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
  const { ids } = stateOf();
  const made = await onSmall("docker ps --all --no-trunc --quiet");
  const { stdout } = await mailstead(["preflight"]);
  const unknown = made
    .trim()
    .split("\n")
    .filter((id) => !ids.has(id));
  console.log(`containers that the state does not know: ${unknown.join(", ")}`);
  expect(unknown.length).toBeGreaterThan(0);
  for (const id of unknown) expect(stdout).toContain(`(${id.slice(0, 32)})`);
}

/** Has preflight name all that the run left, and its cure take it into the state: a server is never deleted by one. */
async function mend(): Promise<void> {
  const servers = (await orphans()).filter((orphan) => orphan.startsWith("servers "));
  if (await expectNamed()) {
    const fixed = await mailstead(["preflight", "--fix", "--yes"]);
    console.log(`fix: ${fixed.stdout.split("done:").slice(1).join(";") || fixed.stdout}${fixed.stderr}`);
    expect(fixed.code).toBe(0);
  }
  expect(await orphans()).toEqual([]);
  const there = (await atVendors()).map(({ text }) => text);
  expect(there).toEqual(expect.arrayContaining(servers));
}

/** One `up` more ends what was begun, with the servers that are there. */
async function expectHealed(): Promise<void> {
  const servers = (await atVendors()).filter(({ text }) => text.startsWith("servers "));
  console.log((await upSmall()).split("\n").slice(-9).join("\n"));
  await expectWhole();
  expect(await atVendors()).toEqual(expect.arrayContaining(servers));
}

beforeAll(() => makeSmall());
afterAll(async () => {
  await endSmall();
  expect(await atVendors()).toEqual([]);
});

/** Runs `up` to a point, and there kills it with all that it started. */
async function killAt(point: Point): Promise<void> {
  const run = await upUntil(point.what, point.reached);
  await point.then?.();
  await run.kill();
  mustSucceed(await small(["cancel", "--yes"], []));
}

describe("killed with everything that it started, from nothing", () => {
  test.each([FIRST_ADDRESS, DEPLOY_KEY, RECORD])("when $what", async (point) => {
    await forgetAll();
    await killAt(point);
    await mend();
  });

  test("then one up ends healthy", expectHealed);
});

// Each `up` of a generation goes on from where the one before was broken off.
describe("killed with everything that it started, on the way to one new server", () => {
  beforeAll(raiseGeneration);

  test.each([SERVER, WAIT, CONTAINER])("when $what", async (point) => {
    await killAt(point);
    if (point === CONTAINER) await expectContainersNamed();
    await mend();
  });

  test("then one up ends healthy", expectHealed);
});

describe("its program alone killed, on the way to one new server", () => {
  beforeAll(raiseGeneration);

  test.each([SERVER, CONTAINER])("when $what", async (point) => {
    const run = await upUntil(point.what, point.reached);
    // Node with the SDK's runner: not the language host that started it, nor the engine.
    const killed = run.killOnly(/@pulumi\/pulumi\/cmd\/run/);
    console.log(killed);
    expect(killed).toHaveLength(1);
    expect(await run.end()).not.toBe(0);
    console.log(run.printed.slice(-1500));
    await mend();
  });

  test("then one up ends healthy", expectHealed);
});

describe("interrupted once, on the way to one new server", () => {
  beforeAll(raiseGeneration);

  test.each([SERVER, WAIT])("when $what", async (point) => {
    const run = await upUntil(point.what, point.reached);
    run.interrupt();
    expect(await run.end()).not.toBe(0);
    console.log(run.printed.slice(-1500));
    // What was under way ended and is known: no cancel is needed.
    expect(await orphans()).toEqual([]);
    await mend();
  });

  test("then one up ends healthy", expectHealed);
});
