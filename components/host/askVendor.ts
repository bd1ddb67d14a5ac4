/** A question to the server's vendor, before anything is declared. */
import * as pulumi from "@pulumi/pulumi";
import type { CloudName } from "../../stack/model/vendorNames.ts";
import { COMMAND } from "../../stack/values/command.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import { describeCause, outsideError } from "../errors.ts";

interface VendorQuestion<Answer> {
  /** What it is asked for, after "Hetzner did not say". */
  readonly asked: string;
  /** What is not known without an answer, after "so". */
  readonly unknown: string;
  readonly question: () => Promise<Answer>;
}

/**
 * Asks it.
 *
 * A preview goes on when the vendor does not answer, as it changes nothing, and says so; an update does not.
 *
 * @returns undefined where there is no answer.
 * @throws RunError in an update
 */
export async function askVendor<Answer>(
  name: CloudName,
  { asked, unknown, question }: VendorQuestion<Answer>,
): Promise<Answer | undefined> {
  try {
    return await question();
  } catch (cause) {
    const what = `${CLOUDS[name].title} did not say ${asked}`;
    if (!pulumi.runtime.isDryRun()) throw outsideError(what, cause, `run \`${COMMAND} preflight\`.`);
    await pulumi.log.warn(`${what}, so ${unknown}: ${describeCause(cause)}`);
    return undefined;
  }
}
