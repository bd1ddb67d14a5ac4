/**
 * Proves: what the host wrote down of its night becomes the right finding: fine, failed, late, never, a newer release with the
 * command that installs it; what is switched off is not spoken of.
 * Cannot prove: that a host writes it down like that (upgrades.long.test.ts does, with apt's own programs played).
 */
import { expect, test } from "vitest";
import type { Finding } from "../../../../verify/model/finding.ts";
import { checkUpgrades } from "../../../../verify/host/upgrades.ts";

const ON = { system: "security", hour: 4, reboot: true, releases: "propose" } as const;
const NOW = Date.parse("2026-03-10T08:00:00Z") / 1000;
const AT = "2026-03-10T04:05:00Z";
const SYSTEM = { at: AT, installed: ["libssl3t64", "openssl"], waiting: 3, failed: null };
const RELEASES = { at: AT, newest: "v1.10.0", failed: null };

function look(
  state: object,
  running = "v1.10.0",
  since = NOW - 864_000,
  config: typeof ON | object = ON,
): Promise<Finding[]> {
  const lines = [`now=${String(NOW)}`, `since=${String(since)}`, `state=${JSON.stringify(state)}`];
  return checkUpgrades(() => Promise.resolve(lines.join("\n")), config as typeof ON, running);
}

test("all is well: what was installed, what waits, and the last restart", async () => {
  expect(await look({ system: SYSTEM, releases: RELEASES, restarted: AT })).toEqual([
    {
      ...{ subject: "security updates", state: "ok" },
      seen: `last ran on ${AT}: installed libssl3t64, openssl; 3 other updates wait for you; last restart for updates: ${AT}`,
    },
    { subject: "releases", state: "ok", seen: `v1.10.0 is the newest, as of ${AT}` },
  ]);
});

test("a newer release: by the numbers of its version, with the command", async () => {
  const [, newer] = await look({ system: SYSTEM, releases: RELEASES }, "v1.9.4");
  expect(newer).toMatchObject({ state: "warn", fix: "./mailstead upgrade v1.10.0" });
  const [, own] = await look({ system: SYSTEM, releases: RELEASES }, "my-build");
  expect(own?.state).toBe("ok");
});

test("failed: why, and how it is run again", async () => {
  const [system, releases] = await look({
    system: { ...SYSTEM, failed: "E: Unable to fetch some archives" },
    releases: { ...RELEASES, newest: null, failed: "timed out" },
  });
  expect(system).toMatchObject({ state: "bad", seen: `failed on ${AT}: E: Unable to fetch some archives` });
  expect(system?.fix).toContain("systemctl start mailstead-upgrades");
  expect(releases).toMatchObject({ state: "warn", seen: expect.stringContaining("timed out") as string });
});

test.each([
  [
    "late",
    { system: { ...SYSTEM, at: "2026-03-07T04:00:00Z" }, releases: RELEASES },
    0,
    "warn",
    "which is late",
  ],
  ["never, long after the timer was switched on", { releases: RELEASES }, 0, "warn", "never ran"],
  ["never, on a new server", { releases: RELEASES }, NOW - 60, "ok", "coming night"],
])("%s", async (_, state, since, grade, seen) => {
  const [system] = await look(state, "v1.10.0", since);
  expect([system?.state, system?.seen]).toEqual([grade, expect.stringContaining(seen)]);
});

test("a timer that is off", async () => {
  const answer = [`now=${String(NOW)}`, "state={}"].join("\n");
  const findings = await checkUpgrades(() => Promise.resolve(answer), ON, "v1.0.0");
  expect(findings.map(({ state, fix }) => [state, fix])).toEqual([
    ["bad", "pulumi up"],
    ["bad", "pulumi up"],
  ]);
});

test("what is switched off is not spoken of", async () => {
  const found = await look({ releases: RELEASES }, "v1.10.0", 0, { ...ON, system: "off" });
  expect(found.map(({ subject }) => subject)).toEqual(["releases"]);
});
