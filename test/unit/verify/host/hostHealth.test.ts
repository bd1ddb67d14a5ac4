/**
 * Proves: what a host tells of its disks, memory, mail queue, clock and pending restart is judged by the limits, at each of
 * them and just below; what it does not tell is said; and the script is one that a shell reads.
 * Cannot: prove what a host tells; the sandbox's does.
 */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import type { Finding } from "../../../../verify/model/finding.ts";
import { checkHostHealth } from "../../../../verify/host/hostHealth.ts";

const NOW = 1_800_000_000;

/** A host on which all is well. */
const WELL = {
  disk: "disk / 41% 7% 32212254720",
  memory: "memory MemTotal: 4000000\nmemory MemAvailable: 2000000",
  clock: `clock ${String(NOW)}.2 yes`,
  reboot: "",
  queue: "queue 0 0",
};

async function findings(change: Partial<typeof WELL> = {}, keep = true): Promise<readonly Finding[]> {
  const answer = Object.values({ ...WELL, ...change }).join("\n");
  return checkHostHealth(
    () => Promise.resolve(answer),
    keep,
    () => NOW * 1000,
  );
}

test("a host that is well is so in every respect, and has no next step", async () => {
  const found = await findings();
  expect(found.map(({ subject, state }) => [subject, state])).toEqual([
    ["disk /", "ok"],
    ["memory", "ok"],
    ["mail queue", "ok"],
    ["clock", "ok"],
    ["restart", "ok"],
  ]);
  expect(found.filter(({ fix }) => fix !== undefined)).toEqual([]);
});

test.each<[keyof typeof WELL, string, string, Finding["state"]]>([
  ["disk", "disk / 79% 79% 1", "disk /", "ok"],
  ["disk", "disk / 80% 1% 1", "disk /", "warn"],
  ["disk", "disk / 90% - 1", "disk /", "bad"],
  ["disk", "disk / 1% 80% 1", "disk /", "warn"],
  ["disk", "disk / 85% 95% 1", "disk /", "bad"],
  ["disk", "disk / 1% 1% 1\ndisk /var/lib/docker 91% 1% 1", "disk /var/lib/docker", "bad"],
  ["disk", "", "disk", "bad"],
  ["memory", "memory MemTotal: 1000\nmemory MemAvailable: 101", "memory", "ok"],
  ["memory", "memory MemTotal: 1000\nmemory MemAvailable: 99", "memory", "warn"],
  ["memory", "memory MemTotal: 1000\nmemory MemAvailable: 49", "memory", "bad"],
  ["memory", "", "memory", "bad"],
  ["queue", "queue 4 3599", "mail queue", "ok"],
  ["queue", "queue 4 3600", "mail queue", "warn"],
  ["queue", "queue 1 86400", "mail queue", "bad"],
  ["queue", "queue ? connect ECONNREFUSED 127.0.0.1:27017", "mail queue", "warn"],
  ["queue", "", "mail queue", "warn"],
  ["clock", `clock ${String(NOW - 29)} yes`, "clock", "ok"],
  ["clock", `clock ${String(NOW - 30)} yes`, "clock", "warn"],
  ["clock", `clock ${String(NOW + 300)} yes`, "clock", "bad"],
  ["clock", `clock ${String(NOW)} no`, "clock", "warn"],
  ["clock", "", "clock", "bad"],
  ["reboot", "reboot linux-image-6.8 libc6 ", "restart", "warn"],
  ["reboot", "reboot ", "restart", "warn"],
])("%s: %j makes %s %s", async (part, text, subject, state) => {
  const found = (await findings({ [part]: text })).find((one) => one.subject === subject);
  expect(found?.state).toBe(state);
  if (state !== "ok") expect(found?.fix).toMatch(/\S/);
});

test.each<[keyof typeof WELL, string, string]>([
  ["disk", "disk / 95% 1% 1", "disk /"],
  ["memory", "memory MemTotal: 1000\nmemory MemAvailable: 9", "memory"],
])(
  "a larger machine starts empty, and none is advised in the place of one that holds mail: %s",
  async (part, text, subject) => {
    const adviceOf = async (keep: boolean): Promise<string> =>
      (await findings({ [part]: text }, keep)).find((one) => one.subject === subject)?.fix ?? "";
    const [kept, disposable] = [await adviceOf(true), await adviceOf(false)];
    expect(kept).not.toMatch(/generation/);
    expect(disposable).toContain("a new generation");
    for (const advice of [kept, disposable]) expect(advice).toContain("starts empty");
  },
);

test("a slow answer is no wrong clock", async () => {
  const times = [NOW * 1000, (NOW + 90) * 1000];
  const slow = await checkHostHealth(
    () => Promise.resolve(Object.values({ ...WELL, clock: `clock ${String(NOW + 89)} yes` }).join("\n")),
    true,
    () => times.shift() ?? 0,
  );
  expect(slow.find(({ subject }) => subject === "clock")?.state).toBe("ok");
});

test("the script is whole, and ends well where there is no docker", async () => {
  let script = "";
  await checkHostHealth((text) => {
    script = text;
    return Promise.resolve("");
  }, true);
  const run = spawnSync("bash", ["-s"], { input: script, encoding: "utf8" });
  expect(run.status).toBe(0);
  expect(run.stdout).toMatch(/^disk \/\S* \d+% /m);
  expect(run.stdout).toMatch(/^memory MemAvailable: \d+$/m);
  expect(run.stdout).toMatch(/^clock \d+\.\d+ \S+$/m);
  expect(run.stdout).toMatch(/^queue \?/m);
});
