/** What an audit must know of a configuration and its plan, beside the records. Pure. */
import { hostName, returnPathName } from "../../stack/services/names.ts";
import type { Plan } from "../../stack/model/plan.ts";
import type { SlotName } from "../../stack/values/slots.ts";

export { factsOf as auditContext } from "../../stack/dns/zoneFacts.ts";

/** What the plan says of the server's names. */
export interface ServerNames {
  /** Addresses of the server; a family it does not have is absent. */
  readonly addresses: { readonly ipv4?: string; readonly ipv6?: string };
  /** Name that the reverse names bear: the MX's. */
  readonly ptr: string;
  /** Names that it greets with: the mail host, and the queue. */
  readonly helo: readonly string[];
  /** Alias of the return path with its target; absent when it is not planned. */
  readonly bounces?: { readonly name: string; readonly target: string };
}

/** Names of the server as others check them; undefined while its addresses are not known. */
export function serverNames(
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
