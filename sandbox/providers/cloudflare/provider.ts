/** What of the cloudflare provider this project uses. */
import type { CheckFailure, Known, ProviderDefinition, StartedBy } from "../protocol/handler.ts";
import { UNKNOWN } from "../protocol/value.ts";
import { CloudflareApi } from "./api.ts";
import { cloudflareFunctions } from "./functions.ts";
import { dnsRecordResource } from "./record.ts";

/**
 * The cloudflare provider.
 *
 * @param retryBaseMs first wait before a refused request is sent again; 2000 as the real plugin.
 */
export function cloudflare(retryBaseMs = 2000): ProviderDefinition {
  let configured: CloudflareApi | undefined;
  const api = (): CloudflareApi => {
    if (configured === undefined) throw new Error("cloudflare: the provider is not configured");
    return configured;
  };
  return {
    name: "cloudflare",
    version: "6.22.1",
    onCancel: "finish",
    checkConfig: (config, startedBy) => [...refused(config, startedBy)],
    configure: (config, startedBy) => {
      const { CLOUDFLARE_BASE_URL } = startedBy.environment;
      const baseUrl =
        textOf(config.baseUrl) ?? CLOUDFLARE_BASE_URL ?? "https://api.cloudflare.com/client/v4/";
      configured = new CloudflareApi({
        baseUrl: baseUrl.replace(/\/+$/, ""),
        token: tokenOf(config, startedBy) ?? "",
        retryBaseMs,
      });
    },
    resources: { "cloudflare:index/dnsRecord:DnsRecord": dnsRecordResource(api) },
    functions: cloudflareFunctions(api),
  };
}

function tokenOf(config: Known, { environment }: StartedBy): string | undefined {
  return textOf(config.apiToken) ?? environment.CLOUDFLARE_API_TOKEN;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function* refused(config: Known, startedBy: StartedBy): Generator<CheckFailure> {
  // A token that another resource makes is not known in a preview.
  if (config.apiToken === UNKNOWN) return;
  const token = tokenOf(config, startedBy);
  if (token !== undefined && /^[0-9A-Za-z_-]{40,80}$/.test(token)) return;
  const reason =
    token === undefined
      ? 'must provide exactly one of "api_key", "api_token" or "api_user_service_key"'
      : "API tokens must be 40 to 80 characters and only contain characters a-z, A-Z, 0-9, hyphens and underscores";
  yield { property: "apiToken", reason };
}
