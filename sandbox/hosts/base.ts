/**
 * The machine image: a Debian 13 root as a cloud ships it, without docker, certbot or restic.
 *
 * One root serves every host through overlayfs, so it is never changed once it is there.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensureArchiveKey } from "./archiveKey.ts";
import { run } from "../process/command.ts";
import { machineMirror, sourcesList } from "./mirror.ts";

const PACKAGES = [
  "systemd",
  "systemd-sysv",
  "systemd-resolved",
  "dbus",
  "udev",
  "openssh-server",
  "cloud-init",
  "iproute2",
  "iputils-ping",
  "ca-certificates",
  "curl",
  "procps",
  "netbase",
  "nftables",
  "iptables",
];

/** What dpkg leaves out: nothing that runs. */
const EXCLUDED_PATHS = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*"];

const ENABLED = [
  "systemd-networkd.service",
  "systemd-networkd.socket",
  "systemd-resolved.service",
  "ssh.service",
];

/** Timers would fetch and upgrade in the middle of a test; the rest waits for hardware which is not there. */
const MASKED = [
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
  "fstrim.timer",
  "dpkg-db-backup.timer",
  "getty@tty1.service",
  "console-getty.service",
  "systemd-networkd-wait-online.service",
  "systemd-pstore.service",
];

const FILES: Readonly<Record<string, string>> = {
  // disable_root: Debian's own default forbids root's login, a vendor's image for servers allows it.
  "etc/cloud/cloud.cfg.d/90_sandbox.cfg":
    "datasource_list: [NoCloud]\ndisable_root: false\nmanage_etc_hosts: false\n",
  // What OpenSSH 9 and 10 agree on otherwise (sntrup761) takes each side a tenth of a second of work at each connection.
  "etc/ssh/sshd_config.d/90-sandbox.conf": "KexAlgorithms mlkem768x25519-sha256,curve25519-sha256\n",
  "etc/apt/sources.list.d/debian.sources": [
    "Types: deb",
    "URIs: http://deb.debian.org/debian",
    "Suites: trixie trixie-updates",
    "Components: main",
    "Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp",
    "",
    "Types: deb",
    "URIs: http://security.debian.org/debian-security",
    "Suites: trixie-security",
    "Components: main",
    "Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp",
    "",
  ].join("\n"),
  // Empty: an own id at the first boot, without going through every unit's preset.
  "etc/machine-id": "",
};

const REMOVED = [
  "etc/hostname",
  "etc/apt/sources.list",
  "etc/resolv.conf",
  "var/lib/apt/lists",
  "var/cache/apt",
];

/**
 * Makes the root when the cache has none of this recipe, and resolves with its folder: `cacheDir/base/HASH`.
 * Takes about a minute from nothing. Needs root and mmdebstrap. Roots of older recipes are left to `make clean`.
 */
export async function ensureBase(cacheDir: string): Promise<string> {
  const key = await ensureArchiveKey(cacheDir);
  const recipe = JSON.stringify([
    2,
    PACKAGES,
    EXCLUDED_PATHS,
    ENABLED,
    MASKED,
    FILES,
    REMOVED,
    key.fingerprint,
  ]);
  const root = join(cacheDir, "base", createHash("sha256").update(recipe).digest("hex").slice(0, 12));
  if (existsSync(root)) return root;
  const fresh = `${root}.new-${process.pid}`;
  await mkdir(dirname(root), { recursive: true });
  try {
    await bootstrap(fresh);
    await finish(fresh, key.publicKeyFile);
    await rename(fresh, root).catch((cause: unknown) => {
      // Another process was faster: its root is as good.
      if (!existsSync(root)) throw cause;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return root;
}

async function bootstrap(root: string): Promise<void> {
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  const sources = sourcesList(await machineMirror(), keyring);
  await run(
    "mmdebstrap",
    [
      "--variant=minbase",
      "--mode=root",
      `--include=${PACKAGES.join(",")}`,
      '--aptopt=Apt::Install-Recommends "false"',
      ...EXCLUDED_PATHS.map((path) => `--dpkgopt=path-exclude=${path}`),
      "trixie",
      root,
      "-",
    ],
    { input: sources, timeoutSeconds: 600 },
  );
}

async function finish(root: string, publicKeyFile: string): Promise<void> {
  for (const path of REMOVED) await rm(join(root, path), { recursive: true, force: true });
  for (const name of await readdir(join(root, "etc/ssh"))) {
    if (name.startsWith("ssh_host_")) await rm(join(root, "etc/ssh", name));
  }
  // mmdebstrap hands its own options over to the root: no recommended packages, which no vendor's image sets.
  await rm(join(root, "etc/apt/apt.conf.d/99mmdebstrap"), { force: true });
  for (const path of ["var/lib/apt/lists/partial", "var/cache/apt/archives/partial"]) {
    await mkdir(join(root, path), { recursive: true });
  }
  for (const [path, content] of Object.entries(FILES)) await writeFile(join(root, path), content);
  await copyFile(publicKeyFile, join(root, "usr/share/keyrings/debian-archive-keyring.pgp"));
  await symlink("../run/systemd/resolve/stub-resolv.conf", join(root, "etc/resolv.conf"));
  await run("systemctl", [`--root=${root}`, "enable", ...ENABLED]);
  await run("systemctl", [`--root=${root}`, "mask", ...MASKED]);
}
