/** Traces: those of errors, and those of promises that the SDK keeps. */
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

/**
 * Lets Node write traces itself.
 *
 * The engine's launcher has each place in a trace looked up in source maps. Our sources run as they are, so there are
 * none to find; and as the SDK writes down traces by the hundred, the search takes a tenth of the program's time.
 */
export function tracesAsTheyAre(): void {
  Reflect.deleteProperty(Error, "prepareStackTrace");
}
