/**
 * Proves: what a host tells of its disks, memory, mail queue, clock and pending restart is judged by the limits, at each of
 * them and just below; what it does not tell is said; and the script is one that a shell reads.
 * Cannot: prove what a host tells; the sandbox's does.
 */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import type { Finding } from "../../../../verify/model/finding.ts";
import type { NextServerHas } from "../../../../stack/model/plan.ts";
import { checkHostHealth } from "../../../../verify/host/hostHealth.ts";

const NOW = 1_800_000_000;

/** A host on which all is well. */
const WELL = {
  disk: "disk / 41% 7% 32212254720",
  memory: "memory MemTotal: 4000000\nmemory MemAvailable: 2000000",
  clock: `clock ${String(NOW)}.2 yes`,
  reboot: "",
  queue: "queue 0 0 0",
};

async function findings(
  change: Partial<typeof WELL> = {},
  nextHas: NextServerHas = "nothing",
): Promise<readonly Finding[]> {
  const answer = Object.values({ ...WELL, ...change }).join("\n");
  return checkHostHealth(
    () => Promise.resolve(answer),
    nextHas,
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
  ["queue", "queue 0 0 1", "held mail", "warn"],
  ["queue", "hold {}\nqueue 2 60 0", "held mail", "warn"],
  ["queue", 'hold {"code":"environment","about":"its WEB_HOST is x"}\nqueue 0 0 0', "held mail", "bad"],
  ["queue", 'hold {"code":"unexpected","about":"date"}\nqueue ? x', "held mail", "bad"],
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

test("mail that is held is told with the commands for it, and what keeps it from being held with the way out", async () => {
  const of = async (queue: string) =>
    (await findings({ queue })).find(({ subject }) => subject === "held mail");
  expect(await of("queue 0 0 3")).toMatchObject({
    seen: expect.stringMatching(/^3 messages are held: queued before the restore/) as string,
    fix: "./mailstead queue list; then ./mailstead queue send or ./mailstead queue drop",
  });
  const stuck = await of('hold {"code":"unexpected","about":"#models/emails date"}\nqueue 0 0 3');
  expect(stuck?.seen).toMatch(
    /cannot be held \(unexpected: #models\/emails date\); nothing leaves by port 25/,
  );
  expect(stuck?.fix).toContain("rm /mnt/mailstead/queue-hold/pending");
});

test.each<[keyof typeof WELL, string, string]>([
  ["disk", "disk / 95% 1% 1", "disk /"],
  ["memory", "memory MemTotal: 1000\nmemory MemAvailable: 9", "memory"],
])(
  "a larger machine is advised where the mail goes to it, and none in the place of one with which it is lost: %s",
  async (part, text, subject) => {
    const adviceOf = async (nextHas: NextServerHas): Promise<string> =>
      (await findings({ [part]: text }, nextHas)).find((one) => one.subject === subject)?.fix ?? "";
    expect(await adviceOf("nothing")).toMatch(/starts empty: it does not help here$/);
    expect(await adviceOf("volume")).toMatch(/a new generation, which takes over the data volume$/);
    expect(await adviceOf("backups")).toMatch(/a new generation, which begins with a backup of this one$/);
  },
);

test("a slow answer is no wrong clock", async () => {
  const times = [NOW * 1000, (NOW + 90) * 1000];
  const slow = await checkHostHealth(
    () => Promise.resolve(Object.values({ ...WELL, clock: `clock ${String(NOW + 89)} yes` }).join("\n")),
    "nothing",
    () => times.shift() ?? 0,
  );
  expect(slow.find(({ subject }) => subject === "clock")?.state).toBe("ok");
});

test("the script is whole, and ends well where there is no docker", async () => {
  let script = "";
  await checkHostHealth((text) => {
    script = text;
    return Promise.resolve("");
  }, "nothing");
  const run = spawnSync("bash", ["-s"], { input: script, encoding: "utf8" });
  expect(run.status).toBe(0);
  expect(run.stdout).toMatch(/^disk \/\S* \d+% /m);
  expect(run.stdout).toMatch(/^memory MemAvailable: \d+$/m);
  expect(run.stdout).toMatch(/^clock \d+\.\d+ \S+$/m);
  expect(run.stdout).toMatch(/^queue \?/m);
});
