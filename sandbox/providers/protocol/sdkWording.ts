/** Errors as providers built on Terraform's SDK word them. */
import { PartialFailure } from "./handler.ts";
import type { CallContext } from "./handler.ts";

/** The SDK's list of errors, with one in it. */
export function sdkText(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return `1 error occurred:\n\t* ${message}\n\n`;
}

/** Runs a step of a resource built on the SDK, and words what it throws. Nothing is said of a step that creates. */
export async function sdkStep<T>(
  context: CallContext,
  step: "" | "updating" | "deleting" | "diffing",
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof PartialFailure) throw thrown;
    const listed = sdkText(thrown);
    throw new Error(step === "" ? listed : `${step} ${context.urn}: ${listed}`, { cause: thrown });
  }
}
