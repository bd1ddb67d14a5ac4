/**
 * `hcloud.Rdns`, on a primary IP or a server. Calls: GET of the owner, POST `change_dns_ptr`, poll, no read back;
 * update and delete are the POST alone (a delete resets the name with `dns_ptr: null`).
 */
import type { CallContext, CheckFailure, Known, ResourceHandler } from "../protocol/handler.ts";
import { canonicalAddress } from "./address.ts";
import type { HcloudApi } from "./api.ts";
import { missing, numberOf, refreshed, textOf } from "../protocol/inputs.ts";
import type { DnsPointer, PrimaryIp, Server } from "./model.ts";
import { act } from "./primaryIp.ts";
import { frameworkStep } from "./wording.ts";

/** What bears the address. */
interface Owner {
  readonly letter: "p" | "s";
  readonly input: "primaryIpId" | "serverId";
  readonly id: number;
  /** `/primary_ips/3001`. */
  readonly path: string;
}

const OWNER_INPUTS = ["primaryIpId", "serverId", "floatingIpId", "loadBalancerId"];

/** The resource, on an API that is there once the provider is configured. */
export function rdnsResource(api: () => HcloudApi): ResourceHandler {
  return {
    schema: {
      inputs: ["dnsPtr", "ipAddress", ...OWNER_INPUTS],
      required: ["dnsPtr", "ipAddress"],
      replaceOn: ["ipAddress", ...OWNER_INPUTS],
      computed: ["id"],
    },
    check: (news) => ({ inputs: news, failures: [...refused(news)] }),
    create: (inputs, context) =>
      frameworkStep(context, async () => {
        const owner = ownerOf(inputs);
        await api().request("GET", owner.path, context.signal);
        await change(api(), owner, inputs, textOf(inputs, "dnsPtr") ?? null, context);
        const id = `${owner.letter}-${owner.id}-${address(inputs)}`;
        return { id, outputs: { ...inputs, id } };
      }),
    read: (id, outputs, inputs, context) =>
      frameworkStep(context, async () => {
        const found = await find(api(), id, context);
        if (found === undefined) return missing(id, outputs);
        const { owner, pointer } = found;
        // A respelled address stays as the program wrote it.
        const ipAddress = textOf(outputs, "ipAddress") ?? pointer.ip;
        const now = { id, ipAddress, dnsPtr: pointer.dns_ptr ?? "", [owner.input]: owner.id };
        return { id, outputs: now, inputs: refreshed(inputs, now, ["dnsPtr", "ipAddress", owner.input]) };
      }),
    update: (id, _olds, news, context) =>
      frameworkStep(context, async () => {
        await change(api(), ownerOf(news), news, textOf(news, "dnsPtr") ?? null, context);
        return { ...news, id };
      }),
    delete: (_id, olds, context) =>
      frameworkStep(context, () => change(api(), ownerOf(olds.outputs), olds.outputs, null, context)),
  };
}

function* refused(news: Known): Generator<CheckFailure> {
  const given = OWNER_INPUTS.filter((key) => news[key] !== undefined && news[key] !== null);
  if (given.length === 1) return;
  const reason = `Invalid Attribute Combination. ${given.length} attributes specified when one (and only one) of [${OWNER_INPUTS.join(",")}] is required`;
  yield { property: "primaryIpId", reason };
}

function ownerOf(properties: Known): Owner {
  const primaryIp = numberOf(properties, "primaryIpId");
  if (primaryIp !== undefined) return owner("p", primaryIp);
  const server = numberOf(properties, "serverId");
  if (server !== undefined) return owner("s", server);
  throw new Error("hcloud stand-in: Rdns needs primaryIpId or serverId");
}

function owner(letter: "p" | "s", id: number): Owner {
  return letter === "p"
    ? { letter, input: "primaryIpId", id, path: `/primary_ips/${id}` }
    : { letter, input: "serverId", id, path: `/servers/${id}` };
}

function address(properties: Known): string {
  return canonicalAddress(textOf(properties, "ipAddress") ?? "");
}

async function change(
  api: HcloudApi,
  { path }: Owner,
  properties: Known,
  dnsPtr: string | null,
  context: CallContext,
): Promise<void> {
  const body = { ip: address(properties), dns_ptr: dnsPtr };
  await act(api, `${path}/actions/change_dns_ptr`, body, context.signal);
}

async function find(
  api: HcloudApi,
  id: string,
  context: CallContext,
): Promise<{ owner: Owner; pointer: DnsPointer } | undefined> {
  const parts = /^([ps])-(\d+)-(.+)$/.exec(id);
  if (parts === null) throw new Error(`invalid Rdns id: ${id}`);
  const [, letter, number, ip = ""] = parts;
  const bearer = owner(letter === "s" ? "s" : "p", Number(number));
  const found = await api.find<{ primary_ip?: PrimaryIp; server?: Server }>(bearer.path, context.signal);
  const pointers = found?.primary_ip?.dns_ptr ?? serverPointers(found?.server);
  const pointer = pointers.find((entry) => canonicalAddress(entry.ip) === canonicalAddress(ip));
  return pointer === undefined ? undefined : { owner: bearer, pointer };
}

function serverPointers(server: Server | undefined): readonly DnsPointer[] {
  const { ipv4, ipv6 } = server?.public_net ?? { ipv4: null, ipv6: null };
  const four =
    ipv4 !== null && typeof ipv4.dns_ptr === "string" ? [{ ip: ipv4.ip, dns_ptr: ipv4.dns_ptr }] : [];
  return [...four, ...(Array.isArray(ipv6?.dns_ptr) ? (ipv6.dns_ptr as readonly DnsPointer[]) : [])];
}
