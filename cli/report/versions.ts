/** What runs here, for a report. Whatever cannot be had is told as that. */
import { readFileSync } from "node:fs";
import { arch, release, type } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { runToEnd } from "../engine.ts";
import { version } from "../version.ts";

/** Versions by what they are of. */
export type Versions = Readonly<Record<string, string>>;

const root = dirname(dirname(import.meta.dirname));
const LIMIT_SECONDS = 20;

/** What a program prints; undefined where it is not there or refuses. */
async function said(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { code, stdout } = await runToEnd(program, args, "", LIMIT_SECONDS);
    return code === 0 ? stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** Name of the distribution (os-release(5)). */
function distribution(): string {
  try {
    const [, name = ""] = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync("/etc/os-release", "utf8")) ?? [];
    return name;
  } catch {
    return "";
  }
}

/** Plugins that the engine has, for resources alone. */
async function plugins(): Promise<Versions> {
  const text = await said("pulumi", ["plugin", "ls", "--json"]);
  const all = JSON.parse(text ?? "[]") as { name: string; kind: string; version?: string }[];
  return Object.fromEntries(
    all
      .filter(({ kind }) => kind === "resource")
      .map(({ name, version: of = "?" }) => [`plugin ${name}`, of]),
  );
}

/** Libraries of the engine's vendors, as package.json pins them. */
function packages(): Versions {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Versions;
  };
  return Object.fromEntries(Object.entries(dependencies).filter(([name]) => name.startsWith("@pulumi/")));
}

/** All of them. */
export async function readVersions(): Promise<Versions> {
  const [engine, commit, installed] = await Promise.all([
    said("pulumi", ["version"]),
    said("git", ["-C", root, "rev-parse", "--short", "HEAD"]),
    plugins(),
  ]);
  return {
    mailstead: commit === undefined ? version() : `${version()} (${commit})`,
    node: process.versions.node,
    engine: engine ?? "not found",
    system: [type(), release(), arch(), distribution()].filter((part) => part !== "").join(" "),
    ...packages(),
    ...installed,
  };
}
