/** What a change of a container's inputs means, given what is known to run. Pure. */
import { compareInputs } from "../../protocol/diff.ts";
import type { DiffArguments, DiffResult, Known } from "../../protocol/handler.ts";
import type { Properties, Value } from "../../protocol/value.ts";
import { containerSchema, normalisedInputs } from "./inputs.ts";

/**
 * Output that marks a container which was made but did not come right: the next plain `up` replaces it. A refresh takes
 * the mark away, as the real plugin forgets the failure then.
 */
export const TAINT = "__tainted";

/** Inputs whose deployed value is read from the daemon and so may differ from what was asked for. */
const READ_BACK = [
  ...[
    "capabilities",
    "command",
    "entrypoints",
    "healthcheck",
    "hostname",
    "hosts",
    "init",
    "ipcMode",
    "logDriver",
  ],
  ...["maxRetryCount", "mustRun", "name", "networkMode", "restart", "runtime", "securityOpts", "shmSize"],
  ...["stopSignal", "stopTimeout", "user"],
];

/** Inputs whose absence asks for nothing, whatever is deployed: the plugin suppresses that difference. */
const NOT_ASKED_FOR = new Set(["user"]);

/** The inputs that a program would have to give to get what runs now. */
export function deployedInputs(inputs: Known, outputs: Properties): Known {
  const found = READ_BACK.flatMap((key): [string, Value][] => {
    const value = outputs[key];
    if (NOT_ASKED_FOR.has(key) && inputs[key] === undefined) return [];
    return value === undefined || value === null ? [] : [[key, value]];
  });
  return { ...inputs, ...Object.fromEntries(found) };
}

/** Compares what runs with what is wanted; a half-made container is replaced. */
export function containerChange(change: DiffArguments): DiffResult {
  const oldInputs = deployedInputs(change.oldInputs, change.oldOutputs);
  const compared = compareInputs(
    { schema: containerSchema, normalise: normalisedInputs },
    { ...change, oldInputs },
  );
  if (change.oldOutputs[TAINT] !== true) return compared;
  return { ...compared, changed: true, replaces: [...compared.replaces, TAINT] };
}
