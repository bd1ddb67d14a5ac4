/** Texts that were meant as policies, or stand where one is looked for, and are none: nobody else tells. */
import type { PolicyKind } from "./kinds.ts";
import { kindMeant, POLICY_KINDS } from "./kinds.ts";

/** The kind that a name is for, and for nothing else. */
export function findOwner(name: string): PolicyKind | undefined {
  return POLICY_KINDS.find(({ hasNameToItself, standsAt }) => hasNameToItself && standsAt(name));
}

/** What to do about a text that begins nearly as it should. */
function begin(text: string, { version, kind, example }: PolicyKind): string {
  if (text.includes("\\")) return "leave out the backslashes";
  return `begin it with ${version}${kind === "spf" ? " and a blank" : ";"} letter by letter: ${example}`;
}

/**
 * Why a text is not the policy or key that it was meant as, or that has its name to itself.
 *
 * @param name whole, in lower case.
 * @returns undefined for what is a policy, and for texts that have nothing to do with any.
 */
export function whyNoPolicy(
  name: string,
  text: string,
): { readonly message: string; readonly fix: string } | undefined {
  const owner = findOwner(name);
  const meant = kindMeant(text);
  // What stands at a selector is a key whatever its beginning: the rules about keys tell what is wrong in it.
  if (meant !== undefined && !(meant.kind === "dkim" && meant.standsAt(name))) {
    const message = `this was meant as ${meant.one} and is none: all who look for one leave it out`;
    return { message, fix: begin(text, meant) };
  }
  if (owner === undefined || owner.is(text)) return undefined;
  const message = `${name} is where others look for ${owner.one}, and this is none`;
  return { message, fix: `write ${owner.example}, or choose another name` };
}
