/**
 * Proves: what vendors and hosts do wrong is either ridden out by one `pulumi up`, or ends it with an error that names
 * the cause and the next step; and then the README's way (`mailstead preflight --fix` where it names something, `pulumi up`) goes
 * on from there, and the last `up` of each row ends healthy.
 * Cannot: prove how the real plugins retry where they are stand-ins; those are held to recorded traces.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AFTER_AN_ERROR } from "../../../components/nextSteps.ts";
import { clearFaults, fault as anyFault } from "../../support/faults.ts";
import { RunningUp } from "../../support/runningUp.ts";
import { waitFor } from "../../support/sandbox.ts";
import {
  atVendors,
  DOMAIN,
  endSmall,
  expectHealthy,
  logEnd,
  makeSmall,
  mailstead,
  mustSucceed,
  orderedBySmall,
  orphans,
  requestsSince,
  small,
  STACK,
  stateOf,
  upSmall,
} from "../../support/small.ts";
import { hetzner, recordsPath } from "../../support/vendors.ts";

const SLOW_BOOT_SECONDS = 8;

let generation = 1;
let records = "";

/** A fault of orders of this stack alone. */
const fault = (what: object): Promise<void> => anyFault({ body: orderedBySmall(), ...what });

/** The next `up` makes a new server. */
async function raiseGeneration(): Promise<void> {
  generation += 1;
  mustSucceed(await small(["config", "set", "mailstead:generation", String(generation)]));
}

/** Runs `up`, which must fail while the server is made; it has to say what to do next, below the vendor's words. */
async function failingServer(): Promise<string> {
  const said = await failingUp();
  expect(said).toContain(AFTER_AN_ERROR);
  return said;
}

/** Runs `up`, which must fail; returns what it printed below `Diagnostics:`. */
async function failingUp(...options: string[]): Promise<string> {
  const ended = await small(["up", "--yes", "--skip-preview", ...options]);
  const said = ended.stdout.split("Diagnostics:")[1] ?? ended.stdout;
  console.log(said.slice(0, 3000));
  expect(ended.code).not.toBe(0);
  return said;
}

/** Runs what is given with a setting that goes after it, however that ends. */
async function withSetting(name: string, value: string, action: () => Promise<string>): Promise<string> {
  mustSucceed(await small(["config", "set", name, value]));
  try {
    return await action();
  } finally {
    await small(["config", "rm", name]);
  }
}

/** Cures what preflight names. Returns what that was: a server is never deleted by a cure. */
async function mend(): Promise<string[]> {
  const left = await orphans();
  const looked = await mailstead(["preflight"]);
  for (const orphan of left) {
    const [kind, id = ""] = orphan.split(" ");
    expect(looked.stdout, orphan).toContain(kind === "record" ? orphan.replace("record ", "") : `(${id})`);
  }
  if (left.length > 0 || stateOf().pending.length > 0) {
    const fixed = await mailstead(["preflight", "--fix", "--yes"]);
    console.log(`orphans: ${left.join(", ")}\n${fixed.stdout}${fixed.stderr}`);
    expect(fixed.code).toBe(0);
  }
  expect(await orphans()).toEqual([]);
  const there = (await atVendors()).map(({ text }) => text);
  expect(there).toEqual(expect.arrayContaining(left.filter((orphan) => orphan.startsWith("servers "))));
  return left;
}

/** One `up` more ends what was begun, with the servers that are there. */
async function expectHealed(): Promise<void> {
  const servers = (await atVendors()).filter(({ text }) => text.startsWith("servers "));
  await upSmall();
  await expectWhole();
  expect(await atVendors()).toEqual(expect.arrayContaining(servers));
}

async function expectWhole(): Promise<void> {
  console.log(await expectHealthy());
  expect(await orphans()).toEqual([]);
  mustSucceed(await small(["preview", "--expect-no-changes", "--diff"]));
}

/** Faults that were played since a length of the log, as `method path fault`. */
function played(since: number): string[] {
  return requestsSince(since)
    .filter((request) => request.fault !== undefined)
    .map(
      ({ method, path, fault: kind }) => `${method} ${path.replace(/[0-9a-f]{32}/, "ZONE")} ${String(kind)}`,
    );
}

beforeAll(async () => {
  await makeSmall();
  records = await recordsPath(DOMAIN);
});
beforeEach(clearFaults);
afterAll(async () => {
  await clearFaults();
  await endSmall();
  expect(await atVendors()).toEqual([]);
});

