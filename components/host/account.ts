/** The look at the vendor's account, before anything is declared. */
import { COMMAND } from "../../stack/values/command.ts";
import * as pulumi from "@pulumi/pulumi";
import type { Config } from "../../stack/model/config.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import type { CloudName } from "../../stack/model/vendorNames.ts";
import { findToken } from "../../stack/vendors/tokenPlaces.ts";
import { addressesAreHeld, keepsAccount, type AccountAddress } from "../../stack/guards/account.ts";
import type { Deployed } from "../../stack/guards/deployed.ts";
import type { Issue } from "../../stack/model/issue.ts";
import { describeCause, outsideError } from "../errors.ts";
import { CLOUD_RESOURCES } from "../vendors/registry.ts";

/** What the account tells of the stack. */
export interface ReviewedAccount {
  /** With an error nothing may be declared: it is somebody else's account. */
  readonly issues: readonly Issue[];
  /** Both addresses are on one server. */
  readonly addressesAreHeld: boolean;
}

/**
 * Every address that the token's account has.
 *
 * A preview goes on when the vendor does not answer, as it changes nothing; an update does not.
 *
 * @returns undefined where it is not known.
 * @throws RunError in an update
 */
async function accountAddresses(name: CloudName): Promise<readonly AccountAddress[] | undefined> {
  try {
    return await CLOUD_RESOURCES[name].accountAddresses();
  } catch (cause) {
    const { title, advice } = CLOUDS[name];
    const what = `${title} did not say which addresses the token's ${advice.account} has`;
    if (!pulumi.runtime.isDryRun()) throw outsideError(what, cause, `run \`${COMMAND} preflight\`.`);
    await pulumi.log.warn(`${what}, so it is not known whether it is this stack's: ${describeCause(cause)}`);
    return undefined;
  }
}

/**
 * Asks the vendor, once.
 *
 * @param ipv4 of what the last `up` deployed.
 * @param all every configuration value of the stack, the token among them where it is given there.
 * @throws RunError in an update, when the vendor does not answer
 */
export async function reviewAccount(
  config: Pick<Config, "server">,
  { ipv4 }: Deployed,
  all: Readonly<Record<string, string>>,
): Promise<ReviewedAccount> {
  const account = await accountAddresses(config.server.provider);
  if (account === undefined) return { issues: [], addressesAreHeld: false };
  const { token } = CLOUDS[config.server.provider];
  const given = findToken(token, all[token.key], process.env);
  return {
    issues: keepsAccount(config, ipv4, account, given?.place ?? token.key),
    addressesAreHeld: addressesAreHeld(account, pulumi.getStack()),
  };
}
