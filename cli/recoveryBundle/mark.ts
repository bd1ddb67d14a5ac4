/** Remembers the last bundle in `.mailstead/STACK/`, and says what changed since. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { lastBundle } from "../../components/lastBundle.ts";
import { sshDirectory } from "../../components/sshFiles.ts";
import {
  BUNDLE_MARK,
  bundleIssue,
  changedParts,
  digestPart,
  type BundleMark,
} from "../../stack/guards/bundleMark.ts";
import { COMMAND } from "../../stack/values/command.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { projectFolder } from "../engine.ts";
import { writeWhole } from "../lateValues.ts";
import { readConfiguration, readPlainState } from "./collect.ts";
import type { RecoveryBundle } from "./format.ts";
import { partsOf } from "./plainValues.ts";

function locateFolder(stack: string): string {
  return join(projectFolder(), sshDirectory(stack));
}

/** The last bundle that was made or restored here; undefined where there was none. */
export function readLastBundle(stack: string): BundleMark | undefined {
  return lastBundle(locateFolder(stack));
}

/**
 * Remembers a bundle.
 *
 * @param file where it is.
 * @param recipients none where a passphrase locks it; undefined where that is not known.
 */
export function rememberBundle(
  bundle: Pick<RecoveryBundle, "stack" | "created" | "state" | "configuration">,
  file: string,
  recipients?: readonly string[],
): void {
  const salt = randomBytes(16).toString("hex");
  const digests = Object.fromEntries(
    Object.entries(partsOf(bundle)).map(([part, values]) => [part, digestPart(salt, values)]),
  );
  const mark: BundleMark = {
    created: bundle.created,
    file,
    ...(recipients && { recipients: [...recipients] }),
    salt,
    digests,
  };
  writeWhole(join(locateFolder(bundle.stack), BUNDLE_MARK), `${JSON.stringify(mark, null, 2)}\n`);
}

/** What to say of the last bundle. The engine is asked only where there is one. @throws CommandError where it does not answer */
export async function checkBundle(stack: string): Promise<Finding[]> {
  const mark = readLastBundle(stack);
  if (mark === undefined) {
    const seen = "none was made here yet: with state or passphrase lost, keys and secrets are lost too";
    return [{ subject: "recovery bundle", state: "warn", seen, fix: `${COMMAND} bundle create FILE` }];
  }
  const configuration = await readConfiguration(stack);
  const state = await readPlainState(stack);
  const issue = bundleIssue(mark, changedParts(mark, partsOf({ state, configuration })));
  if (issue === undefined)
    return [
      {
        subject: "recovery bundle",
        state: "ok",
        seen: `holds all keys and secrets (${mark.created}, ${mark.file})`,
      },
    ];
  return [{ subject: issue.path, state: "warn", seen: issue.message, fix: issue.fix }];
}
