/** What `hosts.test.ts` does with volumes, on the hosts that it has booted. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { LocalHostDriver } from "../../../sandbox/hosts/driver.ts";
import { loopsBelow } from "../../../sandbox/process/loops.ts";
import { waitUntil } from "../../../sandbox/process/waitUntil.ts";
import type { HostsGround } from "../../support/hostsGround.ts";

/** A host that runs: its key, and an address that ssh answers at. */
export interface RunningHost {
  readonly key: string;
  readonly address: string;
}

const KEY = "volume-7001";
const LINK = "scsi-0HC_Volume_7001";
const DEVICE = `/dev/disk/by-id/${LINK}`;
const OTHER = { key: "volume-7002", sizeGb: 10, link: "scsi-0HC_Volume_7002", format: "ext4" } as const;
const UNIT = `[Mount]\\nWhat=${DEVICE}\\nWhere=/mnt/data\\nType=xfs\\n[Install]\\nWantedBy=local-fs.target\\n`;
/** Bytes of 10 and of 12 GB, as the vendor counts them. */
const [TEN, TWELVE] = [10 * 2 ** 30, 12 * 2 ** 30];

/** Attached while the host runs, made a file system, copied by reflink, used by a container, made larger. */
export async function takesVolume(
  ground: HostsGround,
  driver: LocalHostDriver,
  host: RunningHost,
): Promise<void> {
  const { address } = host;
  await driver.createVolume({ key: KEY, sizeGb: 10, link: LINK });
  await driver.attachVolume(KEY, host.key);
  expect(await ground.ssh(address, `blockdev --getsize64 ${DEVICE}; blkid ${DEVICE} || echo empty`)).toBe(
    `${TEN}\nempty\n`,
  );
  await ground.ssh(
    address,
    `set -e; mkfs.xfs -q ${DEVICE}; mkdir -p /mnt/data
    printf '${UNIT}' >/etc/systemd/system/mnt-data.mount; systemctl enable --now mnt-data.mount
    head -c 200M /dev/urandom >/mnt/data/one; cp --reflink=always /mnt/data/one /mnt/data/two
    cmp /mnt/data/one /mnt/data/two; rm /mnt/data/one /mnt/data/two`,
    60,
  );
  const inside = "docker run --rm -v /mnt/data:/data tiny sh -c 'echo kept >/data/kept'; sync";
  await ground.ssh(address, inside, 60);
  await driver.resizeVolume(KEY, 12);
  const grow = `blockdev --getsize64 ${DEVICE}; xfs_growfs /mnt/data >&2; stat -f -c '%b %S' /mnt/data`;
  const [device, blocks = ""] = (await ground.ssh(address, grow)).split("\n");
  const [count = 0, size = 0] = blocks.split(" ").map(Number);
  expect(Number(device)).toBe(TWELVE);
  expect(count * size).toBeGreaterThan(TWELVE * 0.98);
}

/** Mounted by the host itself, with what was on it, and of the size that it was given. */
export async function hasVolumeStill(ground: HostsGround, { address }: RunningHost): Promise<void> {
  const look = `findmnt --noheadings --output FSTYPE /mnt/data; cat /mnt/data/kept; blockdev --getsize64 ${DEVICE}`;
  expect(await ground.ssh(address, look)).toBe(`xfs\nkept\n${TWELVE}\n`);
}

/** Pulled off one host in the middle of its work, and taken by another; the first has errors where it had files. */
export async function movesVolume(
  ground: HostsGround,
  driver: LocalHostDriver,
  from: RunningHost,
  to: RunningHost,
): Promise<void> {
  await ground.ssh(from.address, "systemd-run --unit=user sh -c 'exec 9>/mnt/data/open; sleep 1000'");
  await ground.ssh(
    from.address,
    "echo synced >/mnt/data/synced; sync /mnt/data/synced; echo lost >/mnt/data/lost",
  );
  await expect(driver.attachVolume(KEY, to.key)).rejects.toThrow(`${KEY} is attached to ${from.key}`);
  await expect(driver.deleteVolume(KEY)).rejects.toThrow(`${KEY} is attached to ${from.key}`);
  await driver.detachVolume(KEY);
  const errors = `cat /mnt/data/kept 2>&1; test -e ${DEVICE} || echo no device`;
  expect(await ground.ssh(from.address, errors)).toMatch(/Input\/output error\nno device\n$/);
  // Here both are one kernel's, which knows a file system once.
  await ground.ssh(from.address, "systemctl stop user; systemctl disable --now mnt-data.mount");
  await driver.attachVolume(KEY, to.key);
  const look = `mkdir -p /mnt/data; mount ${DEVICE} /mnt/data; cd /mnt/data; cat kept synced; test -s lost || echo gone`;
  expect(await ground.ssh(to.address, look)).toBe("kept\nsynced\ngone\n");
  await ground.ssh(to.address, "umount /mnt/data");
}

/** Deleted with its file and its device, while another stays attached for whoever takes all away. */
export async function losesVolume(
  ground: HostsGround,
  driver: LocalHostDriver,
  host: RunningHost,
): Promise<void> {
  await driver.detachVolume(KEY);
  await driver.deleteVolume(KEY);
  await driver.deleteVolume(KEY);
  expect(existsSync(join(ground.runDir, "volumes", KEY))).toBe(false);
  await waitUntil(async () => (await loopsBelow(ground.runDir)).length === 0, {
    what: "the end of the volume's devices",
    timeoutSeconds: 5,
  });
  await driver.createVolume(OTHER);
  await driver.attachVolume(OTHER.key, host.key);
  expect(
    await ground.ssh(host.address, `blkid --output value --match-tag TYPE /dev/disk/by-id/${OTHER.link}`),
  ).toBe("ext4\n");
  expect(await loopsBelow(ground.runDir)).toHaveLength(1);
}
