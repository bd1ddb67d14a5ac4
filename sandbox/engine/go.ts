/** The Go toolchain: the one on PATH, else the one that the Go module proxy holds as a module. */

import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../process/command.ts";

/** From 1.21 on, go fetches the toolchain that a go.mod asks for by itself (go.dev/doc/toolchain). */
const oldest = [1, 21] as const;

const release = "go1.26.8";
/** SHA-256 of the module's zip, by Node's name of the architecture. */
const zips: Readonly<Record<string, { readonly name: string; readonly sha256: string }>> = {
  x64: { name: "amd64", sha256: "30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7" },
};

/**
 * Gives the path of a `go` that can build the sandbox's modules, fetching one into `cacheDir/go` where PATH has none.
 *
 * @throws {Error} when it cannot be had, with what to install by hand.
 */
export async function ensureGo(cacheDir: string): Promise<string> {
  for (const candidate of ["go", "/usr/local/go/bin/go", join(cacheDir, "go", "bin", "go")]) {
    if (await isNewEnough(candidate)) return candidate;
  }
  return fetchGo(cacheDir);
}

async function isNewEnough(go: string): Promise<boolean> {
  // The local one's own version: what a go.mod makes of it is another question.
  const text = await run(go, ["version"], { env: { GOTOOLCHAIN: "local" } }).catch(() => "");
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(text) ?? [];
  return Number(major) === oldest[0] && Number(minor) >= oldest[1];
}

async function fetchGo(cacheDir: string): Promise<string> {
  const byHand = `Install Go 1.26 from https://go.dev/dl/, or put a pulumi of at least 3.250 on PATH.`;
  const zip = zips[process.arch];
  if (zip === undefined) throw new Error(`no Go on PATH, and none known for ${process.arch}. ${byHand}`);
  const proxy = (process.env["GOPROXY"] ?? "").split(/[,|]/).find((part) => part.startsWith("http"));
  if (proxy === undefined) throw new Error(`no Go on PATH, and no GOPROXY to fetch it from. ${byHand}`);
  const module = `v0.0.1-${release}.linux-${zip.name}`;
  const url = `${proxy.replace(/\/$/, "")}/golang.org/toolchain/@v/${module}.zip`;
  const fresh = join(cacheDir, `go.new-${process.pid}`);
  try {
    await mkdir(fresh, { recursive: true });
    const answer = await fetch(url, { signal: AbortSignal.timeout(600_000) });
    if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const hash = createHash("sha256").update(bytes).digest("hex");
    if (hash !== zip.sha256) throw new Error(`${url} has the SHA-256 ${hash}, not ${zip.sha256}`);
    await writeFile(join(fresh, "go.zip"), bytes);
    await run("unzip", ["-q", join(fresh, "go.zip"), "-d", fresh], { timeoutSeconds: 300 });
    const root = join(fresh, "golang.org", `toolchain@${module}`);
    await makeExecutable(root);
    await rename(root, join(cacheDir, "go"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`no Go on PATH, and fetching it failed: ${reason}. ${byHand}`, { cause: error });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  // On PATH inside and outside of the sandbox, for whatever else is built from Go modules.
  await mkdir(join(cacheDir, "bin"), { recursive: true });
  await rm(join(cacheDir, "bin", "go"), { force: true });
  await symlink(join(cacheDir, "go", "bin", "go"), join(cacheDir, "bin", "go"));
  return join(cacheDir, "go", "bin", "go");
}

/** Module zips carry no modes. */
async function makeExecutable(root: string): Promise<void> {
  for (const folder of [join(root, "bin"), join(root, "pkg", "tool")]) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o755);
    }
  }
}
