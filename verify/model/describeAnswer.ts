/** An answer in words, for reasons and reports. */
import { listed } from "../../stack/values/sentence.ts";
import type { Answer } from "./observation.ts";

/** What a server did, after its name. What is no answer is told apart, since each has another cause. */
export function describeAnswer(answer: Answer, type: string): string {
  switch (answer.state) {
    case "answer":
      return `answers ${listed(answer.values)}`;
    case "nxdomain":
      return "says that the name does not exist (NXDOMAIN)";
    case "empty":
      return `has the name without ${type} (empty answer)`;
    case "servfail":
      return "failed (SERVFAIL: often a broken DNSSEC chain, or no name server in reach)";
    case "refused":
      return "refused to answer (REFUSED)";
    case "timeout":
      return "did not answer in time";
    case "lame":
      return "does not hold the zone (lame delegation)";
  }
}
