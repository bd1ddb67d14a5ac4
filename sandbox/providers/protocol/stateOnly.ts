/** Resources that live in the state alone: nothing outside to read, change or delete. */
import { plannedUpdate } from "./preview.ts";
import type { Known, ResourceHandler, ResourceSchema } from "./handler.ts";
import type { Properties } from "./value.ts";

/**
 * A handler of a resource that only the state knows.
 *
 * @param make makes id and outputs at create.
 * @param adopt inputs and outputs from the id given at an import; absent: there is no import.
 */
export function stateOnly(
  schema: ResourceSchema,
  make: (inputs: Known) => Promise<{ id: string; outputs: Properties }>,
  adopt?: (id: string) => { inputs: Properties; outputs: Properties },
): ResourceHandler {
  return {
    schema,
    create: (inputs) => make(inputs),
    read: (id, outputs, inputs) => {
      if (Object.keys(outputs).length > 0) return Promise.resolve({ id, outputs, inputs });
      if (adopt === undefined) return Promise.reject(new Error("This resource does not support import."));
      return Promise.resolve({ id, ...adopt(id) });
    },
    update: (_id, olds, news) =>
      Promise.resolve(plannedUpdate({ ...schema, unknownOnUpdate: [] }, olds.inputs, olds.outputs, news)),
    delete: () => Promise.resolve(),
  };
}
