/**
 * Proves: what the table of stack files (test/support/stackFiles.ts) says of the engine is what the engine says: each
 * value as the program gets it, or that the file is refused.
 * Some files are asked about only with MAILSTEAD_FUZZ, which is for long runs.
 * Cannot prove: how other versions of the engine read them; needs pulumi, and is left out without it.
 */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { beforeAll, describe, expect, test } from "vitest";
import { canonical, fileOf, FILES, VALUES } from "../support/stackFiles.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
import { findEngine } from "./support/engine.ts";

const engine = findEngine();

interface Said {
  readonly values: Readonly<Record<string, string>> | undefined;
}

/** Runs the engine in a folder that holds a project and its state. */
function run(
  folder: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string }> {
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: folder,
    PULUMI_BACKEND_URL: `file://${folder}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: "x",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  return new Promise((resolve) => {
    execFile(
      engine ?? "",
      [...args, "--non-interactive"],
      { cwd: folder, env, timeout: 60_000 },
      (error, stdout) => {
        resolve({ code: error === null ? 0 : 1, stdout });
      },
    );
  });
}

/** Asks the engine for the values of a file. Ciphertext, which it shows no text of, is the mark that we have for it. */
async function ask(folder: string, bytes: Buffer): Promise<Said> {
  writeFileSync(join(folder, "Pulumi.t.yaml"), bytes);
  const { code, stdout } = await run(folder, ["config", "--json", "--stack", "t"]);
  if (code !== 0) return { values: undefined };
  const all = JSON.parse(stdout) as Record<string, { readonly value?: string; readonly secret?: boolean }>;
  return {
    values: Object.fromEntries(Object.entries(all).map(([key, { value }]) => [key, value ?? "<secret>"])),
  };
}

/** Two folders, each asked one after the other: the engine keeps a stack's file under one name. */
const folders: string[] = [];

async function askAll(files: readonly Buffer[]): Promise<Said[]> {
  const said: Said[] = [];
  await Promise.all(
    folders.map(async (folder, part) => {
      for (let at = part; at < files.length; at += folders.length)
        said[at] = await ask(folder, files[at] ?? Buffer.alloc(0));
    }),
  );
  return said;
}

describe.skipIf(engine === undefined)("the engine (needs pulumi: make sandbox builds one)", () => {
  beforeAll(async () => {
    while (folders.length < 2) {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "Pulumi.yaml"), "name: mailstead\nruntime: nodejs\n");
      await run(folder, ["stack", "init", "t"]);
      folders.push(folder);
    }
  });

  test("reads each value as the table has it", async () => {
    const good = VALUES.filter(([, text]) => text !== null);
    const [all] = await askAll([
      Buffer.from(
        `config:\n${good.map(([yaml], index) => `  mailstead:z${String(index)}: ${yaml}\n`).join("")}`,
      ),
    ]);
    expect(Object.keys(all?.values ?? {})).toHaveLength(good.length);
    for (const [index, [yaml, text]] of good.entries())
      expect([yaml, canonical(all?.values?.[`mailstead:z${String(index)}`] ?? "")]).toEqual([
        yaml,
        canonical(text ?? ""),
      ]);
  });

  test("refuses each value that the table says it refuses", { timeout: 300_000 }, async () => {
    const bad = VALUES.filter(([, text]) => text === null).map(([yaml]) => yaml);
    const said = await askAll(bad.map(fileOf));
    expect(bad.filter((_, index) => said[index]?.values !== undefined)).toEqual([]);
  });

  test("reads or refuses each file as the table has it", { timeout: 300_000 }, async () => {
    const files = FILES.filter(({ rare }) => !rare || process.env["MAILSTEAD_FUZZ"] !== undefined);
    const said = await askAll(files.map(({ bytes }) => bytes));
    for (const [index, { name, values }] of files.entries()) {
      const found = said[index]?.values;
      const both = [found, values].map(
        (one) =>
          one &&
          Object.fromEntries(
            Object.entries(one).map(([key, text]) => [
              key,
              text.includes("<secret>") ? "<secret>" : canonical(text),
            ]),
          ),
      );
      expect([name, both[0]]).toEqual([name, both[1]]);
    }
  });
});
