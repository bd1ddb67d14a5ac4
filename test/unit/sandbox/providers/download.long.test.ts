/**
 * Proves: plugins are fetched side by side by the `pulumi` on PATH; one that is refused or hangs is given up and not asked
 * for again for a while, one that comes slowly is not; what is laid out is whole. Only stand-ins where they are wanted.
 * Cannot: prove that the vendor's servers have them, or that a real plugin runs.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { downloadPlugins } from "../../../../sandbox/providers/download.ts";
import { findRealPlugins } from "../../../../sandbox/providers/install.ts";
import { program } from "../../../support/program.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";

let folder: string;
let asked: string;
beforeEach(() => {
  folder = temporaryFolder();
  asked = join(folder, "asked");
  writeFileSync(asked, "");
  vi.stubEnv("PATH", [join(folder, "bin"), process.env["PATH"]].join(delimiter));
});
afterEach(() => vi.unstubAllEnvs());

/** `pulumi plugin install resource NAME VERSION`, which does what the name says. */
function fakePulumi(): void {
  program(
    join(folder, "bin/pulumi"),
    `echo "$*" >>${asked}
    place=$PULUMI_HOME/plugins/resource-$4-$5
    case $4 in
      installs) ;;
      refuses) echo "error: 403" >&2; exit 1 ;;
      hangs) mkdir -p "$place"; exec sleep 60 ;;
      slow) for part in 1 2 3 4 5 6; do echo "$part" >>"$TMPDIR/part"; sleep 0.5; done ;;
    esac
    mkdir -p "$place" && echo whole >"$place/pulumi-resource-$4"`,
  );
}

const all = ["installs", "refuses", "hangs", "slow"].map((name) => ({ name, version: "1.2.3" }));
const patience = { stallSeconds: 2, seconds: 30, hours: 24 };
const commands = (): string[] => readFileSync(asked, "utf8").trim().split("\n").sort();
const ask = (name: string): string => `plugin install resource ${name} v1.2.3`;

test("what can be had is laid out, the rest is not asked for again before its time", async () => {
  fakePulumi();
  const real = join(folder, "real");
  mkdirSync(join(real, ".resource-installs-v1.2.3.1"), { recursive: true });
  const begin = performance.now();
  await downloadPlugins(all, real, patience);
  // One after another would take longer, and the one that hangs 60 s.
  expect(performance.now() - begin).toBeLessThan(20_000);
  const whole = ["resource-installs-v1.2.3", "resource-slow-v1.2.3"];
  expect(readdirSync(real).sort()).toEqual(["refused.json", ...whole]);
  for (const name of ["installs", "slow"])
    expect(existsSync(join(real, `resource-${name}-v1.2.3/pulumi-resource-${name}`))).toBe(true);
  expect(commands()).toEqual(all.map(({ name }) => ask(name)).sort());

  await downloadPlugins(all, real, patience);
  expect(commands()).toHaveLength(all.length);

  writeFileSync(asked, "");
  await downloadPlugins(all, real, { ...patience, hours: 0 });
  expect(commands()).toEqual([ask("hangs"), ask("refuses")]);
}, 60_000);

test("without a pulumi there is none", async () => {
  vi.stubEnv("PATH", folder);
  const real = join(folder, "real");
  await downloadPlugins(all, real, patience);
  expect(readdirSync(real)).toEqual(["refused.json"]);
});

test("SANDBOX_PLUGINS names a folder, or wants stand-ins alone; neither asks anybody", async () => {
  fakePulumi();
  expect(await findRealPlugins(join(folder, "real"), "/opt/plugins")).toBe("/opt/plugins");
  expect(await findRealPlugins(join(folder, "real"), "")).toBeUndefined();
  expect(readFileSync(asked, "utf8")).toBe("");
});

test("without it the versions of the SDKs are asked for", async () => {
  vi.stubEnv("SANDBOX_PLUGINS", undefined);
  program(join(folder, "bin/pulumi"), `echo "$*" >>${asked}; exit 1`);
  expect(await findRealPlugins(join(folder, "real"))).toBe(join(folder, "real"));
  expect(commands()).toContain("plugin install resource command v1.2.1");
  expect(commands()).toHaveLength(7);
});
