/** Debian packages as plain files: what an image layer is made of. */
import { lstat, readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./process.ts";

/** Release that the images are made from. */
export const SUITE = "trixie";

/** Documentation and translations, which no program reads here, and devices, which the container runtime makes. */
const LEFT_OUT = [
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
  "usr/share/info",
  "usr/share/lintian",
  "var/cache",
  "dev",
];

/** Where this machine itself gets Debian from. Throws when apt knows no Debian archive. */
export async function debianMirror(): Promise<string> {
  const format = "$(ORIGIN)\t$(LABEL)\t$(REPO_URI)";
  const lines = (await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"])).split(
    "\n",
  );
  for (const line of lines) {
    const [origin, label, uri] = line.split("\t");
    if (origin === "Debian" && label === "Debian" && uri !== undefined) return uri;
  }
  throw new Error(
    "apt knows no Debian archive on this machine: run `apt-get update` with a Debian source configured",
  );
}

/** Unpacks packages and all they depend on into a folder. No maintainer script runs, so users and configuration are ours to add. */
export async function extractPackages(packages: readonly string[], folder: string): Promise<void> {
  const source = `deb ${await debianMirror()} ${SUITE} main`;
  await run("mmdebstrap", ["--variant=extract", `--include=${packages.join(",")}`, SUITE, folder, source]);
  for (const path of LEFT_OUT) await rm(join(folder, path), { recursive: true, force: true });
}

/** Removes from `folder` what a lower layer has, and the folders that are empty then. */
export async function subtract(folder: string, below: ReadonlySet<string>, prefix = ""): Promise<void> {
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (!entry.isDirectory()) {
      if (below.has(path)) await rm(join(folder, path));
      continue;
    }
    await subtract(folder, below, path);
    if (below.has(path) && (await readdir(join(folder, path))).length === 0) await rmdir(join(folder, path));
  }
}

/** Every path below a folder, relative. */
export async function pathsBelow(folder: string, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await readdir(join(folder, prefix))) {
    const path = prefix === "" ? name : `${prefix}/${name}`;
    paths.push(path);
    if ((await lstat(join(folder, path))).isDirectory()) paths.push(...(await pathsBelow(folder, path)));
  }
  return paths;
}
