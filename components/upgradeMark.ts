/** Warns in a preview of an upgrade that this machine began and did not end. */
import * as pulumi from "@pulumi/pulumi";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeIssue } from "../stack/model/describeIssue.ts";
import { COMMAND } from "../stack/values/command.ts";

/** Name of the file in `.mailstead/STACK/`, which is there from the beginning of an upgrade to its end. */
export const UPGRADE_MARK = "upgrade";

/**
 * Looks, without asking anybody. An `up` says nothing: the upgrade's own is one.
 *
 * @param folder `.mailstead/STACK`.
 */
export function reviewUpgrade(folder: string): void {
  const file = join(folder, UPGRADE_MARK);
  if (!pulumi.runtime.isDryRun() || !existsSync(file)) return;
  void pulumi.log.warn(
    describeIssue({
      path: "mailstead:mail.release",
      message: `the upgrade ${readFileSync(file, "utf8").trim()} is not ended: its ports may be closed, and an up has no way back`,
      fix: `${COMMAND} upgrade goes on with it; ${COMMAND} status says how it is`,
    }),
  );
}
