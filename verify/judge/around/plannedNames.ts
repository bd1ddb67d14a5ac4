/** The names that the plan gives the server. */
import { hostName, returnPathName } from "../../../stack/services/names.ts";
import type { Plan } from "../../../stack/model/plan.ts";
import type { ServerNames } from "../../model/serverNames.ts";
import type { SlotName } from "../../../stack/values/slots.ts";

/** Names of the server as others check them; undefined while its addresses are not known. */
export function readServerNames(
  { domain, records, reverseNames }: Pick<Plan, "domain" | "records" | "reverseNames">,
  slotValue: (name: SlotName) => string | undefined,
): ServerNames | undefined {
  const ipv4 = slotValue("serverIpv4");
  const ipv6 = slotValue("serverIpv6");
  const mx = hostName("mx", domain);
  const ptr = reverseNames[0]?.ptr ?? mx;
  if (ipv4 === undefined && ipv6 === undefined) return undefined;
  const bounces = records.find(({ name, type }) => name === returnPathName(domain) && type === "CNAME");
  return {
    addresses: { ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }) },
    ptr,
    // While the name is left to another server, the queue greets with it all the same.
    helo: records.some(({ role }) => role === "smtp") ? [mx, hostName("smtp", domain)] : [mx],
    ...(bounces?.type === "CNAME" && { bounces: { name: bounces.name, target: bounces.target } }),
  };
}
