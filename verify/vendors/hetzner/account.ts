/** What tells one account at the server's vendor from another. */
import type { AccountAddress } from "../../../stack/guards/account.ts";
import type { HetznerAddress } from "./things.ts";
import type { Hetzner } from "./api.ts";

/** Every Primary IP of the account. @throws VendorError */
export async function accountAddresses(hetzner: Pick<Hetzner, "list">): Promise<AccountAddress[]> {
  const addresses = (await hetzner.list("primary_ips")) as readonly HetznerAddress[];
  return addresses.map(({ id, name, ip = "", assignee_id: assignee }) => ({
    id: String(id),
    name,
    ip: ip.replace(/\/64$/, ""),
    assigneeId: assignee ?? undefined,
  }));
}
