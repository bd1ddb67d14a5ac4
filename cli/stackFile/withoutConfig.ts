/** A stack's file as `pulumi stack init` leaves it. */
import { TEXTS } from "./readStackFile.ts";

/**
 * Whether a file holds nothing but comments and the lines by which the engine opens secrets, so that a configuration can
 * be written below them.
 */
export function isWithoutConfig(text: string): boolean {
  const line = new RegExp(`^((${TEXTS.join("|")}): \\S.*|\\s*#.*|\\s*)$`);
  return text.split("\n").every((one) => line.test(one));
}
