/** How a stack's things are called and marked at the server's vendor. */

/** Label that marks what belongs to a stack; only what bears it is ever touched. */
export const STACK_LABEL = "mailstead";

/** Label of a server: hash of what it was booted from. */
export const BOOT_LABEL = "mailstead-boot";

/** Label of a server: its generation. */
export const GENERATION_LABEL = "mailstead-generation";

/** Name of the stack's firewall, and with the suffix in the plan of its deploy key. */
export function thingName(stack: string): string {
  return `mailstead-${stack}`;
}

/** Name of the stack's data volume. */
export function volumeName(stack: string): string {
  return `${thingName(stack)}-data`;
}

/** Name of one of the stack's addresses. */
export function addressName(stack: string, family: "ipv4" | "ipv6"): string {
  return `${thingName(stack)}-${family}`;
}
