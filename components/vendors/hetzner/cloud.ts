/** Hetzner, as the cloud of the server. */
import { getPrimaryIps } from "@pulumi/hcloud/getPrimaryIps.js";
import { getServers } from "@pulumi/hcloud/getServers.js";
import { getVolumes } from "@pulumi/hcloud/getVolumes.js";
import { STACK_LABEL } from "../../../stack/vendors/names.ts";
import type { CloudResources } from "../cloud.ts";
import { HetznerAddresses } from "./addresses.ts";
import { HetznerHost } from "./host.ts";
import { hetznerVolume } from "./volume.ts";

export const hetznerCloud: CloudResources<HetznerAddresses> = {
  async accountAddresses() {
    const { primaryIps } = await getPrimaryIps({});
    return primaryIps.map(({ id, name, ipAddress, assigneeId }) => ({
      id: String(id),
      name,
      ip: ipAddress,
      assigneeId,
    }));
  },
  async stackServers(stack) {
    return (await getServers({ withSelector: `${STACK_LABEL}=${stack}` })).servers;
  },
  async stackVolumes(stack) {
    const { volumes } = await getVolumes({ withSelector: `${STACK_LABEL}=${stack}` });
    return volumes.map(({ id, size }) => ({ id: String(id), sizeGb: size }));
  },
  declareVolume: hetznerVolume,
  declareAddresses: (name, args, opts) => new HetznerAddresses(name, args, opts),
  declareHost: (name, args, opts) => new HetznerHost(name, args, opts),
};
