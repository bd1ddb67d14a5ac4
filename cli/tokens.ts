/** Tokens of the vendors: from the environment, else from the stack's configuration, as the engine's plugins look. */
import process from "node:process";
import { DNS_TOKEN_PLACES, type TokenPlace } from "../stack/dns/providers/tokenPlaces.ts";
import { pulumi } from "./engine.ts";
import { CommandError } from "./terminal.ts";

export type { TokenPlace };

/** The server's own vendor. */
export const HETZNER_TOKEN: TokenPlace = DNS_TOKEN_PLACES.hetzner;

/** By DNS provider. */
export const DNS_TOKENS = DNS_TOKEN_PLACES;

/**
 * A token.
 *
 * @param stack the engine is asked for when the environment has none.
 * @throws CommandError that names both places when neither has it.
 */
export async function readToken({ variables, key }: TokenPlace, stack: string): Promise<string> {
  for (const variable of variables) {
    const value = process.env[variable];
    if (value !== undefined && value !== "") return value;
  }
  try {
    return (await pulumi(["config", "get", key, "--stack", stack])).trim();
  } catch {
    throw new CommandError(
      `there is no ${variables[0]} and no ${key}`,
      `export ${variables[0]}, or: pulumi config set --secret ${key}`,
    );
  }
}
