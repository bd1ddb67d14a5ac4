/**
 * Proves: a host boots Debian 13 with the user-data given, installs its packages from the sandbox's archive, is
 * reached over a pinned key, runs containers, comes back from reboots and cut power with its disk, is guarded by the
 * provider's firewall on both families, outlives the driver that made it, has volumes as block devices (attached and
 * pulled off while it runs, there again after each start, larger when they are), and leaves nothing behind.
 * Cannot prove: a vendor's own boot (hypervisor, kernel, metadata service), that a vendor's firewall is stateful, or what
 * udev makes of a vendor's disk.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureArchive, firstBootPackages } from "../../sandbox/hosts/archive.ts";
import { ensureBase } from "../../sandbox/hosts/base.ts";
import { createHostDriver, type LocalHostDriver } from "../../sandbox/hosts/driver.ts";
import { findCgroupRoots } from "../../sandbox/process/cgroup.ts";
import { loopsBelow } from "../../sandbox/process/loops.ts";
import { run as runProgram } from "../../sandbox/process/command.ts";
import { waitUntil } from "../../sandbox/process/waitUntil.ts";
import {
  type HostsGround,
  makeHostsGround,
  MIRROR,
  ROUTER_V6,
  trialUserData,
} from "../support/hostsGround.ts";
import { hasVolumeStill, losesVolume, movesVolume, takesVolume } from "./hosts/volumes.ts";

const CACHE = resolve(import.meta.dirname, "../../.sandbox/cache");
const V4 = "203.0.113.10";
const V6_BASE = "2001:db8:a:1::";
const V6 = `${V6_BASE}1`;
const KEY = "trial-1";
const FIRST = { key: KEY, address: V4 };
const SECOND = { key: "server-4711-second", address: "203.0.113.11" };
/** Makes an image's root of the host's own shell, since there is no registry here. */
const TINY_ROOT =
  "tar -C / -hc bin/sh bin/sleep $(ldd /bin/sh /bin/sleep | grep -o '/lib[^ ]*' | sort -u) 2>/dev/null";
const ANY = ["0.0.0.0/0", "::/0"];

const root = process.getuid?.() === 0;
if (!root && process.env["CI"] === "true")
  throw new Error("hosts need root, and with CI=true nothing is skipped");

