/** The Pulumi engine: the one on PATH where it is new enough, else built from Go modules. */

import { access, mkdir, readdir, realpath, rm, symlink } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { run } from "../process/command.ts";
import { ensureGoTool, pinnedVersion } from "./goTool.ts";
import { writeWhole } from "../process/writeWhole.ts";

/** Oldest engine that the program and its plugins are known to work with. */
const oldest = [3, 250] as const;

/** A program that is built from the Go module in its folder beside this file. */
interface Built {
  readonly program: string;
  readonly folder: string;
  /** Module whose version in go.mod is the program's own. */
  readonly module: string;
  /** Arguments, as shell text, that it is started with each time. */
  readonly start?: string;
}

const cli: Built = { program: "pulumi", folder: "cli", module: "github.com/pulumi/pulumi/pkg/v3" };
const languageHost: Built = {
  program: "pulumi-language-nodejs",
  folder: "language",
  module: "github.com/pulumi/pulumi/sdk/v3",
  // What Pulumi.yaml says, in the folder that it is started in. Later hosts are told it with each program; this one knows flags
  // alone, which later engines do not give, and it would load a compiler into every program.
  start: `-typescript=false -nodeargs="$(sed -n 's/^ *nodeargs: *//p' Pulumi.yaml)"`,
};

/**
 * Sees to it that `cacheDir/bin` holds `pulumi` and `pulumi-language-nodejs`.
 * A cold build takes about 5 minutes on two cores; where they are there already it takes none.
 *
 * @returns where the engine is from, in words.
 * @throws {Error} with the compiler's or Go's own words.
 */
export async function ensureEngine(cacheDir: string): Promise<string> {
  const bin = join(cacheDir, "bin");
  await mkdir(bin, { recursive: true });
  const installed = await findInstalled(bin);
  if (installed !== undefined) {
    await linkAll(installed.folder, bin);
    // Releases bring the language host; a distribution's package may not.
    if (!(await exists(join(bin, languageHost.program)))) await build(languageHost, cacheDir);
    return `pulumi ${installed.version} of ${installed.folder}`;
  }
  const first = await build(cli, cacheDir);
  const second = await build(languageHost, cacheDir);
  return `pulumi ${await pinnedVersion(join(import.meta.dirname, cli.folder), cli.module)} ${first || second ? "built" : "is built"}`;
}

/** A `pulumi` on PATH that is none of ours and new enough. */
async function findInstalled(bin: string): Promise<{ folder: string; version: string } | undefined> {
  // The cache may be reached by more than one path: as itself, a link to it would end in a circle.
  const own = await realpath(bin);
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const program = join(folder, "pulumi");
    if (!(await exists(program))) continue;
    const target = await realpath(program);
    if (dirname(target) === own) continue;
    // One that does not even tell its version is no engine to build on.
    const version = await run(target, ["version"], { env: { PULUMI_SKIP_UPDATE_CHECK: "true" } }).then(
      (text) => text.trim(),
      () => "",
    );
    if (isNewEnough(version)) return { folder: dirname(target), version };
  }
  return undefined;
}

/** `v3.250.0` or later of the same major version. */
export function isNewEnough(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version) ?? [];
  return Number(major) === oldest[0] && Number(minor) >= oldest[1];
}

/** Links all of a release's programs; the engine looks for its helpers beside itself and on PATH. */
async function linkAll(folder: string, bin: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name !== "pulumi" && !name.startsWith("pulumi-")) continue;
    await rm(join(bin, name), { force: true });
    // What was built is gone with it: once the release is too old, it is built again.
    await rm(stampOf(bin, name), { force: true });
    await symlink(join(folder, name), join(bin, name));
  }
}

/** The file that tells what a program was built from. */
function stampOf(bin: string, program: string): string {
  return join(bin, `.${program}.built-from`);
}

/** @returns false when the cache has it already. */
async function build(what: Built, cacheDir: string): Promise<boolean> {
  const source = join(import.meta.dirname, what.folder);
  const target = join(cacheDir, "bin", what.program);
  const version = await pinnedVersion(source, what.module);
  const tool = {
    source,
    program: what.program,
    linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`,
    ...(what.start === undefined ? {} : { also: [what.start] }),
  };
  const stamp = stampOf(join(cacheDir, "bin"), what.program);
  const { start } = what;
  if (start === undefined) return ensureGoTool({ ...tool, path: target }, cacheDir, stamp);
  // Not beside it: what is on PATH and begins with `pulumi-language-` is a language.
  const path = join(cacheDir, "engine", what.program);
  const finished = { path: target, finish: () => writeStart(target, what.program, start) };
  return ensureGoTool({ ...tool, path, finished }, cacheDir, stamp);
}

/** Starts the program with its arguments, wherever the cache has been moved to. */
async function writeStart(path: string, program: string, start: string): Promise<void> {
  const line = `exec "\${0%/*}/../engine/${program}" ${start} "$@"`;
  await writeWhole(path, `#!/bin/sh\n${line}\n`, 0o755);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
