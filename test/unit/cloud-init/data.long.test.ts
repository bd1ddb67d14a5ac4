/**
 * Proves: on a real XFS volume, the script formats what is blank and nothing else, moves what an earlier version left on the
 * disk (stopped in order, compared, set aside), goes on after a power cut at any point, refuses what is not this server's, grows,
 * and lets go. Docker and systemd play a part; nothing of them is proved.
 * Cannot prove: that the vendor's device shows up; the sandbox's hosts have one. Skips without root, loop devices and XFS tools.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hasVolumes, makeDataHost, type DataHost } from "./support/dataHost.ts";

const HOME = "root/forwardemail.net/self-hosting";
const LIST = `(cd ${HOME} && find . -type f -printf '%P %m %U %s ' -exec sha256sum {} \\; | sed 's, /.*,,' | sort)`;

let host: DataHost;

beforeEach(() => {
  if (hasVolumes) host = makeDataHost();
});
afterEach(() => {
  if (hasVolumes) host.end();
});

function imageHash(): string {
  return createHash("sha256").update(readFileSync(host.image())).digest("hex");
}

function mount(): string {
  const { status, said } = host.data(["mount"]);
  expect(said).toContain("data: ");
  expect(status).toBe(0);
  return said;
}

/** What an earlier version left on the disk, with containers that run on it. */
function fillDisk(): string {
  host.write(`${HOME}/.env`, "KEY=1\n");
  for (let count = 0; count < 40; count += 1)
    host.write(`${HOME}/sqlite-data/box-${String(count)}.sqlite`, `${"mail ".repeat(5000)}${String(count)}`);
  host.write("etc/letsencrypt/accounts/a.json", "{}");
  host.write("running", "web\nmongodb\nmx\nredis\n");
  host.shell(`chmod 0600 ${HOME}/.env && chown 999 ${HOME}/sqlite-data/box-1.sqlite`);
  return host.shell(LIST).said;
}

describe.skipIf(!hasVolumes)("an empty volume", () => {
  test("is formatted, mounted under the guide's paths, and what is written there outlives the server", () => {
    expect(mount()).toContain("formatted");
    host.shell(`echo hello >${HOME}/.env && echo account >etc/letsencrypt/account`);
    expect(mount()).not.toContain("formatted");
    expect(host.data(["release", "3"]).status).toBe(0);
    expect(host.shell(`ls -A ${HOME} etc/letsencrypt mnt/mailstead`).said).not.toContain(".env");
    host.cutPower();
    mount();
    expect(host.shell(`cat ${HOME}/.env etc/letsencrypt/account`).said).toBe("hello\naccount\n");
    expect(host.shell("xfs_info mnt/mailstead").said).toContain("reflink=1");
  });

  test("that was cut off before its mark is taken for the empty one that it is", () => {
    host.shell(`mkfs.xfs -q ${host.device()}`);
    expect(mount()).not.toContain("formatted");
  });

  test("whose mark was cut off while it was written is that too", () => {
    host.shell(`mkfs.xfs -q ${host.device()} && mkdir v && mount ${host.device()} v`);
    host.shell("echo layout=1 >v/mailstead-data.new; umount v");
    expect(mount()).not.toContain("formatted");
  });

  test("whose formatting was cut off is formatted again", () => {
    // What mkfs.xfs leaves between its first and its last write: the kernel does not mount it.
    const half = `mkfs.xfs -q ${host.device()}; printf '\\1' | dd of=${host.device()} bs=1 seek=126 conv=notrunc status=none`;
    expect(host.shell(half).status).toBe(0);
    expect(host.shell(`mkdir -p v && mount -t xfs ${host.device()} v`).status).not.toBe(0);
    expect(mount()).toContain("formatted");
  });

  test("grows with its device", () => {
    mount();
    const size = () => Number(host.shell("df --output=size -k mnt/mailstead | tail -n 1").said);
    const before = size();
    host.grow(200);
    mount();
    expect(size()).toBeGreaterThan(before + 150 * 1024);
  });
});

