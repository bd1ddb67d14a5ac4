/**
 * How long a vendor may take, from the creation of each resource on: a delete uses the limit kept in the state.
 *
 * A limit is given only where the plugin takes it. Elsewhere the plugin's own holds, and a given one would be a warning at
 * every change («Resource does not support customTimeouts») that nobody can act on.
 */
import type { CustomTimeouts } from "@pulumi/pulumi";

/** DNS records, keys, addresses. Rate-limited providers are retried for some minutes. */
export const VENDOR_TIMEOUTS: CustomTimeouts = { create: "10m", update: "10m", delete: "10m" };

/**
 * Limits by resource. Plugins are bridged from Terraform: resources of its framework take every limit, those of its older
 * SDK what their `timeouts` block names, and where there is none they end after 20 minutes.
 *
 * @see https://github.com/pulumi/pulumi-terraform-bridge pkg/tfshim/sdk-v2, `configWithTimeouts`
 */
export const TIMEOUTS = {
  /** Older SDK; terraform-provider-docker internal/provider has no block for either. */
  dockerImage: {},
  dockerContainer: {},
} as const satisfies Readonly<Record<string, CustomTimeouts>>;
