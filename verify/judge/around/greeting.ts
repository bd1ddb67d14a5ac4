/** Whether the mail server greets with a name of its own (RFC 5321 4.2). */
import { COMMAND } from "../../../stack/values/command.ts";
import type { AuditCheck } from "../../model/observation.ts";

/**
 * Judges the greeting at an address.
 *
 * @param line absent where none came.
 * @param names that it may bear.
 */
export function judgeGreeting(
  address: string,
  line: string | undefined,
  names: readonly string[],
): AuditCheck {
  const base = { check: "banner", subject: address } as const;
  if (line === undefined) {
    const seen = "no greeting on port 25 from here (many networks close it outward)";
    const fix = `from a network that lets port 25 out: nc ${address} 25`;
    return { ...base, state: "unknown", severity: "info", seen, fix };
  }
  const name = /^220[ -](\S+)/.exec(line)?.[1]?.toLowerCase().replace(/\.$/, "");
  if (name !== undefined && names.includes(name)) {
    return { ...base, state: "ok", severity: "info", seen: `greets as ${name}` };
  }
  const seen = `greets with "${line.slice(0, 80)}", expected is ${names.join(" or ")}`;
  return { ...base, state: "bad", severity: "warning", seen, fix: `${COMMAND} logs mx` };
}
