/**
 * The account at the server's vendor that the stack lives in.
 *
 * Hetzner's API tells no name and no number of a project, and a token of another project finds nothing of this stack: a
 * refresh would forget the server, and an `up` would build a second one. So the stack knows its account by its addresses.
 */
import type { Config } from "../model/config.ts";
import type { Issue } from "../model/issue.ts";
import { addressName } from "../vendors/names.ts";
import type { Deployed } from "./deployed.ts";

/** An address that an account at Hetzner has: a Primary IP. */
export interface AccountAddress {
  readonly id: string;
  readonly name: string;
  /** `203.0.113.10`; of an IPv6 block its base, `2001:db8:a:1::`. */
  readonly ip: string;
  /** Server that it is on; absent or 0 where it is on none. */
  readonly assigneeId?: number | undefined;
}

/** A resource of the state, as far as it tells an address. */
export interface AddressedResource {
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** IPv4 address that a resource tells: the Primary IP, or the connection to the host's Docker. */
function addressIn({ type, outputs = {} }: AddressedResource): string | undefined {
  const { ipAddress, host } = outputs;
  if (type === "hcloud:index/primaryIp:PrimaryIp" && typeof ipAddress === "string")
    return ipAddress.includes(":") ? undefined : ipAddress;
  if (type === "pulumi:providers:docker" && typeof host === "string")
    return /^ssh:\/\/root@([\d.]+)$/.exec(host)?.[1];
  return undefined;
}

/**
 * The stack's IPv4 address, as far as it is known without asking the vendor: before the first `up` it is not.
 *
 * @param resources of the state, where the outputs do not tell it: the engine drops them when an `up` fails early, and
 * a refresh with a foreign token drops the Primary IP.
 */
export function knownAddress(
  { ipv4 }: Deployed,
  resources: readonly AddressedResource[],
): string | undefined {
  return ipv4 ?? resources.map(addressIn).find((address) => address !== undefined);
}

/**
 * Stops where the account that a token opens does not have the stack's address.
 *
 * @param known the stack's IPv4 address; silent where there is none yet.
 * @param given where the token was given, such as `HCLOUD_TOKEN`.
 */
export function keepsAccount(
  { server: { lostAddress } }: Pick<Config, "server">,
  known: string | undefined,
  account: readonly AccountAddress[],
  given: string,
): readonly Issue[] {
  if (known === undefined || known === lostAddress || account.some(({ ip }) => ip === known)) return [];
  return [
    {
      path: given,
      rule: "other-account",
      severity: "error",
      message:
        `the Hetzner project that this token opens does not have this stack's address (${known}), so it is ` +
        "another project: the stack's server would be forgotten, and a second one be built",
      fix:
        "give the token of the project that has the address (Hetzner console, Primary IPs). Only if the address was " +
        "deleted there, and a server with new addresses and without the old mail is what you want: " +
        `pulumi config set --path mailstead:server.lostAddress ${known}`,
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
