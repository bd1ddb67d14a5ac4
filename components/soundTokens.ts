/** Tokens that are given with something around them: the plugins take them as they are, and every run would fail. */
import type { DnsProviderName } from "../stack/dns/providers/dnsForm.ts";
import { DNS_TOKEN_PLACES } from "../stack/dns/providers/tokenPlaces.ts";
import { tokenCure, tokenFault } from "../stack/dns/providers/tokenText.ts";
import { StopError } from "./errors.ts";

/**
 * Stops where a token that a plugin would take cannot be one.
 *
 * @param provider of the zone; the server's vendor is asked in any case.
 * @param all every configuration value of the stack.
 * @throws StopError before anything is declared, with every such place and without a word of the token
 */
export function needSoundTokens(
  provider: DnsProviderName,
  all: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const places = new Set([DNS_TOKEN_PLACES.hetzner, DNS_TOKEN_PLACES[provider]]);
  const faults = [...places].flatMap(({ key, variables }) => {
    const given = [[key, all[key]] as const, ...variables.map((name) => [name, environment[name]] as const)];
    const [place, token] = given.find(([, text]) => text !== undefined && text !== "") ?? [];
    if (place === undefined || token === undefined) return [];
    const fault = tokenFault(token);
    return fault === undefined ? [] : [`${place} ${fault}.\nNext step: ${tokenCure(place)}`];
  });
  if (faults.length > 0) throw new StopError(`${faults.join("\n")}\nNothing was changed.`);
}