describe.skipIf(!root)("a host", () => {
  let ground: HostsGround;
  let driver: LocalHostDriver;

  const newDriver = async () =>
    createHostDriver({
      runDir: ground.runDir,
      baseDir: await ensureBase(CACHE),
      caFile: ground.caFile,
      namespace: ground.namespace,
      bridge: ground.bridge,
      resolvers: ["203.0.113.2", "2001:db8:203::2"],
    });
  const answers = async (address: string, command = "true") =>
    await ground.ssh(address, command, 20).then(
      () => true,
      () => false,
    );
  /** Whether a TCP connection comes about, from the namespace or, with `from`, from a host. */
  const opens = async (address: string, port: number, from?: string) => {
    const script = `exec 3<>/dev/tcp/${address}/${port}`;
    const attempt =
      from === undefined
        ? ground.run("timeout", ["2", "bash", "-c", script])
        : ground.ssh(from, `timeout 2 bash -c '${script}'`, 20);
    return await attempt.then(
      () => true,
      () => false,
    );
  };
  // With the machine image's ping: this machine need not have one.
  const pings = async (address: string) =>
    await ground.run("chroot", [await ensureBase(CACHE), "ping", "-c", "1", "-W", "2", address]).then(
      () => true,
      () => false,
    );

  beforeAll(async () => {
    ground = await makeHostsGround("ms-hosts-trial", resolve(CACHE, "../trial"));
    await ensureArchive(CACHE, ground.runDir);
    driver = await newDriver();
  });

  afterAll(async () => {
    await driver.destroyAll();
    await ground.clear();
  });

  it("boots with its user-data, installs docker and runs a container", async () => {
    const start = Date.now();
    const seconds = () => ((Date.now() - start) / 1000).toFixed(1);
    const userData = trialUserData(ground, firstBootPackages);
    await driver.create({
      key: KEY,
      name: "mx-trial",
      image: "debian-13",
      userData,
      ipv4: V4,
      ipv6Base: V6_BASE,
    });
    expect(await driver.isRunning(KEY)).toBe(true);
    const on = seconds();
    await waitUntil(() => answers(V6), {
      what: "ssh to answer over IPv6",
      timeoutSeconds: 60,
      everyMilliseconds: 100,
    });
    const ssh = seconds();
    await waitUntil(() => answers(V4, "docker version"), {
      what: "docker to answer",
      timeoutSeconds: 120,
      everyMilliseconds: 1000,
    });
    const docker = seconds();
    const status = await ground.ssh(V4, "cloud-init status --wait --long", 120);
    console.log(`on ${on} s, ssh ${ssh} s, docker ${docker} s, cloud-init ${seconds()} s`);
    expect(status).toContain("\nextended_status: done\n");
    expect(await ground.ssh(V4, "hostname; cut -c1-3 /etc/debian_version")).toBe("mx-trial\n13.\n");
    await ground.ssh(V4, `${TINY_ROOT} | docker import - tiny`, 60);
    expect(await ground.ssh(V4, "docker run --rm tiny sh -c 'echo from inside'", 60)).toBe("from inside\n");
    expect(await ground.ssh(V4, "docker info --format '{{.Driver}}'")).toBe("overlay2\n");
  });

  it("trusts the sandbox's authority, in the bundle and after the bundle is made anew", async () => {
    const count = `openssl crl2pkcs7 -nocrl -certfile /etc/ssl/certs/ca-certificates.crt |
      openssl pkcs7 -print_certs -noout | grep -c 'Trial authority$' || true`;
    expect(Number(await ground.ssh(V4, count))).toBeGreaterThan(0);
    await ground.ssh(V4, "update-ca-certificates");
    expect(Number(await ground.ssh(V4, count))).toBeGreaterThan(0);
  });

  it("is guarded by the provider's firewall on both families", async () => {
    await ground.ssh(V4, "systemd-run --unit=web python3 -m http.server --bind :: 8080");
    for (const address of [V4, V6]) {
      await waitUntil(() => opens(address, 8080), {
        what: `${address}:8080 to open`,
        timeoutSeconds: 20,
        everyMilliseconds: 100,
      });
    }
    await driver.setFirewall(KEY, [
      { protocol: "tcp", port: "22", sources: ANY },
      { protocol: "tcp", port: "8080", sources: ["192.0.2.0/24", "2001:db8:ffff::/48"] },
    ]);
    for (const address of [V4, V6]) {
      expect(await opens(address, 22), `${address}:22`).toBe(true);
      expect(await opens(address, 8080), `${address}:8080`).toBe(false);
      expect(await pings(address), `ping ${address}`).toBe(false);
    }
    // What the host began itself is answered.
    await ground.ssh(V4, "apt-get -q update", 60);
    await driver.setFirewall(KEY, [
      { protocol: "tcp", port: "8000-9000", sources: ["203.0.113.0/24", "2001:db8:203::/64"] },
      { protocol: "icmp", sources: ANY },
    ]);
    for (const address of [V4, V6]) {
      expect(await opens(address, 22), `${address}:22`).toBe(false);
      expect(await opens(address, 8080), `${address}:8080`).toBe(true);
      expect(await pings(address), `ping ${address}`).toBe(true);
    }
    await driver.setFirewall(KEY, undefined);
    expect(await opens(V4, 22)).toBe(true);
  });

  it("can be kept from sending to port 25, each family by itself", async () => {
    const reached = async () => [await opens(MIRROR, 25, V4), await opens(ROUTER_V6, 25, V4)];
    expect(await reached()).toEqual([true, true]);
    await driver.blockPort25(KEY, ["ipv4"]);
    expect(await reached()).toEqual([false, true]);
    await driver.blockPort25(KEY, ["ipv4", "ipv6"]);
    expect(await reached()).toEqual([false, false]);
    await driver.blockPort25(KEY, []);
    expect(await reached()).toEqual([true, true]);
  });

  it("takes a volume while it runs, and sees it grow", () => takesVolume(ground, driver, FIRST));

  it("comes back from a reboot, asked for from outside or inside, with its disk and its containers", async () => {
    await ground.ssh(V4, "docker run -d --name stays --init --restart always tiny sleep 100000", 60);
    const running = "docker inspect --format '{{.State.Running}}' stays | grep true";
    for (const ask of [() => driver.reboot(KEY), () => ground.ssh(V4, "systemctl reboot").catch(() => "")]) {
      const boots = await driver.bootCount(KEY);
      const before = await ground.ssh(V4, "cat /proc/1/stat | cut -d' ' -f22");
      const start = Date.now();
      await ask();
      await waitUntil(async () => (await driver.bootCount(KEY)) > boots, {
        what: "another start",
        timeoutSeconds: 90,
        everyMilliseconds: 50,
      });
      await waitUntil(() => answers(V4, running), {
        what: "the container to run again",
        timeoutSeconds: 90,
        everyMilliseconds: 200,
      });
      console.log(`reboot until the container runs: ${((Date.now() - start) / 1000).toFixed(1)} s`);
      expect(await ground.ssh(V4, "cat /proc/1/stat | cut -d' ' -f22")).not.toBe(before);
      expect(await answers(V4, "test -e /root/first-boot-is-done")).toBe(true);
      await hasVolumeStill(ground, FIRST);
    }
  });

  it("comes back after its plug was pulled, and goes down when asked, by the hand of another driver", async () => {
    const another = await newDriver();
    expect(await another.isRunning(KEY)).toBe(true);
    await another.powerOff(KEY);
    expect(await driver.isRunning(KEY)).toBe(false);
    expect(await opens(V4, 22)).toBe(false);
    await another.powerOn(KEY);
    await waitUntil(() => answers(V4, "test -e /root/first-boot-is-done"), {
      what: "ssh to answer",
      timeoutSeconds: 60,
      everyMilliseconds: 100,
    });
    await hasVolumeStill(ground, FIRST);
    const start = Date.now();
    await driver.shutdown(KEY);
    console.log(`shut down in ${((Date.now() - start) / 1000).toFixed(1)} s`);
    expect(await driver.isRunning(KEY)).toBe(false);
    await driver.powerOn(KEY);
    await waitUntil(() => answers(V4), { what: "ssh to answer", timeoutSeconds: 60, everyMilliseconds: 100 });
    await hasVolumeStill(ground, FIRST);
  });

  it("outlives the process that made it, beside another host, which it reaches on both families", async () => {
    const second = { key: SECOND.key, name: "two", image: "debian-13", ipv4: SECOND.address };
    const spec = { ...second, ipv6Base: "2001:db8:a:2::", userData: trialUserData(ground, []) };
    const options = { ...ground, baseDir: await ensureBase(CACHE), resolvers: [] };
    const program = `
      import { createHostDriver } from ${JSON.stringify(resolve(import.meta.dirname, "../../sandbox/hosts/driver.ts"))};
      await createHostDriver(${JSON.stringify(options)}).create(${JSON.stringify(spec)});`;
    await runProgram(process.execPath, ["--input-type=module", "--eval", program]);
    // Each family by itself: an IPv6 address is silent for its duplicate detection (RFC 4862 5.4) on both hosts,
    // a second or two after IPv4 answers.
    for (const address of [spec.ipv4, `${spec.ipv6Base}1`]) {
      await waitUntil(() => opens(address, 22, V4), {
        what: `ssh at ${address} to answer the first host`,
        timeoutSeconds: 60,
        everyMilliseconds: 100,
      });
    }
    expect(await driver.isRunning(spec.key)).toBe(true);
    await expect(driver.create(spec)).rejects.toThrow(/there is a host server-4711-second already/);
  });

  it("loses a volume that is pulled off, which another host takes", () =>
    movesVolume(ground, driver, FIRST, SECOND));

  it("has a volume deleted with its device", () => losesVolume(ground, driver, SECOND));

  it("leaves nothing behind, and nobody sends to its card", async () => {
    const { unified, legacy } = await findCgroupRoots();
    const cards = async (): Promise<string> =>
      (await ground.run("ip", ["neigh", "show", "to", V4])) +
      (await ground.run("ip", ["neigh", "show", "to", V6]));
    // Both families were spoken with.
    for (const address of [V4, V6])
      await waitUntil(() => opens(address, 22), { what: `ssh at ${address}`, timeoutSeconds: 20 });
    expect((await cards()).match(/lladdr/g)).toHaveLength(2);
    await driver.destroy(KEY);
    expect(await cards()).not.toContain("lladdr");
    await driver.destroy(KEY);
    expect(existsSync(`${ground.runDir}/hosts/${KEY}`)).toBe(false);
    expect(existsSync(`${unified}/${ground.namespace}.hosts/${KEY}`)).toBe(false);
    await driver.destroyAll();
    for (const hierarchy of [unified, ...legacy]) {
      expect(existsSync(`${hierarchy}/${ground.namespace}.hosts`)).toBe(false);
    }
    expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(ground.runDir);
    expect(await loopsBelow(ground.runDir)).toEqual([]);
    expect(existsSync(`${ground.runDir}/volumes`)).toBe(false);
    expect(await ground.run("nft", ["list", "tables"])).toBe("");
    expect(await ground.run("ip", ["-o", "link", "show", "type", "veth"])).toBe("");
    expect(await ground.run("ip", ["-6", "route", "show", "2001:db8:a::/48"])).toBe("");
    const processes = await runProgram("ps", ["-eo", "args"]);
    expect(processes.split("\n").filter((line) => line.includes(`${ground.runDir}/hosts`))).toEqual([]);
  });
});
