/** Tokens that are given with something around them: the plugins take them as they are, and every run would fail. */
import { describeStop } from "../stack/model/describeIssue.ts";
import type { CloudName, DnsProviderName } from "../stack/model/vendorNames.ts";
import { CLOUDS, DNS_PROVIDERS } from "../stack/vendors/registry.ts";
import { findToken } from "../stack/vendors/tokenPlaces.ts";
import { tokenFix, tokenFault } from "../stack/vendors/tokenText.ts";
import { StopError } from "./errors.ts";

/**
 * Stops where a token that a plugin would take cannot be one.
 *
 * @param vendors that the server and the zone are at.
 * @param all every configuration value of the stack.
 * @throws StopError before anything is declared, with every such place and without a word of the token
 */
export function needSoundTokens(
  { cloud, provider }: { readonly cloud: CloudName; readonly provider: DnsProviderName },
  all: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const places = new Set([CLOUDS[cloud].token, DNS_PROVIDERS[provider].token]);
  const faults = [...places].flatMap((place) => {
    const given = findToken(place, all[place.key], environment);
    const fault = given === undefined ? undefined : tokenFault(given.token);
    return given === undefined || fault === undefined
      ? []
      : [describeStop(`${given.place} ${fault}.`, tokenFix(given.place))];
  });
  if (faults.length > 0) throw new StopError(`${faults.join("\n")}\nNothing was changed.`);
}
