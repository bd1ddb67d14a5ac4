/** What of the hcloud provider this project uses. */
import type { CheckFailure, Known, ProviderDefinition, StartedBy } from "../protocol/handler.ts";
import { UNKNOWN } from "../protocol/value.ts";
import { HcloudApi } from "./api.ts";
import type { HcloudSettings } from "./api.ts";
import { dnsFunctions } from "./dns/functions.ts";
import { zoneResource } from "./dns/zone.ts";
import { zoneRecordResource } from "./dns/zoneRecord.ts";
import { zoneRrsetResource } from "./dns/zoneRrset.ts";
import { firewallResource } from "./firewall.ts";
import { hcloudFunctions } from "./functions.ts";
import { textOf } from "../protocol/inputs.ts";
import { primaryIpResource } from "./primaryIp.ts";
import { rdnsResource } from "./rdns.ts";
import { serverResource } from "./server/resource.ts";
import { sshKeyResource } from "./sshKey.ts";
import { volumeAttachmentResource } from "./volume/attachment.ts";
import { volumeResource } from "./volume/resource.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/**
 * The hcloud provider.
 *
 * @param retryBaseMs first wait before a refused request is sent again; 1000 as the real plugin.
 */
export function hcloud(retryBaseMs = 1000): ProviderDefinition {
  let configured: HcloudApi | undefined;
  const api = (): HcloudApi => {
    if (configured === undefined) throw new Error("hcloud: the provider is not configured");
    return configured;
  };
  return {
    name: "hcloud",
    version: "1.41.0",
    onCancel: "finish",
    checkConfig: (config, startedBy) => [...refused(config, startedBy)],
    configure: (config, startedBy) => {
      configured = new HcloudApi(settings(config, startedBy, retryBaseMs));
    },
    resources: {
      "hcloud:index/server:Server": serverResource(api),
      "hcloud:index/primaryIp:PrimaryIp": primaryIpResource(api),
      "hcloud:index/rdns:Rdns": rdnsResource(api),
      "hcloud:index/sshKey:SshKey": sshKeyResource(api),
      "hcloud:index/firewall:Firewall": firewallResource(api),
      "hcloud:index/volume:Volume": volumeResource(api),
      "hcloud:index/volumeAttachment:VolumeAttachment": volumeAttachmentResource(api),
      "hcloud:index/zone:Zone": zoneResource(api),
      "hcloud:index/zoneRrset:ZoneRrset": zoneRrsetResource(api),
      "hcloud:index/zoneRecord:ZoneRecord": zoneRecordResource(api),
    },
    functions: { ...hcloudFunctions(api), ...dnsFunctions(api) },
  };
}

function tokenOf(config: Known, { environment }: StartedBy): string | undefined {
  return textOf(config, "token") ?? environment.HCLOUD_TOKEN;
}

function* refused(config: Known, startedBy: StartedBy): Generator<CheckFailure> {
  // A token that another resource makes is not known in a preview.
  if (config.token === UNKNOWN) return;
  const token = tokenOf(config, startedBy);
  if (token === undefined || token === "") {
    const reason =
      "Missing Hetzner Cloud API token: While configuring the provider, the Hetzner Cloud API token was not found in " +
      "the HCLOUD_TOKEN environment variable or provider configuration block token attribute.";
    yield { property: "token", reason };
  } else if (token.length !== 64) {
    yield { property: "token", reason: "entered token is invalid (must be exactly 64 characters long)" };
  }
}

function settings(config: Known, startedBy: StartedBy, retryBaseMs: number): HcloudSettings {
  const { HCLOUD_ENDPOINT } = startedBy.environment;
  const endpoint = textOf(config, "endpoint") ?? HCLOUD_ENDPOINT ?? "https://api.hetzner.cloud/v1";
  return {
    endpoint: endpoint.replace(/\/+$/, ""),
    token: tokenOf(config, startedBy) ?? "",
    pollIntervalMs: milliseconds(textOf(config, "pollInterval") ?? "500ms"),
    pollFunction: textOf(config, "pollFunction") === "constant" ? "constant" : "exponential",
    retryBaseMs,
  };
}

function milliseconds(duration: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(duration);
  if (parts === null) throw new Error(`hcloud: invalid duration ${duration}`);
  return Number(parts[1]) * (UNITS[parts[2] ?? ""] ?? 1);
}
