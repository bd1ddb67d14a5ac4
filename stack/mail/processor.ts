/** What the server's processor has to be able to do. */
import type { PlannedStep } from "../model/plan.ts";

/** What is said where it is not. */
const REFUSAL =
  "this processor has neither AVX (x86) nor the atomics of ARMv8.2, and MongoDB from 5.0 on ends at once without: set " +
  "mailstead:server.type to another type and raise mailstead:generation by one";

/**
 * MongoDB would start and die again and again, without a word of the reason. Vendors' APIs do not tell what a processor can,
 * so the host is asked before any container starts. `logger` writes to standard error, which the engine shows, and into the
 * journal.
 *
 * @see https://www.mongodb.com/docs/manual/administration/production-notes/#platform-support
 */
export function processorStep(): PlannedStep {
  return {
    role: "processor",
    command: `grep -qwE 'avx|atomics' /proc/cpuinfo || { logger -s -t mailstead '${REFUSAL}'; exit 1; }`,
    files: [],
    after: [],
    timeoutSeconds: 60,
  };
}
