/**
 * Proves: on a real XFS volume, the host's script takes a change of the release (ports closed by rules that the real nft takes,
 * containers stopped in order, data cloned, those that stay started again) and takes it back with every file as it was, also
 * after a kill and a power cut at many points; at no boot is a port open while the data are not those of what runs; without an
 * upgrade that was announced it does nothing.
 * Cannot prove: what Docker and systemd do, which play a part here; the sandbox's lives do. Skips without root, loop devices and
 * XFS tools.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hasVolumes } from "./support/dataHost.ts";
import { greetingServer } from "./support/greetingServer.ts";
import { HOME, makeUpgradeHost, NEW, OLD, type UpgradeHost } from "./support/upgradeHost.ts";

const ANNOUNCE = `announce v1 v2 <<<'[{"key":"mail.release"}]'`;
const TAKE = "take app@2 mongo@1";
const ALL = ["mongodb", "mx", "redis", "smtp", "web"];

let host: UpgradeHost;
let before: string;

function ok(line: string): string {
  const { status, said } = host.upgrade(line);
  expect([line, said, status]).toEqual([line, said, 0]);
  return said;
}

const names = (): string[] => host.running().map((line) => line.split(":")[0] ?? "");
const images = (): string[] => [...new Set(host.running().map((line) => line.slice(line.indexOf(":") + 1)))];

/** All as before the change: data, containers, open ports, nothing left. */
function expectOld(): void {
  expect(host.files()).toBe(before);
  expect(names()).toEqual(ALL);
  expect(images()).not.toContain(NEW);
  expect(host.look()).toMatchObject({ phase: "", closed: false });
  expect(host.shell("ls mnt/mailstead").said).not.toContain("upgrade");
}

beforeEach(() => {
  if (!hasVolumes) return;
  host = makeUpgradeHost();
  before = host.files();
});
afterEach(() => {
  if (hasVolumes) host.end();
});

