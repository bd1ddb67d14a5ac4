/** Errors of resources built on Terraform's plugin framework; Server and Firewall are built on its SDK. */
import type { CallContext } from "../protocol/handler.ts";
import { type FieldFault, HcloudError } from "./api.ts";

/** Runs a step of a resource built on the plugin framework (all but Server and Firewall), and words what it throws. */
export async function frameworkStep<T>(context: CallContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof HcloudError)) throw thrown;
    const invalid = thrown.code === "invalid_input";
    const summary = invalid ? "Invalid field in API request" : "API request failed";
    const first = invalid
      ? "An invalid field was encountered during an API request. The field might not map 1:1 to your terraform resource."
      : "An unexpected error was encountered during an API request.";
    const fields = thrown.fields.filter(() => invalid).map(fieldText);
    const codes = `Error code: ${thrown.code}\nStatus code: ${thrown.status}\n`;
    const detail = `${first}\n\n${thrown.message}\n\n${fields.join("")}${codes}`;
    context.log("error", `[ERROR] ${detail}: ${summary}`);
    throw new Error(`${summary}: ${detail}`, { cause: thrown });
  }
}

function fieldText({ name, messages = [] }: FieldFault): string {
  return `Field: ${name}\nMessages:\n${messages.map((message) => ` - ${message}\n`).join("")}`;
}
