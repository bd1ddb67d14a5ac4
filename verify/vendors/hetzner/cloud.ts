/** Hetzner, as the cloud of the server. */
import type { AccountAddress } from "../../../stack/guards/account.ts";
import type { ThingKind } from "../../../stack/vendors/cloud.ts";
import { STACK_LABEL } from "../../../stack/vendors/names.ts";
import type { CloudAccount, CloudAddress, CloudThing } from "../cloud.ts";
import { HetznerApi, HETZNER_PATHS, type HetznerAddress, type HetznerThing } from "./api.ts";
import { hetznerCosts } from "./costs.ts";
import { checkOffer, readOffer, type Offer } from "./offer.ts";
import { readSizes } from "./sizes.ts";

function labelled(stack: string): string {
  return `&label_selector=${encodeURIComponent(`${STACK_LABEL}==${stack}`)}`;
}

function readThing({ id, name, labels, status, server }: HetznerThing): CloudThing {
  const place = typeof server === "number" ? { serverId: String(server) } : {};
  return { id: String(id), name, ...(labels && { labels }), isOff: status === "off", ...place };
}

function readAccountAddress(address: HetznerAddress): AccountAddress {
  const { id, name, ip = "", assignee_id: assignee } = address;
  return { id: String(id), name, ip: ip.replace(/\/64$/, ""), assigneeId: assignee ?? undefined };
}

function readAddress(address: HetznerAddress): CloudAddress {
  const known = readAccountAddress(address);
  // A server gets the first one of its /64.
  const hostIp = known.ip.replace(/::$/, "::1");
  return { ...known, hostIp, hasReverseName: address.dns_ptr?.some(({ ip }) => ip === hostIp) === true };
}

export function openHetzner(token: string): CloudAccount {
  const api = new HetznerApi(token);
  const listAddresses = async (query = "") =>
    (await api.list(HETZNER_PATHS.address, query)) as readonly HetznerAddress[];
  const stackAddresses = async (stack: string) => (await listAddresses(labelled(stack))).map(readAddress);
  const listThings = async (kind: ThingKind, stack: string) =>
    (await api.list(HETZNER_PATHS[kind], labelled(stack))).map(readThing);
  // Asked for once: it stays the same while one account is looked at.
  let offer: Promise<Offer> | undefined;
  const listOffer = (): Promise<Offer> => (offer ??= readOffer(api));
  return {
    addresses: async () => (await listAddresses()).map(readAccountAddress),
    stackAddresses,
    async things(stack) {
      const [server, address, firewall, key, volume] = await Promise.all([
        listThings("server", stack),
        stackAddresses(stack),
        listThings("firewall", stack),
        listThings("key", stack),
        listThings("volume", stack),
      ]);
      return { server, address, firewall, key, volume };
    },
    offer: async (now) => readSizes(await listOffer(), now),
    checkOffer: async (wanted, now) => checkOffer(await listOffer(), wanted, now),
    async costs(stack) {
      const servers = await api.list(HETZNER_PATHS.server, labelled(stack));
      const volumes = await api.list(HETZNER_PATHS.volume, labelled(stack));
      return hetznerCosts(servers, await listAddresses(labelled(stack)), volumes);
    },
    remove: (kind, id) => api.remove(HETZNER_PATHS[kind], id),
  };
}
