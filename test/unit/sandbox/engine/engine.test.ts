/**
 * Proves: a `pulumi` of 3.250 or newer on PATH is linked into the cache with its helpers, and what is missing beside it, or
 * all of it where there is none, is built and kept.
 * Cannot prove: that the engine runs or that Go builds it, since both are played by scripts; the sandbox does.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ensureEngine } from "../../../../sandbox/engine/build.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";

let home: string;
let cache: string;
let bin: string;

beforeEach(() => {
  home = temporaryFolder();
  cache = join(home, "cache");
  bin = join(cache, "bin");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function script(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

/** A folder with a release of the engine in it. */
function release(
  name: string,
  answer: string,
  helpers: readonly string[] = ["pulumi-language-nodejs"],
): string {
  const folder = join(home, name);
  mkdirSync(folder);
  script(join(folder, "pulumi"), answer);
  for (const helper of [...helpers, "other-program"]) script(join(folder, helper), "exit 0");
  return folder;
}

/** PATH is these folders and a Go that writes down what it builds. */
function onPath(...folders: readonly string[]): void {
  const go = join(home, "go");
  mkdirSync(go, { recursive: true });
  script(
    join(go, "go"),
    `PATH=/usr/bin:/bin
if [ "$1" = version ]; then echo 'go version go1.26.8 linux/amd64'; exit; fi
case "$PWD" in */language) name=pulumi-language-nodejs ;; *) name=pulumi ;; esac
echo "$name" >> '${join(home, "built")}'
mkdir -p "$GOBIN" && echo "built $name" > "$GOBIN/$name"`,
  );
  vi.stubEnv("PATH", [...folders, go].join(delimiter));
}

function built(): string[] {
  const log = join(home, "built");
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
}

/** Programs of the engine in the cache, and where they are links to. */
function linked(): Record<string, string> {
  const names = readdirSync(bin).filter((name) => !name.startsWith("."));
  return Object.fromEntries(names.map((name) => [name, readlinkSync(join(bin, name))]));
}

test("the first that is new enough is taken, with its helpers and nothing else of its folder", async () => {
  const good = release("good", "echo v3.250.0", ["pulumi-language-nodejs", "pulumi-watch"]);
  onPath(
    join(home, "no-folder"),
    release("old", "echo v3.249.9"),
    release("broken", "exit 1"),
    good,
    release("later", "echo v3.300.0"),
  );
  expect(await ensureEngine(cache)).toBe(`pulumi v3.250.0 of ${good}`);
  const names = ["pulumi", "pulumi-language-nodejs", "pulumi-watch"];
  expect(linked()).toEqual(Object.fromEntries(names.map((name) => [name, join(good, name)])));
  expect(built()).toEqual([]);
});

test("a link on PATH stands for the folder that it leads to", async () => {
  const good = release("good", "echo v3.260.1");
  const links = join(home, "links");
  mkdirSync(links);
  symlinkSync(join(good, "pulumi"), join(links, "pulumi"));
  onPath(links);
  expect(await ensureEngine(cache)).toBe(`pulumi v3.260.1 of ${good}`);
  expect(Object.keys(linked())).toEqual(["pulumi", "pulumi-language-nodejs"]);
});

test("where the language host is not beside it, that alone is built", async () => {
  onPath(release("lean", "echo v3.260.1", []));
  await ensureEngine(cache);
  expect(built()).toEqual(["pulumi-language-nodejs"]);
  expect(readFileSync(join(bin, "pulumi-language-nodejs"), "utf8")).toContain("-typescript=false");
});

test("with none on PATH both are built once; what is in the cache is not taken for installed", async () => {
  onPath(bin, release("old", "echo v3.100.0"));
  expect(await ensureEngine(cache)).toMatch(/^pulumi v3\.\d+\.\d+ built$/);
  expect(built()).toEqual(["pulumi", "pulumi-language-nodejs"]);
  expect(readFileSync(join(bin, "pulumi"), "utf8")).toBe("built pulumi\n");
  script(join(bin, "pulumi"), "echo v3.999.0");
  expect(await ensureEngine(cache)).toMatch(/^pulumi v3\.\d+\.\d+ is built$/);
  expect(built()).toHaveLength(2);
});

test("what is in the cache is not taken for installed by another path either", async () => {
  const other = join(home, "other-path");
  mkdirSync(bin, { recursive: true });
  symlinkSync(cache, other);
  script(join(bin, "pulumi"), "echo v3.999.0");
  onPath(bin);
  expect(await ensureEngine(other)).toMatch(/^pulumi v3\.\d+\.\d+ built$/);
});

test("an installed one takes the place of what was built, and is built again when it is too old", async () => {
  onPath();
  await ensureEngine(cache);
  const good = release("good", "echo v3.260.1");
  onPath(good);
  await ensureEngine(cache);
  expect(readlinkSync(join(bin, "pulumi"))).toBe(join(good, "pulumi"));
  script(join(good, "pulumi"), "echo v3.200.0");
  await ensureEngine(cache);
  expect(readFileSync(join(bin, "pulumi"), "utf8")).toBe("built pulumi\n");
  expect(built()).toEqual(["pulumi", "pulumi-language-nodejs", "pulumi", "pulumi-language-nodejs"]);
});
