/** The traces of promises that the SDK keeps. */
import process from "node:process";

/**
 * Declares resources with traces of one frame.
 *
 * For each output of each resource the SDK writes down four traces, which it shows to those alone who look for leaks
 * of promises (PULUMI_DEBUG_PROMISE_LEAKS). With ten frames each that is a third of the program's start. An error that is
 * thrown meanwhile still says where; what resources do later is not touched.
 */
export function withShortTraces<Result>(declare: () => Result): Result {
  if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) return declare();
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  try {
    return declare();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