describe.skipIf(!hasVolumes)("a change that goes well", () => {
  test("closes the ports, stops in order, clones, starts what stays, and ends with nothing left", () => {
    ok(ANNOUNCE);
    expect(host.look()).toMatchObject({
      ...{ phase: "announced", from: "v1", to: "v2", reflink: true, closed: false },
      changes: [{ key: "mail.release" }],
    });
    expect(ok(TAKE)).toContain("the data are cloned");
    expect(host.calls()).toEqual(["stop mx smtp web", "stop mongodb redis", "start mongodb redis"]);
    expect(host.read("doors")).toMatch(
      /input[\s\S]*dport \{ 443, 465, 25, [\d, ]*\} reject[\s\S]*output[\s\S]*dport 25 reject/,
    );
    expect(host.look()).toMatchObject({ phase: "cloned", closed: true });
    host.replaceApps(["mx", "smtp", "web"]);
    const after = host.files();
    ok("end");
    // Gigabytes: nobody waits outside for that.
    expect(host.calls()).toContain(`rm ${OLD}`);
    expect(host.files()).toBe(after);
    expect(host.look()).toMatchObject({ phase: "", closed: false });
    expect(host.shell("ls mnt/mailstead").said).not.toContain("upgrade");
  });

  test("costs no second copy of the data on the volume", () => {
    const used = () => Number(host.shell("df --output=used -k mnt/mailstead | tail -n 1").said);
    const [bytes, was] = [Number(host.shell(`du -sk ${HOME} | cut -f1`).said), used()];
    ok(ANNOUNCE);
    ok(TAKE);
    expect(used() - was).toBeLessThan(bytes / 2);
  });

  test("is proved before it ends: a port that says nothing is named", () => {
    host.write(
      "etc/mailstead/upgrade.conf",
      `${host.read("etc/mailstead/upgrade.conf")}GREETINGS='1 plain 220'\n`,
    );
    host.shell("sed -i s/greeting_seconds=60/greeting_seconds=1/ usr/local/lib/mailstead/upgrade.sh");
    const { status, said } = host.upgrade("check");
    expect([status, said]).toEqual([1, expect.stringContaining("port 1 does not greet")]);
  });

  test("a server that greets and waits for more is proved by that: the ports stay closed no longer", async () => {
    await using server = await greetingServer("* OK ready");
    const settings = host.read("etc/mailstead/upgrade.conf").replaceAll(/^GREETINGS=[^']*'[^']*'/gm, "");
    host.write("etc/mailstead/upgrade.conf", `${settings}\nGREETINGS='${String(server.port)} tls * OK'\n`);
    // The question itself has ten seconds.
    expect(host.upgrade("check", 5000).status).toBe(0);
    expect(host.shell(`pgrep -f "[s]_client.*:${String(server.port)}"`).said).toBe("");
  });
});

describe.skipIf(!hasVolumes)("a change that is taken back", () => {
  test.each([
    ["before anything was done", [], []],
    ["once the data are cloned", [TAKE], []],
    ["in the middle of the containers", [TAKE], ["smtp"]],
    ["with all of them new", [TAKE], ["mx", "smtp", "web"]],
  ])("%s: every file is as it was", (_when, lines, replaced) => {
    ok(ANNOUNCE);
    lines.forEach(ok);
    if (replaced.length > 0) host.replaceApps(replaced);
    ok("back");
    expect(host.files()).toBe(before);
    if (lines.length > 0) expect(host.look()).toMatchObject({ phase: "restored", closed: true });
    expect(images()).not.toContain(NEW);
    // The deploy's own step on the way back changes nothing.
    ok("take app@1 mongo@1");
    for (const name of replaced) host.write(`docker/${name}`, `${OLD} running\n`);
    ok("end");
    expectOld();
  });
});

describe.skipIf(!hasVolumes)("a power cut", () => {
  test("at eight points of the clone: the next boot goes back, or keeps the ports closed until somebody goes on", () => {
    const seen = new Set<string>();
    // Milliseconds; the last is beyond the end.
    for (const point of [20, 60, 100, 150, 200, 300, 500, 5000]) {
      ok(ANNOUNCE);
      host.upgrade(TAKE, point);
      host.reboot();
      const { phase, closed } = host.look();
      seen.add(phase);
      expect([phase, closed]).toEqual([phase, phase !== "announced"]);
      expect(host.files()).toBe(before);
      if (phase === "announced") expect(names()).toEqual(ALL);
      ok("back");
      if (phase !== "announced") ok("end");
      expectOld();
    }
    expect([...seen].toSorted()).toEqual(["announced", "cloned"]);
  });

  test("while containers stop, with a Docker that does not answer at once: nothing opens, and back they all run", () => {
    ok(ANNOUNCE);
    host.shell("sed -i s/phase=announced/phase=closing/ mnt/mailstead/upgrade/state; sync -f mnt/mailstead");
    for (const name of ["mx", "web"]) host.write(`docker/${name}`, `${OLD} stopped\n`);
    host.write("docker-fails", "");
    host.reboot();
    expect(host.look()).toMatchObject({ phase: "closing", closed: true });
    host.shell("rm docker-fails");
    ok("back");
    expectOld();
  });

  test("with containers of both releases: no port opens, and back it is all as it was", () => {
    ok(ANNOUNCE);
    ok(TAKE);
    host.replaceApps(["smtp"]);
    host.reboot();
    expect(host.look()).toMatchObject({ phase: "cloned", closed: true });
    ok("back");
    host.write("docker/smtp", `${OLD} running\n`);
    ok("end");
    expectOld();
  });

  test("at eight points of the way back: no container starts on half of the data", () => {
    for (let point = 1; point <= 8; point += 1) {
      ok(ANNOUNCE);
      ok(TAKE);
      host.replaceApps(["mx", "smtp", "web"]);
      host.upgrade("back", point * 20);
      host.reboot();
      const { phase, closed } = host.look();
      expect(closed).toBe(true);
      if (phase === "restored") expect(host.files()).toBe(before);
      ok("back");
      expect(host.files()).toBe(before);
      for (const name of ["mx", "smtp", "web"]) host.write(`docker/${name}`, `${OLD} running\n`);
      ok("end");
      expectOld();
    }
  });
});

describe.skipIf(!hasVolumes)("nothing happens", () => {
  test("in a deploy that nobody announced as an upgrade", () => {
    ok(TAKE);
    ok("back");
    ok("end");
    expect(host.calls()).toEqual([]);
    expectOld();
    expect(host.upgrade("under-way").status).toBe(1);
    expect(host.upgrade("going-back").status).toBe(1);
  });

  test("to an upgrade that is not ended, by another", () => {
    ok(ANNOUNCE);
    const { status, said } = host.upgrade(ANNOUNCE);
    expect([status, said]).toEqual([1, expect.stringContaining("the change to v2 of 2")]);
    expect(host.upgrade("under-way").status).toBe(0);
  });
});
