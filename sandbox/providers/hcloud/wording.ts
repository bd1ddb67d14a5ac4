/** Errors in the two forms that the real plugin has: Terraform's SDK and its plugin framework. */
import { PartialFailure } from "../protocol/handler.ts";
import type { CallContext } from "../protocol/handler.ts";
import { HcloudError } from "./api.ts";

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The SDK's list of errors, with one in it. */
export function sdkText(thrown: unknown): string {
  return `1 error occurred:\n\t* ${messageOf(thrown)}\n\n`;
}

/** Runs a step of a resource built on the SDK (Server, Firewall), and words what it throws. */
export async function sdkStep<T>(
  context: CallContext,
  step: "" | "updating" | "deleting",
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof PartialFailure) throw thrown;
    const listed = sdkText(thrown);
    throw new Error(step === "" ? listed : `${step} ${context.urn}: ${listed}`, { cause: thrown });
  }
}

/** Runs a step of a resource built on the plugin framework (SshKey, PrimaryIp, Rdns), and words what it throws. */
export async function frameworkStep<T>(context: CallContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof HcloudError)) throw thrown;
    const detail =
      `An unexpected error was encountered during an API request.\n\n${thrown.message}\n\n` +
      `Error code: ${thrown.code}\nStatus code: ${thrown.status}\n`;
    context.log("error", `[ERROR] ${detail}: API request failed`);
    throw new Error(`API request failed: ${detail}`, { cause: thrown });
  }
}
