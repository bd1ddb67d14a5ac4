/** Resolvers that were left out. */
import { COMMAND } from "../../../stack/values/command.ts";
import type { AuditCheck } from "../../model/observation.ts";

/** Public resolvers that cannot be reached from here, one check each: that says nothing of the zone. */
export function judgeResolvers(outOfReach: readonly string[]): AuditCheck[] {
  return outOfReach.map((address) => ({
    check: "resolver",
    subject: address,
    state: "unknown",
    severity: "info",
    seen: "cannot be reached from here, and was left out",
    fix: `let port 53 out to it, or name resolvers in reach: ${COMMAND} audit --resolver ADDRESS`,
  }));
}
