/** Questions to the host's resolver. A name without such a record has none; a resolver in trouble is an error. */
import { Resolver } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { normalName } from "../settings.ts";

const resolver = new Resolver({ timeout: 3000, tries: 2 });

/** Resolver function in the form that mailauth takes. */
export const mailauthResolver = async (name: string, type: string): Promise<string[] | string[][]> =>
  (await resolver.resolve(name, type)) as string[] | string[][];

async function orNone<T>(question: Promise<T[]>): Promise<T[]> {
  try {
    return await question;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENODATA" || code === "ENOTFOUND") return [];
    throw error;
  }
}

/** IPv4 addresses of a name. */
export async function addressesOf(name: string): Promise<string[]> {
  return orNone(resolver.resolve4(name));
}

/** Mail exchanges, most preferred first. */
export async function exchangesOf(domain: string): Promise<{ exchange: string; priority: number }[]> {
  const records = await orNone(resolver.resolveMx(domain));
  return records
    .map((record) => ({ exchange: normalName(record.exchange), priority: record.priority }))
    .sort((a, b) => a.priority - b.priority);
}

/** Texts, each joined from its pieces. */
export async function textsAt(name: string): Promise<string[]> {
  return (await orNone(resolver.resolveTxt(name))).map((pieces) => pieces.join(""));
}

const VERIFICATION = "forward-email-site-verification=";

/** Verification tokens of a domain. */
export async function verificationsAt(domain: string): Promise<string[]> {
  return (await textsAt(domain))
    .filter((text) => text.startsWith(VERIFICATION))
    .map((text) => text.slice(VERIFICATION.length).trim());
}

/** Target of an alias. */
export async function cnameOf(name: string): Promise<string[]> {
  return (await orNone(resolver.resolveCname(name))).map(normalName);
}

/** Reverse names of an address. */
export async function reverseOf(address: string): Promise<string[]> {
  return (await orNone(resolver.reverse(address))).map(normalName);
}

/** The address that mail leaves by: the first IPv4 address that is not loopback, as upstream takes it. */
export function firstIpv4(): string {
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address, family, internal } of addresses ?? []) {
      if (family === "IPv4" && !internal) return address;
    }
  }
  return "127.0.0.1";
}
