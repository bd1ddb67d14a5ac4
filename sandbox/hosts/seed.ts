/**
 * What a vendor's metadata service would tell cloud-init, as NoCloud files on the disk.
 *
 * @see https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HostSpec } from "../cloud/drivers.ts";

/** Where the network's routers and resolvers are. */
export interface NetworkGround {
  readonly gateway4: string;
  /** Link-local. */
  readonly gateway6: string;
  readonly resolvers: readonly string[];
}

/** The address of a server in its /64: `2001:db8:a:1::` gives `2001:db8:a:1::1`. */
export function firstAddress(ipv6Base: string): string {
  return `${ipv6Base.replace(/\/\d+$/, "")}1`;
}

/** network-config version 2 for the interface `host0`. JSON, which is YAML too. */
export function networkConfig(spec: Pick<HostSpec, "ipv4" | "ipv6Base">, ground: NetworkGround): string {
  const addresses: string[] = [];
  const routes: { to: string; via: string }[] = [];
  if (spec.ipv4 !== undefined) {
    addresses.push(`${spec.ipv4}/24`);
    routes.push({ to: "0.0.0.0/0", via: ground.gateway4 });
  }
  if (spec.ipv6Base !== undefined) {
    addresses.push(`${firstAddress(spec.ipv6Base)}/64`);
    routes.push({ to: "::/0", via: ground.gateway6 });
  }
  const host0 = {
    dhcp4: false,
    dhcp6: false,
    "accept-ra": false,
    addresses,
    routes,
    nameservers: { addresses: ground.resolvers },
  };
  return `${JSON.stringify({ version: 2, ethernets: { host0 } }, null, 2)}\n`;
}

/** Writes the seed into a root. User-data may hold a private key: for root's eyes alone. */
export async function writeSeed(root: string, spec: HostSpec, ground: NetworkGround): Promise<void> {
  const folder = join(root, "var/lib/cloud/seed/nocloud");
  await mkdir(folder, { recursive: true });
  const metaData = { "instance-id": spec.key, "local-hostname": spec.name };
  await writeFile(join(folder, "meta-data"), `${JSON.stringify(metaData)}\n`, { mode: 0o600 });
  await writeFile(join(folder, "user-data"), spec.userData, { mode: 0o600 });
  await writeFile(join(folder, "network-config"), networkConfig(spec, ground), { mode: 0o600 });
}
