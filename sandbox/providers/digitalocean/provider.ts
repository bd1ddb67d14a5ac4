/** What of the digitalocean provider this project uses. */
import type { Known, ProviderDefinition } from "../protocol/handler.ts";
import { asText } from "../protocol/value.ts";
import { DigitaloceanApi } from "./api.ts";
import { dnsRecordResource } from "./record.ts";

/** The digitalocean provider. Its waits are the real plugin's, unless the configuration says otherwise. */
export function digitalocean(): ProviderDefinition {
  let configured: DigitaloceanApi | undefined;
  const api = (): DigitaloceanApi => {
    if (configured === undefined) throw new Error("digitalocean: the provider is not configured");
    return configured;
  };
  return {
    name: "digitalocean",
    version: "4.80.1",
    onCancel: "finish",
    configure: (config, { environment }) => {
      const { DIGITALOCEAN_TOKEN, DIGITALOCEAN_ACCESS_TOKEN, DIGITALOCEAN_API_URL } = environment;
      const numberOf = (key: string, variable: string, otherwise: number): number =>
        readNumber(config, key, environment[variable], otherwise);
      const endpoint = textOf(config.apiEndpoint) ?? DIGITALOCEAN_API_URL ?? "https://api.digitalocean.com";
      configured = new DigitaloceanApi({
        endpoint: endpoint.replace(/\/+$/, ""),
        // Without one the vendor refuses, as the real plugin leaves it to him.
        token: textOf(config.token) ?? DIGITALOCEAN_TOKEN ?? DIGITALOCEAN_ACCESS_TOKEN ?? "",
        retries: numberOf("httpRetryMax", "DIGITALOCEAN_HTTP_RETRY_MAX", 4),
        firstWaitMs: 1000 * numberOf("httpRetryWaitMin", "DIGITALOCEAN_HTTP_RETRY_WAIT_MIN", 1),
        longestWaitMs: 1000 * numberOf("httpRetryWaitMax", "DIGITALOCEAN_HTTP_RETRY_WAIT_MAX", 30),
      });
    },
    resources: { "digitalocean:index/dnsRecord:DnsRecord": dnsRecordResource(api) },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A number of the configuration, which the engine may hand over as text, or of the environment. */
function readNumber(config: Known, key: string, variable: string | undefined, otherwise: number): number {
  const text = textOf(asText(config[key])) ?? textOf(variable);
  const value = Number(text ?? otherwise);
  if (!Number.isFinite(value)) throw new Error(`digitalocean: ${key}: ${text} is not a number`);
  return value;
}
