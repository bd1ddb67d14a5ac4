/** Tokens that are given with something around them: the plugins take them as they are, and every run would fail. */
import type { DnsProviderName } from "../stack/model/dnsProviders.ts";
import { DNS_TOKEN_PLACES, findToken, SERVER_TOKEN_PLACE } from "../stack/vendors/tokenPlaces.ts";
import { tokenCure, tokenFault } from "../stack/vendors/tokenText.ts";
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
  const places = new Set([SERVER_TOKEN_PLACE, DNS_TOKEN_PLACES[provider]]);
  const faults = [...places].flatMap((place) => {
    const given = findToken(place, all[place.key], environment);
    const fault = given === undefined ? undefined : tokenFault(given.token);
    return given === undefined || fault === undefined
      ? []
      : [`${given.place} ${fault}.\nNext step: ${tokenCure(given.place)}`];
  });
  if (faults.length > 0) throw new StopError(`${faults.join("\n")}\nNothing was changed.`);
}
