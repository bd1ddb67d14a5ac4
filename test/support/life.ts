/**
 * The life that a test file tells: a stack, its domain, and the checkout that it is driven from. Vitest gives each file
 * modules of its own, so what is set here holds for that file alone.
 */
import { join } from "node:path";

/** Root of the checkout. */
export const project: string = join(import.meta.dirname, "../..");

/** Name of the stack; the sandbox's own until `liveAs`. */
export let STACK = "dev";
/** Its mail domain, a zone at Cloudflare. */
export let DOMAIN = "example.com";
/** Where commands run: the checkout, or a clone of it with the stack's own file. */
export let checkout: string = project;

/** Another stack than the sandbox's own. To be called before the parts of the life are imported. */
export function liveAs(stack: string, domain: string, clone: string): void {
  [STACK, DOMAIN, checkout] = [stack, domain, clone];
}
