/** A program that a go.mod names as its `tool`, built into the cache and kept there as long as the go.mod is the same. */

import { createHash } from "node:crypto";
import { access, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../process/command.ts";
import { ensureGo } from "./go.ts";

/** What is built, and where it goes. */
export interface GoTool {
  /** Folder with `go.mod` and `go.sum`. */
  readonly source: string;
  /** Name by which Go installs it. */
  readonly program: string;
  /** Where the program goes. */
  readonly path: string;
  /** Linker flags beside `-s -w`, which leave the symbols out. */
  readonly linkerFlags?: string;
  /** Whatever else, when it changes, has it built again. */
  readonly also?: readonly string[];
  /** What has to be there beside the program, or it counts as not built; made from it by `finish`. */
  readonly finished?: { readonly path: string; readonly finish: () => Promise<void> };
}

/**
 * @param cacheDir Keeps a Go where the machine has none.
 * @param stamp File that tells what it was built from.
 * @returns false when it is there already.
 * @throws {Error} with the compiler's or Go's own words.
 */
export async function ensureGoTool(tool: GoTool, cacheDir: string, stamp: string): Promise<boolean> {
  const inputs = await Promise.all(["go.mod", "go.sum"].map((name) => readFile(join(tool.source, name))));
  const hash = [...inputs, ...(tool.also ?? [])]
    .reduce((sum, text) => sum.update(text), createHash("sha256"))
    .digest("hex");
  const whole = await exists(tool.finished?.path ?? tool.path);
  if (whole && (await readFile(stamp, "utf8").catch(() => "")) === hash) return false;
  const go = await ensureGo(cacheDir);
  const fresh = join(cacheDir, `bin.new-${process.pid}`);
  try {
    await run(go, ["install", "-ldflags", `-s -w ${tool.linkerFlags ?? ""}`.trim(), "tool"], {
      cwd: tool.source,
      env: { GOBIN: fresh, GOFLAGS: "-mod=readonly", GOWORK: "off" },
      timeoutSeconds: 1800,
    });
    await mkdir(dirname(tool.path), { recursive: true });
    await rename(join(fresh, tool.program), tool.path);
    await tool.finished?.finish();
    await writeFile(stamp, hash);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return true;
}

/**
 * The version that a go.mod pins.
 *
 * @throws {Error} where it names none of that module.
 */
export async function pinnedVersion(source: string, module: string): Promise<string> {
  const text = await readFile(join(source, "go.mod"), "utf8");
  const line = text.split("\n").find((candidate) => candidate.trim().startsWith(`${module} v`));
  const version = line?.trim().split(" ")[1];
  if (version === undefined) throw new Error(`${source}/go.mod names no version of ${module}`);
  return version;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
