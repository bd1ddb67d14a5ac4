/** `mailstead bundle create FILE`. */
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { stackName } from "../engine.ts";
import { describeFinding } from "../output/findings.ts";
import { CommandError, print, printJson } from "../output/terminal.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { COMMAND } from "../../stack/values/command.ts";
import { collectBundle } from "./collect.ts";
import { contentsOf, describeContents } from "./contents.ts";
import { readBundle, writeBundle } from "./format.ts";
import { readLock } from "./givenKey.ts";
import { lock, open, type Lock } from "./lock.ts";
import { rememberBundle } from "./mark.ts";
import type { BundleOptions } from "./options.ts";
import { writeChecked } from "./writeFile.ts";

/** Never over what is there: it may be the last bundle that opens. */
function refuseOverwrite(path: string, force: boolean | undefined): void {
  if (force === true || !existsSync(path)) return;
  throw new CommandError(
    `${path} is there already, and is left as it is`,
    "name another file, or add --force",
    2,
  );
}

/**
 * Locks and writes a bundle, and opens what was written.
 *
 * @returns size of the file in bytes.
 * @throws CommandError where the disk gives back something else
 */
export async function writeLocked(
  path: string,
  text: string,
  by: Lock,
  workFactor?: number,
): Promise<number> {
  const { bytes, key } = await lock(text, by, workFactor);
  await writeChecked(path, bytes, async (written) => {
    if ((await open(written, key)) === text) return;
    throw new CommandError(
      "what was written is not what was to be written",
      "look at the disk, and try again",
    );
  });
  return bytes.length;
}

function pendingFindings(pending: readonly string[]): Finding[] {
  return pending.map((what) => ({
    subject: `operation ${what}`,
    state: "warn",
    seen: "never ended, and the bundle has it so",
    fix: `${COMMAND} preflight --fix, then a new bundle`,
  }));
}

const KEEP = "keep it, and what opens it, apart from this machine and from each other";

export async function createBundle(file: string, options: BundleOptions): Promise<number> {
  const path = resolve(file);
  refuseOverwrite(path, options.force);
  const stack = await stackName(options.stack);
  const text = writeBundle(await collectBundle(stack));
  const bundle = readBundle(text);
  const contents = contentsOf(bundle);
  const findings = pendingFindings(contents.pending);
  if (options.dryRun === true) {
    if (options.json === true) printJson({ findings, ...contents });
    else
      print(
        [
          `Would be in ${path}; nothing is written.`,
          describeContents(contents),
          ...findings.map(describeFinding),
        ].join("\n"),
      );
    return 0;
  }
  const by = await readLock(options);
  const size = await writeLocked(path, text, by);
  rememberBundle(bundle, path, "recipients" in by ? by.recipients : []);
  if (options.json === true) printJson({ findings, file: path, size, ...contents, next: KEEP });
  else {
    print(
      [
        ...findings.map(describeFinding),
        `Written: ${path}, ${String(size)} bytes; it was opened again, and holds what it should`,
        `${String(contents.resources)} resources, ${String(contents.keys.length)} keys and generated secrets, ${String(contents.secrets.length)} secrets of the configuration`,
        `Next step: ${KEEP}. What is needed beside it: ${COMMAND} bundle show ${basename(path)}`,
      ].join("\n"),
    );
  }
  return 0;
}
