/** `hcloud.Server`. */
import { compareInputs } from "../../protocol/diff.ts";
import type { CallContext, CheckFailure, DiffArguments, DiffResult, Known } from "../../protocol/handler.ts";
import type { ResourceHandler, ResourceSchema } from "../../protocol/handler.ts";
import { plannedCreate } from "../../protocol/preview.ts";
import { pause } from "../../protocol/transport.ts";
import type { Value } from "../../protocol/value.ts";
import type { HcloudApi } from "../api.ts";
import { named } from "../../protocol/inputs.ts";
import type { Action, Server } from "../model.ts";
import { act } from "../primaryIp.ts";
import { sdkStep } from "../../protocol/sdkWording.ts";
import { createServer, getServer } from "./create.ts";
import { publicNetOf, serverInputs, serverOutputs, userDataHash } from "./outputs.ts";
import { updateServer } from "./update.ts";

const NINETY_MINUTES = 90 * 60;
const SHUTDOWN_SECONDS = 30;

const DEFAULTS = {
  allowDeprecatedImages: false,
  backups: false,
  deleteProtection: false,
  ignoreRemoteFirewallIds: false,
  keepDisk: false,
  rebuildProtection: false,
  shutdownBeforeDeletion: false,
};

const schema: ResourceSchema = {
  inputs: [
    ...Object.keys(DEFAULTS),
    "datacenter",
    "firewallIds",
    "image",
    "iso",
    "labels",
    "location",
    "name",
    "networks",
    "placementGroupId",
    "publicNets",
    "rescue",
    "serverType",
    "sshKeys",
    "userData",
  ],
  required: ["serverType"],
  replaceOn: ["datacenter", "image", "location", "sshKeys", "userData"],
  computed: [
    "backupWindow",
    "id",
    "ipv4Address",
    "ipv6Address",
    "ipv6Network",
    "location",
    "primaryDiskSize",
    "status",
  ],
  optionalComputed: ["location", "image"],
  sets: ["firewallIds"],
  defaults: DEFAULTS,
  customTimeouts: ["create"],
  timeouts: { create: NINETY_MINUTES, update: NINETY_MINUTES, delete: NINETY_MINUTES },
};

/** The resource, on an API that is there once the provider is configured. */
export function serverResource(api: () => HcloudApi): ResourceHandler {
  return {
    schema,
    check: (news, olds, context) => ({ inputs: named(news, olds, context), failures: [...refused(news)] }),
    diff: compareServer,
    previewCreate: (inputs) => {
      const { userData } = inputs;
      const hashed = typeof userData === "string" ? { userData: userDataHash(userData) } : {};
      return { ...plannedCreate(schema, inputs), ...hashed };
    },
    create: (inputs, context) => sdkStep(context, "", () => createServer(api(), inputs, context)),
    read: (id, _outputs, inputs, context) =>
      sdkStep(context, "", async () => {
        const server = await findServer(api(), id, context.signal);
        if (server === undefined) return undefined;
        const outputs = serverOutputs(server, inputs);
        return { id, outputs, inputs: serverInputs(server, inputs, outputs) };
      }),
    update: (id, olds, news, context) =>
      sdkStep(context, "updating", () => updateServer(api(), id, olds.inputs, news, context)),
    delete: (id, olds, context) =>
      sdkStep(context, "deleting", () => deleteServer(api(), id, olds.outputs, context)),
  };
}

function* refused(news: Known): Generator<CheckFailure> {
  if (news.datacenter !== undefined) {
    const reason = 'Unsupported argument. The argument "datacenter" was removed from the API; use "location"';
    yield { property: "datacenter", reason };
  }
}

/**
 * The network block counts only where the program has one, and an address only where it names one: without, the
 * server keeps what it has.
 */
export function compareServer(change: DiffArguments): DiffResult {
  const wanted = publicNetOf(change.newInputs);
  const before = publicNetOf(change.oldInputs) ?? publicNetOf(change.oldOutputs) ?? {};
  const old = { ipv4Enabled: true, ipv6Enabled: true, ...plain(before) };
  const nets = (net: Known | undefined): Record<string, Value> =>
    net === undefined ? {} : { publicNets: [net] };
  return compareInputs(
    { schema },
    {
      ...change,
      oldInputs: { ...without(change.oldInputs), ...(wanted === undefined ? {} : nets(old)) },
      newInputs: { ...without(change.newInputs), ...nets(wanted && { ...old, ...plain(wanted) }) },
    },
  );
}

function without(inputs: Known): Known {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== "publicNets"));
}

function plain(net: Known): Known {
  return Object.fromEntries(
    Object.entries(net).filter(([key, value]) => !key.startsWith("__") && value !== null),
  );
}

/** By id, else by a name that looks like the id, as the real plugin does. */
async function findServer(api: HcloudApi, id: string, signal: AbortSignal): Promise<Server | undefined> {
  const found = await api.find<{ server: Server }>(`/servers/${id}`, signal);
  if (found !== undefined) return found.server;
  const { servers } = await api.request<{ servers: Server[] }>("GET", `/servers?name=${id}`, signal);
  return servers[0];
}

async function deleteServer(api: HcloudApi, id: string, outputs: Known, context: CallContext): Promise<void> {
  const { signal } = context;
  if (outputs.shutdownBeforeDeletion === true) await shutDown(api, id, signal);
  const { action } = await api.request<{ action?: Action }>("DELETE", `/servers/${id}`, signal);
  await api.wait([action], signal);
}

/** Asks the server to go down and gives it a while; one that does not is deleted as it runs. */
async function shutDown(api: HcloudApi, id: string, signal: AbortSignal): Promise<void> {
  await act(api, `/servers/${id}/actions/shutdown`, undefined, signal);
  for (let second = 0; second < SHUTDOWN_SECONDS; second++) {
    const { status } = await getServer(api, id, signal);
    if (status === "off") return;
    await pause(1000, signal);
  }
}
