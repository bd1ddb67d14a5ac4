/**
 * A Debian archive with just what first boots install, signed with the sandbox's key.
 *
 * Laid out as on Debian's mirrors: `debian/` and `debian-security/`, to be served as `http://deb.debian.org/debian`
 * and `http://security.debian.org/debian-security`.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { ensureArchiveKey, gpg } from "./archiveKey.ts";
import { ensureBase } from "./base.ts";
import { run } from "../process/command.ts";
import { machineMirror, sourcesList } from "./mirror.ts";

/** What Mailstead's first boot asks for beside what the machine image has. */
export const firstBootPackages: readonly string[] = [
  "docker.io",
  "docker-cli",
  "certbot",
  "python3-certbot-dns-cloudflare",
  "restic",
  "nftables",
  "iptables",
  "ca-certificates",
  "curl",
  "xfsprogs",
  "rsync",
  "unattended-upgrades",
];

const SUITES = [
  { folder: "debian", suite: "trixie", label: "Debian" },
  { folder: "debian", suite: "trixie-updates", label: "Debian" },
  { folder: "debian", suite: "trixie-backports", label: "Debian Backports" },
  { folder: "debian-security", suite: "trixie-security", label: "Debian-Security" },
] as const;

/**
 * Fetches packages with all that they need beyond the machine image (Recommends left out), once a cache, and puts
 * the archive at `runDir/apt` (a link into the cache). Resolves with that path. Needs apt-utils and gpg.
 */
export async function ensureArchive(
  cacheDir: string,
  runDir: string,
  packages: readonly string[] = firstBootPackages,
): Promise<string> {
  const base = await ensureBase(cacheDir);
  const recipe = JSON.stringify([1, basename(base), SUITES, [...packages].sort()]);
  const archive = resolve(cacheDir, "debs", createHash("sha256").update(recipe).digest("hex").slice(0, 12));
  if (!existsSync(archive)) await makeArchive(archive, base, cacheDir, packages);
  const link = join(runDir, "apt");
  await mkdir(runDir, { recursive: true });
  await rm(link, { recursive: true, force: true });
  await symlink(archive, link);
  return link;
}

async function makeArchive(
  archive: string,
  base: string,
  cacheDir: string,
  packages: readonly string[],
): Promise<void> {
  const fresh = `${archive}.new-${process.pid}`;
  const work = `${archive}.work-${process.pid}`;
  try {
    await mkdir(join(fresh, "debian/pool/main"), { recursive: true });
    await download(work, base, packages);
    for (const name of await readdir(join(work, "cache/archives"))) {
      if (!name.endsWith(".deb")) continue;
      // apt writes the colon of an epoch as %3a, which a web server would decode again.
      const plain = name.replaceAll("%3a", "_");
      await rename(join(work, "cache/archives", name), join(fresh, "debian/pool/main", plain));
    }
    const { gnupgHome } = await ensureArchiveKey(cacheDir);
    for (const suite of SUITES) await writeSuite(fresh, suite, gnupgHome);
    await rename(fresh, archive).catch((cause: unknown) => {
      if (!existsSync(archive)) throw cause;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(work, { recursive: true, force: true });
  }
}

/** This machine's apt, told that the base's packages are what is installed. Nothing outside `work` is written. */
async function download(work: string, base: string, packages: readonly string[]): Promise<void> {
  for (const folder of ["state/lists/partial", "cache/archives/partial"]) {
    await mkdir(join(work, folder), { recursive: true });
  }
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  await writeFile(join(work, "sources.list"), sourcesList(await machineMirror(), keyring));
  const settings = [
    `Dir::Etc::sourcelist=${join(work, "sources.list")}`,
    "Dir::Etc::sourceparts=/dev/null",
    "Dir::Etc::preferences=/dev/null",
    "Dir::Etc::preferencesparts=/dev/null",
    `Dir::State=${join(work, "state")}`,
    `Dir::State::status=${join(base, "var/lib/dpkg/status")}`,
    `Dir::Cache=${join(work, "cache")}`,
    "APT::Sandbox::User=root",
    "APT::Keep-Downloaded-Packages=true",
    "APT::Install-Recommends=false",
    "Acquire::Languages=none",
    "Acquire::Retries=3",
    // Hooks of this machine would tidy up its own cache.
    "APT::Update::Post-Invoke::=true",
  ].flatMap((setting) => ["-o", setting]);
  await run("apt-get", ["-q", ...settings, "update"], { timeoutSeconds: 300 });
  await run("apt-get", ["-q", "-y", ...settings, "install", "--download-only", ...packages], {
    timeoutSeconds: 600,
  });
}

/** Writes and signs one suite; only `trixie` has packages, the others are empty as on a quiet day. */
async function writeSuite(root: string, it: (typeof SUITES)[number], gnupgHome: string): Promise<void> {
  const architecture = (await run("dpkg", ["--print-architecture"])).trim();
  const repository = join(root, it.folder);
  const dist = join(repository, "dists", it.suite);
  const binary = join(dist, "main", `binary-${architecture}`);
  await mkdir(binary, { recursive: true });
  const index =
    it.suite === "trixie"
      ? await run("sh", ["-c", 'cd "$1" && apt-ftparchive packages pool', "sh", repository])
      : "";
  await writeFile(join(binary, "Packages"), index);
  await run("xz", ["--keep", join(binary, "Packages")]);
  const fields = {
    Origin: "Debian",
    Label: it.label,
    Suite: it.suite.replace("trixie", "stable"),
    Codename: it.suite,
    Components: "main",
    Architectures: architecture,
  };
  const settings = Object.entries(fields).flatMap(([name, value]) => [
    "-o",
    `APT::FTPArchive::Release::${name}=${value}`,
  ]);
  const release = join(dist, "Release");
  await writeFile(release, await run("apt-ftparchive", [...settings, "release", dist]));
  await gpg(gnupgHome, ["--clearsign", "--output", join(dist, "InRelease"), release]);
  await gpg(gnupgHome, ["--armor", "--detach-sign", "--output", join(dist, "Release.gpg"), release]);
}
