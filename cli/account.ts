/** Stops a command whose token opens another account at the server's vendor than the stack lives in. */
import type { Config } from "../stack/model/config.ts";
import { keepsAccount } from "../stack/guards/account.ts";
import { readDeployed } from "../stack/guards/deployed.ts";
import type { Issue } from "../stack/model/issue.ts";
import { OPEN_ACCOUNT } from "../verify/vendors/registry.ts";
import { outputsIn, type StateResource } from "./engine.ts";
import { CommandError } from "./output/terminal.ts";
import type { GivenToken } from "./tokens.ts";

/**
 * Asks the vendor, where it is known where the stack lives.
 *
 * @returns the reason to stop, if there is one.
 * @throws VendorError where the vendor does not answer
 */
export async function otherAccount(
  config: Pick<Config, "server" | "data" | "backups">,
  resources: readonly StateResource[],
  { token, place }: GivenToken,
): Promise<readonly Issue[]> {
  const { ipv4 } = readDeployed(outputsIn(resources), resources);
  if (ipv4 === undefined) return [];
  const account = OPEN_ACCOUNT[config.server.provider](token);
  return keepsAccount(config, ipv4, await account.addresses(), place);
}

/** The same as an error. @throws CommandError where it is another account; VendorError where the vendor does not answer */
export async function needOwnAccount(
  config: Pick<Config, "server" | "data" | "backups">,
  resources: readonly StateResource[],
  given: GivenToken,
): Promise<void> {
  const [issue] = await otherAccount(config, resources, given);
  if (issue === undefined) return;
  throw new CommandError(`${issue.path}: ${issue.message}. Nothing was changed`, issue.fix);
}