describe("from nothing", () => {
  test("lost answers: the orphans are named and taken over, and the next up ends healthy", async () => {
    const since = logEnd();
    await fault({ method: "POST", path: "^/v1/primary_ips$", kind: "drop_after" });
    await fault({ method: "POST", path: records, kind: "drop_after" });
    // Without it the engine begins nothing more after the first loss, and the second may never come.
    await failingUp("--continue-on-error");
    expect(played(since).sort()).toEqual([
      "POST /client/v4/zones/ZONE/dns_records drop_after",
      "POST /v1/primary_ips drop_after",
    ]);
    const left = await mend();
    expect(left.some((orphan) => orphan.startsWith("primary_ips"))).toBe(true);
    expect(left.some((orphan) => orphan.startsWith("record"))).toBe(true);
    await expectHealed();
  });

  test("rate limits, bad gateways, errors of the DNS vendor and a slow boot are ridden out by one up", async () => {
    mustSucceed(await small(["destroy", "--yes", "--skip-preview"]));
    const since = logEnd();
    await fault({ method: "POST", path: "^/v1/primary_ips$", kind: "rate_limit", times: 2 });
    await fault({ method: "POST", path: "^/v1/servers$", kind: "status", status: 502 });
    await fault({ method: "POST", path: "^/v1/servers$", kind: "slow_boot", seconds: SLOW_BOOT_SECONDS });
    await fault({ method: "POST", path: records, kind: "rate_limit", seconds: 2 });
    await fault({ method: "POST", path: records, kind: "status", status: 503 });
    const printed = await upSmall();
    console.log(`${played(since).join("\n")}\n${printed.split("\n").slice(-8).join("\n")}`);
    expect(played(since).sort()).toEqual([
      "POST /client/v4/zones/ZONE/dns_records rate_limit",
      "POST /client/v4/zones/ZONE/dns_records status",
      "POST /v1/primary_ips rate_limit",
      "POST /v1/primary_ips rate_limit",
      "POST /v1/servers slow_boot",
      "POST /v1/servers status",
    ]);
    const seconds = Number(/Server server created \((\d+)s\)/.exec(printed)?.[1]);
    expect(seconds).toBeGreaterThanOrEqual(SLOW_BOOT_SECONDS);
    expect(seconds).toBeLessThan(100);
    await expectWhole();
  });
});

// Each fault meets the `up` that goes on from the one before.
describe("one new server", () => {
  beforeAll(raiseGeneration);

  test("an error of the vendor ends the run with its words, and nothing is left to cure", async () => {
    await fault({ method: "POST", path: "^/v1/servers$", kind: "status", status: 500 });
    expect(await failingServer()).toMatch(/Server \(server\):[\s\S]*(500|internal|server error)/i);
    expect(await mend()).toEqual([]);
  });

  test("an order that is not answered in its time: that is named, and nothing is left to cure", async () => {
    const since = logEnd();
    await fault({ method: "POST", path: "^/v1/servers$", kind: "hang", seconds: 20 });
    const said = await withSetting("small:serverSeconds", "4", failingServer);
    expect(said).toMatch(/Server \(server\):[\s\S]*context deadline exceeded/);
    expect(await mend()).toEqual([]);
    // It is logged when the vendor lets go of it, and would be taken for a fault of what comes next.
    await waitFor("the end of the order that hung", 30, () =>
      Promise.resolve(played(since).includes("POST /v1/servers hang")),
    );
  });

  test("an order whose answer is lost: the server is named and taken in, and the next up goes on with it", async () => {
    await fault({ method: "POST", path: "^/v1/servers$", kind: "drop_after" });
    await failingServer();
    expect((await mend()).map((orphan) => orphan.split(" ")[0])).toEqual(["servers"]);
    await expectHealed();
  });
});

// Each cure, a new generation, gets as far as the fault that follows.
describe("a server that is of no use", () => {
  test("a server that cannot be started at the vendor", async () => {
    await raiseGeneration();
    const since = logEnd();
    await fault({ method: "POST", path: "^/v1/servers$", kind: "boot_failure" });
    expect(await failingServer()).toMatch(/could not be started/);
    expect(played(since)).toEqual(["POST /v1/servers boot_failure"]);
    const looked = await mailstead(["preflight"]);
    console.log(looked.stdout);
    expect(looked.code).toBe(1);
    expect(looked.stdout).toMatch(/server mx\.broken\.example: is off\n.*raise mailstead:generation by one/);
    expect(await mend()).toEqual([]);
  });

  test("a first boot that fails says why and what to do", async () => {
    await raiseGeneration();
    const said = await withSetting("small:impossibleDirectory", "/proc/impossible", failingUp);
    // By cloud-init's own status, or by the mark that is not there.
    expect(said).toMatch(/mailstead: (the first boot failed|the first boot ended without its mark)/);
    expect(said).toContain("/proc/impossible");
    expect(said).toContain("Next step: mend the cause. A server that never held mail may go: ");
    expect(await mend()).toEqual([]);
  });

  test("an sshd that comes late is waited for, and that generation ends healthy", async () => {
    await raiseGeneration();
    const { firewalls } = (await hetzner(`firewalls?label_selector=mailstead%3D%3D${STACK}`)) as {
      firewalls: { id: number; rules: { port: string | null }[] }[];
    };
    const firewall = firewalls[0];
    if (firewall === undefined) throw new Error("the stack has no firewall");
    const setRules = async (rules: object[]): Promise<void> => {
      await hetzner(`firewalls/${String(firewall.id)}/actions/set_rules`, "POST", { rules });
    };
    await setRules(firewall.rules.filter(({ port }) => port !== "22"));
    const run = new RunningUp();
    try {
      await waitFor("three dials in vain", 120, () =>
        Promise.resolve(run.printed.includes("Dial 3/60 failed")),
      );
    } finally {
      await setRules(firewall.rules);
    }
    expect(await run.end()).toBe(0);
    console.log(run.printed.match(/Dial \d+\/60 failed: retrying/g)?.at(-1));
    await expectWhole();
  });
});
