/** The vendor's API, as somebody asks it by hand. */
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";

const API = "https://api.hetzner.cloud/v1";

export interface Machine {
  readonly id: number;
  readonly status: string;
  readonly public_net: { readonly ipv4: { readonly ip: string } };
}

export interface Volume {
  readonly id: number;
  readonly linux_device: string;
  readonly server: number | null;
}

/** Asks it. @throws with what it answers, where that is no success */
export async function ask<Body>(method: string, path: string, body?: object): Promise<Body> {
  const headers = {
    authorization: `Bearer ${process.env["HCLOUD_TOKEN"] ?? ""}`,
    "content-type": "application/json",
  };
  const answer = await fetch(`${API}${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (answer.status === 204 ? {} : await answer.json()) as Body;
}

/** Waits for an answer, asked every half second, for ten minutes. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 600_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ten minutes for ${what}`);
    await pause(500);
  }
}

/** @param which `name=NAME`, or `label_selector=SELECTOR` */
export async function findServers(which: string): Promise<readonly Machine[]> {
  return (await ask<{ servers: readonly Machine[] }>("GET", `/servers?${which}`)).servers;
}

/** Deletes servers, if there are any, and waits until they are gone, and what was on them is free. */
export async function deleteServers(which: string): Promise<void> {
  for (const { id } of await findServers(which)) await ask("DELETE", `/servers/${id}`);
  await until("the server to be gone", async () =>
    (await findServers(which)).length === 0 ? true : undefined,
  );
}

export async function findVolumes(which: string): Promise<readonly Volume[]> {
  return (await ask<{ volumes: readonly Volume[] }>("GET", `/volumes?${which}`)).volumes;
}

/** Deletes volumes that are on no server, if there are any. */
export async function deleteVolumes(which: string): Promise<void> {
  for (const { id } of await findVolumes(which)) await ask("DELETE", `/volumes/${id}`);
}

/** Puts a volume on a server, and waits until it is there. */
export async function attach({ id }: Volume, server: number): Promise<void> {
  await ask("POST", `/volumes/${id}/actions/attach`, { server, automount: false });
  await until("the volume to be attached", async () => {
    const { volume } = await ask<{ volume: Volume }>("GET", `/volumes/${id}`);
    return volume.server === server ? true : undefined;
  });
}
