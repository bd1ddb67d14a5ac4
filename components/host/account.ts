/** The look at the vendor's account, before anything is declared. */
import * as pulumi from "@pulumi/pulumi";
import type { Config } from "../../stack/model/config.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import type { CloudName } from "../../stack/model/vendorNames.ts";
import { findToken } from "../../stack/vendors/tokenPlaces.ts";
import { addressesAreHeld, keepsAccount, type AccountAddress } from "../../stack/guards/account.ts";
import { keepsVolume } from "../../stack/guards/data.ts";
import type { Deployed } from "../../stack/guards/deployed.ts";
import type { Issue } from "../../stack/model/issue.ts";
import { askVendor } from "./askVendor.ts";
import { CLOUD_RESOURCES } from "../vendors/registry.ts";

/** What the account tells of the stack. */
export interface ReviewedAccount {
  /** With an error nothing may be declared: it is somebody else's account. */
  readonly issues: readonly Issue[];
  /** Both addresses are on one server. */
  readonly addressesAreHeld: boolean;
}

/** Every address that the token's account has. */
function accountAddresses(name: CloudName): Promise<readonly AccountAddress[] | undefined> {
  return askVendor(name, {
    asked: `which addresses the token's ${CLOUDS[name].advice.account} has`,
    unknown: "it is not known whether it is this stack's",
    question: () => CLOUD_RESOURCES[name].accountAddresses(),
  });
}

/** Stops where the data volume is gone. Nothing is asked where the stack has none. */
async function reviewVolume(
  config: Pick<Config, "data" | "server" | "backups">,
  { volume }: Deployed,
): Promise<readonly Issue[]> {
  if (volume === undefined) return [];
  const { provider } = config.server;
  const there = await askVendor(provider, {
    asked: "which volumes bear the stack's label",
    unknown: "it is not known whether the data are still there",
    question: () => CLOUD_RESOURCES[provider].stackVolumes(pulumi.getStack()),
  });
  return there === undefined ? [] : keepsVolume(config, volume, there);
}

/**
 * Looks at what the stack has in the account.
 *
 * @param before what the last `up` deployed.
 * @param all every configuration value of the stack, the token among them where it is given there.
 * @throws RunError in an update, when the vendor does not answer
 */
export async function reviewAccount(
  config: Pick<Config, "data" | "server" | "backups">,
  before: Deployed,
  all: Readonly<Record<string, string>>,
): Promise<ReviewedAccount> {
  const account = await accountAddresses(config.server.provider);
  if (account === undefined) return { issues: [], addressesAreHeld: false };
  const { token } = CLOUDS[config.server.provider];
  const given = findToken(token, all[token.key], process.env);
  const foreign = keepsAccount(config, before.ipv4, account, given?.place ?? token.key);
  return {
    issues: foreign.length > 0 ? foreign : await reviewVolume(config, before),
    addressesAreHeld: addressesAreHeld(account, pulumi.getStack()),
  };
}
