/** Reverse names: the action `change_dns_ptr` of addresses and servers. */
import { z } from "zod";
import type { ActionResource } from "./actions.ts";
import { canonicalIpv6, defaultReverse, inNetwork } from "./addresses.ts";
import type { HetznerCloud } from "./cloud.ts";
import { invalid } from "./errors.ts";
import { hostNameSchema } from "./routes.ts";
import type { Action, PrimaryIp } from "./state.ts";

/** Body: an address and its name; null sets the default again. The plugin sends null, against the spec. */
export const reverseSchema = z.strictObject({ ip: z.string(), dns_ptr: hostNameSchema.nullable() });

/**
 * Starts the change; the action ends when the name server answers so.
 * @throws HetznerError 422 when the address is none of these.
 */
export function reverseAction(
  cloud: HetznerCloud,
  owners: readonly PrimaryIp[],
  resource: ActionResource,
  change: z.infer<typeof reverseSchema>,
): Action {
  const ip = change.ip.includes(":") ? canonicalIpv6(change.ip) : change.ip;
  const owner = owners.find((one) => ip !== undefined && owns(one, ip));
  if (ip === undefined || owner === undefined)
    throw invalid("ip", `${change.ip} does not belong to this resource`);
  const name = change.dns_ptr?.toLowerCase() ?? null;
  const others = Object.entries(owner.reverse).filter(([known]) => known !== ip);
  owner.reverse = Object.fromEntries(name === null ? others : [...others, [ip, name]]);
  return cloud.actions.run("change_dns_ptr", [resource], `reverse ${ip}`, () =>
    cloud.dns.setReverse(ip, reverseNameOf(owner, ip)),
  );
}

function owns(owner: PrimaryIp, ip: string): boolean {
  if (owner.type === "ipv4") return owner.address === ip;
  return ip.includes(":") && inNetwork(ip, owner.address);
}

/** What DNS should answer for an address now. */
export function reverseNameOf(owner: PrimaryIp, ip: string): string | undefined {
  return owner.reverse[ip] ?? (owner.type === "ipv4" ? defaultReverse(ip) : undefined);
}
