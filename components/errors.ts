/** Errors that end a run with a message and no stack: the reader can act on each. */
import * as pulumi from "@pulumi/pulumi";
import { describeFaults, describeStop } from "../stack/model/describeIssue.ts";
import type { Issue } from "../stack/model/issue.ts";

/**
 * Ends the run; the engine prints the message alone.
 *
 * The SDK puts the name of a property before the message, again for each resource that waits for it. Those would bury
 * what the reader needs, so the message stays as it is.
 */
export class StopError extends pulumi.RunError {
  constructor(message: string) {
    super(message);
    Object.defineProperty(this, "message", { get: () => message, set: () => undefined });
  }
}

/** All faults of a configuration at once. Nothing has been declared when it is thrown. */
export function configurationError(faults: readonly Issue[]): StopError {
  return new StopError(describeFaults("The configuration", faults));
}

/** A change that would destroy something that cannot be had back. */
export function refusal(reason: string, waysOut: readonly string[]): StopError {
  const lines = waysOut.map((way) => `  - ${way}`);
  return new StopError([`Refused: ${reason}`, "Ways out:", ...lines].join("\n"));
}

/** Something outside did not answer as it must. */
export function outsideError(what: string, cause: unknown, nextStep: string): StopError {
  return new StopError(describeStop(`${what}: ${describeCause(cause)}`, nextStep));
}

/** Message of whatever was thrown. */
export function describeCause(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
