/** The steps of `up`, in order. Each can be repeated and then changes nothing. */

import { writeEnvironment } from "./environment.ts";
import { networkUp } from "./network/network.ts";
import type { Step } from "./progress/steps.ts";

/** The table that `node sandbox/main.ts up` runs. */
export function upSteps(): readonly Step[] {
  return [
    { title: "Network", run: async () => (await networkUp(), undefined) },
    { title: "Tokens and environment", run: async () => (await writeEnvironment(), undefined) },
  ];
}
