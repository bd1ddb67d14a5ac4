/** Tokens of the vendors: from the environment, else from the stack's configuration, as the engine's plugins look. */
import process from "node:process";
import type { DnsProviderName } from "../stack/dns/providers/dnsForm.ts";
import { pulumi } from "./engine.ts";
import { CommandError } from "./terminal.ts";

/** Where a token is given. */
export interface TokenPlace {
  /** Environment variable. */
  readonly variable: string;
  /** Key of the stack's configuration, a secret. */
  readonly key: string;
}

/** The server's own vendor. */
export const HETZNER_TOKEN: TokenPlace = { variable: "HCLOUD_TOKEN", key: "hcloud:token" };

/** By DNS provider. */
export const DNS_TOKENS: Readonly<Record<DnsProviderName, TokenPlace>> = {
  cloudflare: { variable: "CLOUDFLARE_API_TOKEN", key: "cloudflare:apiToken" },
  digitalocean: { variable: "DIGITALOCEAN_TOKEN", key: "digitalocean:token" },
  hetzner: HETZNER_TOKEN,
};

/**
 * A token.
 *
 * @param stack asks the engine when the environment has none; a function, as finding out the stack's name may cost a
 * process.
 * @throws CommandError that names both places when neither has it.
 */
export async function readToken(
  { variable, key }: TokenPlace,
  stack: () => Promise<string>,
): Promise<string> {
  const value = process.env[variable];
  if (value !== undefined && value !== "") return value;
  try {
    return (await pulumi(["config", "get", key, "--stack", await stack()])).trim();
  } catch {
    throw new CommandError(
      `there is no ${variable} and no ${key}`,
      `export ${variable}, or: pulumi config set --secret ${key}`,
    );
  }
}
