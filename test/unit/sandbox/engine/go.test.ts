/**
 * Proves: a Go that is too old fetches the pinned one as a module, a machine without any gets the distribution's first,
 * and a module of another sum is not run.
 * Cannot: prove what the module proxy holds; the first start on a machine without a new Go does.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureGo } from "../../../../sandbox/engine/go.ts";
import { program } from "../../../support/program.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";

const sums = {
  x64: "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=",
  arm64: "h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=",
};
const sum = process.arch === "arm64" ? sums.arm64 : sums.x64;

/** A Go that tells this version; asked for a module it lays one out as Go does, with no modes, and says this sum. */
function oldGo(file: string, sumOfModule = sum): void {
  program(
    file,
    `[ "$1" = version ] && { echo "go version go1.19.8 linux/amd64"; exit 0; }
    printf '%s\\n' "$*" >>${file}.asked
    dir=$GOMODCACHE/toolchain
    mkdir -p "$dir/bin" "$dir/pkg/tool/linux"
    printf '#!/bin/sh\\necho go version go1.26.8 linux/amd64\\n' >"$dir/bin/go"
    chmod 444 "$dir/bin/go"
    printf '{ "Dir": "%s", "Sum": "${sumOfModule}" }\\n' "$dir"`,
  );
}

test("a Go that is too old fetches the pinned one, once", async () => {
  const folder = temporaryFolder();
  const go = join(folder, "go-1.19");
  oldGo(go);
  const machine = { places: [go], install: () => Promise.reject(new Error("there is a Go")) };
  const cache = join(folder, "cache");
  for (let time = 0; time < 2; time++) expect(await ensureGo(cache, machine)).toBe(join(cache, "go/bin/go"));
  const asked = readFileSync(`${go}.asked`, "utf8");
  expect(asked).toMatch(
    /^mod download -modcacherw -json golang\.org\/toolchain@v0\.0\.1-go[\d.]+\.linux-\w+\n$/,
  );
  expect(readdirSync(cache)).toEqual(["go"]);
});

test("without any Go the distribution's is installed first", async () => {
  const folder = temporaryFolder();
  const go = join(folder, "go");
  const install = (): Promise<void> => {
    oldGo(go);
    return Promise.resolve();
  };
  const machine = { places: [go], install };
  expect(await ensureGo(join(folder, "cache"), machine)).toBe(join(folder, "cache/go/bin/go"));
});

test("one that is new enough is used as it is", async () => {
  const folder = temporaryFolder();
  const go = join(folder, "go");
  program(go, "echo go version go1.27.1 linux/amd64");
  const machine = { places: [join(folder, "none"), go], install: () => Promise.reject(new Error("no")) };
  expect(await ensureGo(join(folder, "cache"), machine)).toBe(go);
});

test("a module of another sum is not kept, and it is said what to do", async () => {
  const folder = temporaryFolder();
  const go = join(folder, "go");
  oldGo(go, "h1:AAAA");
  const machine = { places: [go], install: () => Promise.resolve() };
  const failure = ensureGo(join(folder, "cache"), machine);
  await expect(failure).rejects.toThrow(
    /no Go of at least 1\.26.*has the sum h1:AAAA, not h1:.*\nInstall Go 1\.26/s,
  );
  expect(existsSync(join(folder, "cache/go"))).toBe(false);
});
