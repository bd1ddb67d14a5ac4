/**
 * Outputs of a stack that come late.
 *
 * The program's own exports are registered as soon as all of them are known. They have to be known early, or a first `up`
 * that fails at the server would leave none: no address to look at it by, and no next step. What only the end of the `up`
 * can tell is registered a second time. The engine takes the last registration when the run ends, and after a failed run
 * keeps what no registration names (deploy/step_executor.go, executeRegisterResourceOutputs; the same in 3.200 and 3.259).
 */
import * as pulumi from "@pulumi/pulumi";

/**
 * Registers all outputs of the stack anew, after `ready`. Does nothing in a preview, and where `ready` fails.
 *
 * @param outputs by name, from what `ready` gave: one that is left out would be deleted. Undefined: they stay as exported.
 * In a refresh a value may be unknown, as that of a server that is gone, and then anything may stand for it.
 */
export function registerAgain<Value>(
  ready: pulumi.Output<Value>,
  outputs: (value: Value) => pulumi.Inputs | undefined,
): void {
  const stack = pulumi.runtime.getStackResource();
  if (stack === undefined || pulumi.runtime.isDryRun()) return;
  ready.apply((value) =>
    // The exports' own registration goes first.
    stack.outputs.apply(() => {
      const late = outputs(value);
      if (late !== undefined) pulumi.runtime.registerResourceOutputs(stack, late);
    }),
  );
}
