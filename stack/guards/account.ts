/**
 * The account at the server's vendor that the stack lives in.
 *
 * An API may tell neither name nor number of what a token opens (Hetzner's does not), and a token of another account finds
 * nothing of this stack: a refresh would forget the server, and an `up` would build a second one. So the stack knows its
 * account by its addresses.
 */
import type { Config } from "../model/config.ts";
import type { Issue } from "../model/issue.ts";
import { addressName } from "../vendors/names.ts";
import { CLOUDS } from "../vendors/registry.ts";

/** An address that an account has. */
export interface AccountAddress {
  readonly id: string;
  readonly name: string;
  /** `203.0.113.10`; of an IPv6 block its base, `2001:db8:a:1::`. */
  readonly ip: string;
  /** Server that it is on; absent or 0 where it is on none. */
  readonly assigneeId?: number | undefined;
}

/** What a server has of the mail whose stack begins anew with other addresses. */
function mailThen({ data, backups }: Pick<Config, "data" | "backups">): string {
  const sources = [
    ...(data.kind === "volume" ? ["its volume, where that is there"] : []),
    ...(backups === undefined ? [] : ["the newest backup"]),
  ];
  return sources.length === 0 ? "without the old mail" : `with the mail of ${sources.join(", else of ")}`;
}

/**
 * Stops where the account that a token opens does not have the stack's address.
 *
 * @param known the stack's IPv4 address; silent where there is none yet.
 * @param given where the token was given, such as `HCLOUD_TOKEN`.
 */
export function keepsAccount(
  config: Pick<Config, "server" | "data" | "backups">,
  known: string | undefined,
  account: readonly AccountAddress[],
  given: string,
): readonly Issue[] {
  const { lostAddress, provider } = config.server;
  if (known === undefined || known === lostAddress || account.some(({ ip }) => ip === known)) return [];
  const { title, advice } = CLOUDS[provider];
  return [
    {
      path: given,
      rule: "other-account",
      severity: "error",
      message:
        `the ${title} ${advice.account} that this token opens does not have this stack's address (${known}), so it is ` +
        `another ${advice.account}: the stack's server would be forgotten, and a second one be built`,
      fix:
        `give the token of the ${advice.account} that has the address (${advice.addresses}). Only if the address was ` +
        `deleted there, or that ${advice.account} is lost to you, and a server with new addresses, ${mailThen(config)}, is what you want: ` +
        `pulumi config set --path mailstead:server.lostAddress ${known}, then \`pulumi up --refresh --run-program\``,
    },
  ];
}

/** Whether both addresses of the stack are on one server already: then there is nothing about them to change. */
export function addressesAreHeld(account: readonly AccountAddress[], stack: string): boolean {
  const [ipv4, ipv6] = (["ipv4", "ipv6"] as const).map(
    (family) => account.find(({ name }) => name === addressName(stack, family))?.assigneeId ?? 0,
  );
  return ipv4 !== undefined && ipv4 !== 0 && ipv4 === ipv6;
}
