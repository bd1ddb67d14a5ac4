/** The traces of promises that the SDK keeps. */
import process from "node:process";

/**
 * Declares resources without traces.
 *
 * For each output of each resource the SDK writes down four traces, which it shows to those alone who look for leaks
 * of promises (PULUMI_DEBUG_PROMISE_LEAKS). With ten frames each that is a third of the program's start. An error that is
 * thrown meanwhile says what is wrong, and where only with that variable set; what resources do later is not touched.
 */
export function withoutTraces<Result>(declare: () => Result): Result {
  if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) return declare();
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return declare();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
