/** Warns where keys or secrets are no longer those of the last recovery bundle. */
import * as pulumi from "@pulumi/pulumi";
import { bundleIssue, changedParts, keyValues } from "../stack/guards/bundleMark.ts";
import { describeIssue } from "../stack/model/describeIssue.ts";
import { lastBundle } from "./lastBundle.ts";

/**
 * Looks, without asking anybody, and says it at the end of the run in which they change. A value that is still to be made
 * is not known to a preview, which says nothing then.
 *
 * @param folder `.mailstead/STACK`.
 * @param slots values behind the plan's slots.
 */
export function reviewBundle(folder: string, slots: pulumi.Output<Readonly<Record<string, string>>>): void {
  const mark = lastBundle(folder);
  if (mark === undefined) return;
  slots.apply((values) => {
    const issue = bundleIssue(mark, changedParts(mark, { keys: keyValues(values) }));
    if (issue !== undefined) void pulumi.log.warn(describeIssue(issue));
  });
}
