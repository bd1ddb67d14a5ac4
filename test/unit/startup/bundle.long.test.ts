/**
 * Proves: the command in few files says what its sources say, knows where they lie, and is left aside once a
 * source has changed or is gone, or where `MAILSTEAD_PLAIN` is set, which changes no plan and no document; the program's own
 * file is one of them, and it begins to declare from there.
 * Cannot: prove each command from the bundle; whatever runs the command after an install does.
 */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { parse } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exampleConfig } from "../../../bench/exampleConfig.ts";
import { buildBundle } from "../../../startup/build.js";
import { bundleFolder, freshBundle } from "../../../startup/bundle.js";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import type { Raw } from "../stack/support/validRaw.ts";
import { makeProject, type Project } from "../cli/project.ts";

const root = join(import.meta.dirname, "../../..");
const golden = join(root, "test/golden/stack/subdomain");
const clone = temporaryFolder();
const start = join(clone, "cli/main.ts");
const program = join(clone, "components/program.ts");
/** A second of its own, which is set again to the last digit. */
const LONG_AGO = 1_700_000_000;
let project: Project;

beforeAll(async () => {
  for (const part of [
    "bench",
    "cli",
    "cloud-init",
    "components",
    "stack",
    "startup",
    "verify",
    "package.json",
    "package-lock.json",
    "index.ts",
  ])
    cpSync(join(root, part), join(clone, part), { recursive: true });
  // Our libraries, in a folder of its own, in which its bundle comes to lie.
  mkdirSync(join(clone, "node_modules"));
  for (const library of readdirSync(join(root, "node_modules")).filter((name) => !name.startsWith(".")))
    symlinkSync(join(root, "node_modules", library), join(clone, "node_modules", library));
  for (const file of [start, program]) utimesSync(file, LONG_AGO, LONG_AGO);
  await buildBundle(clone);
  project = makeProject(join(clone, "cli/mailstead.js"));
  project.stack("sub", parse(readFileSync(join(golden, "config.yaml"), "utf8")) as Raw);
});

afterAll(() => {
  project.remove();
});

test("it runs in place of its sources, and says what they say", async () => {
  const { length } = readFileSync(start);
  writeFileSync(start, "?".repeat(length));
  utimesSync(start, LONG_AGO, LONG_AGO);
  for (const [document, file] of Object.entries({ dns: "zone.txt", env: "env.txt" })) {
    const { stdout, stderr, code } = await project.start(["render", document]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toBe(readFileSync(join(golden, file), "utf8"));
  }
  // As it stands it cannot run, and with the switch nothing else does.
  const plain = await project.start(["render", "dns"], { MAILSTEAD_PLAIN: "1" });
  expect({ code: plain.code, stdout: plain.stdout }).toEqual({ code: 1, stdout: "" });
  cpSync(join(root, "cli/main.ts"), start);
  utimesSync(start, LONG_AGO, LONG_AGO);
});

test("with the switch or without, the plan and its documents are the same", async () => {
  const both = async (args: readonly string[]) => {
    const [fast, plain] = await Promise.all([
      project.start(args),
      project.start(args, { MAILSTEAD_PLAIN: "1" }),
    ]);
    expect({ code: fast.code, stderr: fast.stderr }).toEqual({ code: 0, stderr: "" });
    expect(plain).toEqual(fast);
    return fast.stdout;
  };
  expect(await both(["report", "--offline", "--json"])).toMatch(/"hash": "sha256:[0-9a-f]{64}"/);
  expect(await both(["render", "user-data"])).toMatch(/^#cloud-config/);
});

test("the program runs in place of its sources too, up to its first resource", async () => {
  const { length } = readFileSync(program);
  writeFileSync(program, "?".repeat(length));
  utimesSync(program, LONG_AGO, LONG_AGO);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(clone, "bench/loadedProcess.ts"), "program"],
    // It writes its SSH files where it runs.
    {
      cwd: temporaryFolder(),
      env: {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(exampleConfig()),
        CLOUDFLARE_API_TOKEN: "no-token",
      },
    },
  );
  expect(stdout).toMatch(/^loaded \d/m);
  cpSync(join(root, "components/program.ts"), program);
});

test("a module that reads what lies beside it keeps the place of its source", () => {
  const folder = bundleFolder(clone);
  const pieces = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const places = pieces.flatMap((text) => [...text.matchAll(/new URL\("([^"]+)", import\.meta\.url\)/g)]);
  expect(places.length).toBeGreaterThan(0);
  for (const [, place = ""] of places) expect(existsSync(join(folder, place)), place).toBe(true);
});

test("a source that was changed, or that is gone, puts the bundle aside", async () => {
  await buildBundle(clone);
  const words = join(clone, "cli/documents.ts");
  appendFileSync(words, "\n");
  expect(freshBundle(clone)).toBeUndefined();
  expect((await project.start(["--help"])).code).toBe(0);
  await buildBundle(clone);
  expect(freshBundle(clone)).toBeDefined();
  rmSync(words);
  expect(freshBundle(clone)).toBeUndefined();
});
