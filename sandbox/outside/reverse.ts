/** Whether an address's reverse name leads back to it (iprev, RFC 8601 section 3). */
import type { Resolver } from "node:dns/promises";

/** Result of the check, and the names that the address has. */
export interface ReverseResult {
  readonly result: "pass" | "fail" | "none" | "temperror";
  readonly names: readonly string[];
}

/** Looks the reverse names of an address up, and each one's addresses. */
export async function reverseConfirmed(resolver: Resolver, address: string): Promise<ReverseResult> {
  const names = await answers(resolver.reverse(address));
  if (names === undefined) return { result: "temperror", names: [] };
  if (names.length === 0) return { result: "none", names };
  for (const name of names) {
    const question = address.includes(":") ? resolver.resolve6(name) : resolver.resolve4(name);
    if ((await answers(question))?.some((found) => sameAddress(found, address)) === true)
      return { result: "pass", names };
  }
  return { result: "fail", names };
}

async function answers(question: Promise<string[]>): Promise<string[] | undefined> {
  try {
    return await question;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOTFOUND" || code === "ENODATA" ? [] : undefined;
  }
}

function sameAddress(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

/** An IPv6 address as a URL's host writes it: one way only. */
function canonical(address: string): string {
  return address.includes(":") ? new URL(`http://[${address}]/`).hostname : address;
}