describe.skipIf(!hasVolumes)("what is not this server's is refused, and not touched", () => {
  test.each([
    ["another file system", "mkfs.ext4 -q -F $device"],
    [
      "a partition table",
      "{ head -c 446 /dev/zero; printf '\\200\\0\\0\\0\\203\\0\\0\\0\\0\\10\\0\\0\\0\\20\\0\\0'; head -c 48 /dev/zero; printf '\\125\\252'; } >$device",
    ],
    [
      "data that nobody knows",
      "head -c 4096 /dev/urandom | dd of=$device bs=4096 seek=3 status=none conv=notrunc",
    ],
  ])("%s", (_what, line) => {
    expect(host.shell(line.replaceAll("$device", host.device())).said).toBe("");
    const before = imageHash();
    const { status, said } = host.data(["mount"]);
    expect([status, said]).toEqual([1, expect.stringContaining("nothing was changed")]);
    expect(imageHash()).toBe(before);
  });

  test.each([
    ["files without a mark", "rm mnt/mailstead/mailstead-data", "no mark of Mailstead"],
    [
      "the data of another domain",
      "sed -i s/example.com/other.example/ mnt/mailstead/mailstead-data",
      "the data of other.example",
    ],
    ["a layout to come", "sed -i s/layout=1/layout=2/ mnt/mailstead/mailstead-data", "its layout is 2"],
  ])("%s", (_what, line, says) => {
    mount();
    host.shell(line);
    host.data(["release", "3"]);
    const { status, said } = host.data(["boot"]);
    expect([status, said]).toEqual([1, expect.stringContaining(says)]);
    expect(host.shell("mountpoint mnt/mailstead").status).not.toBe(0);
  });

  test("data on the disk beside data on the volume", () => {
    mount();
    host.data(["release", "3"]);
    host.write(`${HOME}/.env`, "another\n");
    const { status, said } = host.data(["mount"]);
    expect([status, said]).toEqual([1, expect.stringContaining("both the disk")]);
    expect(host.read(`${HOME}/.env`)).toBe("another\n");
  });
});

describe.skipIf(!hasVolumes)("data on the disk", () => {
  test("are moved with all containers stopped, databases last, and all run again", () => {
    const before = fillDisk();
    mount();
    expect(host.shell(LIST).said).toBe(before);
    expect(host.shell("cat etc/letsencrypt/accounts/a.json").said).toBe("{}");
    expect(host.calls()).toEqual([
      "stop web mx",
      "stop mongodb redis",
      ...["mongodb", "redis", "web", "mx"].map((name) => `start ${name}`),
    ]);
    expect(host.shell(`ls -A ${HOME}.on-disk`).said).toContain(".env");
    // Nothing more to do.
    mount();
    expect(host.calls()).toEqual([]);
  });

  test("stay where they are when the volume is too small", () => {
    const before = fillDisk();
    host.shell(`fallocate -l 400M ${HOME}/large`);
    const { status, said } = host.data(["mount"]);
    expect([status, said]).toEqual([1, expect.stringContaining("raise mailstead:data.sizeGb")]);
    expect(host.calls()).toEqual([]);
    host.shell(`rm ${HOME}/large`);
    expect(host.shell(LIST).said).toBe(before);
  });

  test("are all there after a kill and a power cut at ten points", () => {
    const before = fillDisk();
    for (let point = 1; point <= 10; point += 1) {
      host.data(["mount"], point * 60);
      host.cutPower();
      // At boot Docker waits for the script.
      host.shell("rm -f docker-runs");
    }
    expect(host.data(["boot"])).toMatchObject({ status: 0 });
    host.write("docker-runs", "");
    host.data(["started"]);
    expect(host.shell(LIST).said).toBe(before);
    expect(host.shell("sort running").said).toBe("mongodb\nmx\nredis\nweb\n");
  });

  test("that are gone in the middle of a move are not taken for moved", () => {
    fillDisk();
    mount();
    host.shell("sed -i s/state=ready/state=moving/ mnt/mailstead/mailstead-data");
    host.data(["release", "3"]);
    const { status, said } = host.data(["boot"]);
    expect([status, said]).toEqual([1, expect.stringContaining("write state=ready")]);
    host.cutPower();
    host.shell(
      `mkdir -p v && mount ${host.device()} v && sed -i s/state=moving/state=ready/ v/mailstead-data && umount v`,
    );
    expect(host.data(["boot"]).status).toBe(0);
  });
});

describe.skipIf(!hasVolumes)("letting go", () => {
  test("is for the generation that it was meant for", () => {
    mount();
    expect(host.data(["release", "2"]).status).toBe(0);
    expect(host.shell("mountpoint mnt/mailstead").status).toBe(0);
    host.write("running", "mx\nmongodb\n");
    expect(host.data(["release", "3"]).status).toBe(0);
    expect(host.calls()).toEqual(["stop mx", "stop mongodb"]);
    expect(host.shell("mountpoint mnt/mailstead").status).not.toBe(0);
    // Another machine starts them.
    expect(host.shell("ls var/lib/mailstead").said).not.toContain("stopped");
  });
});
