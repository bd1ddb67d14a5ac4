/** The Go toolchain: the one on PATH where it is new enough, else the one that the Go module proxy holds as a module. */

import { chmod, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { installPackages } from "../install.ts";
import { run } from "../process/command.ts";

/** What the sandbox's go.mod files ask for. */
const oldest = [1, 26] as const;

const release = "go1.26.8";
/** The module of that release (go.dev/doc/toolchain) and its sum as in a go.sum, by Node's name of the architecture. */
const toolchains: Readonly<Record<string, { readonly version: string; readonly sum: string }>> = {
  x64: {
    version: `v0.0.1-${release}.linux-amd64`,
    sum: "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=",
  },
  arm64: {
    version: `v0.0.1-${release}.linux-arm64`,
    sum: "h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=",
  },
};

/** Where a machine has its Go, and how it gets one. */
export interface Machine {
  readonly places: readonly string[];
  /** Sees to it that there is any Go at all. */
  readonly install: () => Promise<unknown>;
}

const thisMachine: Machine = {
  places: ["go", "/usr/local/go/bin/go"],
  install: () => installPackages({ "golang-go": "go" }),
};

/**
 * Gives the path of a `go` that can build the sandbox's modules. Where the machine's is too old, such as Debian 12's,
 * that one fetches a newer into `cacheDir/go`; where there is none, the distribution's is installed first.
 *
 * @throws {Error} when it cannot be had, with what to install by hand.
 */
export async function ensureGo(cacheDir: string, machine = thisMachine): Promise<string> {
  const fetched = join(cacheDir, "go", "bin", "go");
  for (const candidate of [...machine.places, fetched]) {
    if (isNewEnough(await versionOf(candidate))) return candidate;
  }
  try {
    await fetchGo(await anyGo(machine), cacheDir);
    return fetched;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const byHand = "Install Go 1.26 from https://go.dev/dl/, or put a pulumi of at least 3.250 on PATH.";
    throw new Error(`no Go of at least ${oldest.join(".")}, and fetching it failed: ${reason}\n${byHand}`, {
      cause: error,
    });
  }
}

/** The local one's own version, whatever a go.mod would make of it; empty where it does not run. */
async function versionOf(go: string): Promise<string> {
  return run(go, ["version"], { env: { GOTOOLCHAIN: "local" } }).catch(() => "");
}

function isNewEnough(version: string): boolean {
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) === oldest[0] && Number(minor) >= oldest[1];
}

async function anyGo({ places, install }: Machine): Promise<string> {
  const find = async (): Promise<string | undefined> => {
    for (const candidate of places) if ((await versionOf(candidate)) !== "") return candidate;
    return undefined;
  };
  const found = await find();
  if (found !== undefined) return found;
  await install();
  const installed = await find();
  if (installed === undefined) throw new Error("the distribution's Go was installed, but does not run");
  return installed;
}

/** Fetched as any module is: by the settings of the machine's Go, checked against its checksum database and our sum. */
async function fetchGo(go: string, cacheDir: string): Promise<void> {
  const toolchain = toolchains[process.arch];
  if (toolchain === undefined) throw new Error(`none is known for ${process.arch}.`);
  const fresh = join(cacheDir, `go.new-${process.pid}`);
  try {
    await mkdir(fresh, { recursive: true });
    const { Dir, Sum } = await downloadModule(go, `golang.org/toolchain@${toolchain.version}`, fresh);
    if (Sum !== toolchain.sum) throw new Error(`${Dir} has the sum ${Sum}, not ${toolchain.sum}`);
    await makeExecutable(Dir);
    await rm(join(cacheDir, "go"), { recursive: true, force: true });
    await rename(Dir, join(cacheDir, "go"));
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function downloadModule(
  go: string,
  module: string,
  folder: string,
): Promise<{ Dir: string; Sum: string }> {
  const printed = await run(go, ["mod", "download", "-modcacherw", "-json", module], {
    cwd: folder,
    env: {
      GO111MODULE: "on",
      GOFLAGS: "",
      GOMODCACHE: join(folder, "modules"),
      GOPATH: folder,
      GOTOOLCHAIN: "local",
      GOWORK: "off",
    },
    timeoutSeconds: 900,
  });
  return JSON.parse(printed) as { Dir: string; Sum: string };
}

/** Module zips carry no modes. */
async function makeExecutable(root: string): Promise<void> {
  for (const folder of [join(root, "bin"), join(root, "pkg", "tool")]) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o755);
    }
  }
}
