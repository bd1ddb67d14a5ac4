/** Debian packages, above all those that the sandbox's servers come from. */

import { access, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { run } from "./process/command.ts";

/**
 * Package → a program that it brings, or the whole path of a file where it brings none. A program that is on PATH is taken
 * to be the package's, wherever it came from.
 */
export type Packages = Readonly<Record<string, string>>;

/** What the sandbox needs. */
export const debianPackages: Packages = {
  iproute2: "ip",
  nftables: "nft",
  "systemd-container": "systemd-nspawn",
  mmdebstrap: "mmdebstrap",
  "apt-utils": "apt-ftparchive",
  gpg: "gpg",
  // gpg only recommends what makes a key for it.
  "gpg-agent": "gpg-agent",
  "xz-utils": "xz",
  zstd: "zstd",
  knot: "knotd",
  "knot-dnsutils": "kdig",
  "bind9-dnsutils": "dig",
  unbound: "unbound",
  "nginx-light": "nginx",
  pebble: "pebble",
  "docker-registry": "docker-registry",
  skopeo: "skopeo",
  openssl: "openssl",
  "openssh-client": "ssh",
  curl: "curl",
  binutils: "strip",
  // For volumes: file systems that are there from the start, and the end of one whose disk is pulled.
  xfsprogs: "xfs_io",
};

/**
 * What tests look at things with: the audit's HTML page, the scripts and documents that reach a host, the scripts that
 * shells complete by, the policies in the DNS, backups and volumes.
 *
 * @public `test/browser/globalSetup.ts` reads it in a process of its own.
 */
export const testPackages: Packages = {
  chromium: "chromium",
  shellcheck: "shellcheck",
  zsh: "zsh",
  fish: "fish",
  "bind9-utils": "named-checkzone",
  restic: "restic",
  rsync: "rsync",
  age: "age-keygen",
  "nginx-light": "nginx",
  "libnginx-mod-stream": "/usr/lib/nginx/modules/ngx_stream_module.so",
  "python3-yaml": "/usr/lib/python3/dist-packages/yaml/__init__.py",
  "python3-spf": "/usr/lib/python3/dist-packages/spf.py",
  "python3-dkim": "/usr/lib/python3/dist-packages/dkim/__init__.py",
  // The library's folder has the machine's architecture in its name.
  libopendmarc2: "/usr/share/doc/libopendmarc2/copyright",
};

/** Units that Debian starts with these packages. */
const ownUnits: Readonly<Record<string, readonly string[]>> = {
  knot: ["knot.service"],
  unbound: ["unbound.service", "unbound-resolvconf.service"],
  "nginx-light": ["nginx.service"],
  "docker-registry": ["docker-registry.service"],
};

/**
 * Installs what is missing with apt-get; does nothing where all is there.
 *
 * @returns the packages that it installed.
 * @throws {CommandError} with apt's own words.
 */
export async function installPackages(packages: Packages = debianPackages): Promise<string[]> {
  const missing = await missingPackages(packages);
  if (missing.length === 0) return [];
  await withoutStarts(() => run(join(import.meta.dirname, "apt-install"), missing, { timeoutSeconds: 1800 }));
  await disableUnits(missing);
  const still = await missingPackages(packages);
  if (still.length > 0) {
    const words = still.map((name) => `${name} (${packages[name] ?? ""})`).join(", ");
    throw new Error(`apt-get installed them, but these programs are not on PATH: ${words}`);
  }
  return missing;
}

/** Packages whose program is not on PATH. */
export async function missingPackages(packages: Packages): Promise<string[]> {
  const missing: string[] = [];
  for (const [name, program] of Object.entries(packages)) if (!(await onPath(program))) missing.push(name);
  return missing;
}

/** Debian starts a server as soon as it is installed, on the machine's own addresses; this holds it back. */
async function withoutStarts(action: () => Promise<unknown>): Promise<void> {
  const policy = "/usr/sbin/policy-rc.d";
  const ours = (await readFile(policy, "utf8").catch(() => undefined)) === undefined;
  if (ours) await writeFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await action();
  } finally {
    if (ours) await rm(policy, { force: true });
  }
}

/** So that they do not start with the machine either. Only those that this program has installed. */
async function disableUnits(installed: readonly string[]): Promise<void> {
  const systemdRuns = await access("/run/systemd/system").then(
    () => true,
    () => false,
  );
  if (!systemdRuns) return;
  for (const unit of installed.flatMap((name) => ownUnits[name] ?? [])) {
    // A unit that this release of the package does not have is none to disable.
    await run("systemctl", ["disable", "--now", unit]).catch(() => undefined);
  }
}

/** True when a program of that name, or a file of that path, can be found; system folders count also where PATH leaves them out. */
async function onPath(program: string): Promise<boolean> {
  const inPath = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  const folders = isAbsolute(program) ? ["/"] : inPath;
  for (const folder of folders) {
    const found = await access(join(folder, program)).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
