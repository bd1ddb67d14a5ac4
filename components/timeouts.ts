/** How long a vendor may take, from the creation of each resource on: a delete uses the limit kept in the state. */
import type { CustomTimeouts } from "@pulumi/pulumi";

/** DNS records, keys, addresses, firewalls. Rate-limited providers are retried for some minutes. */
export const VENDOR_TIMEOUTS: CustomTimeouts = { create: "10m", update: "10m", delete: "10m" };

/** Servers: the vendor may queue a creation. */
export const SERVER_TIMEOUTS: CustomTimeouts = { create: "20m", update: "20m", delete: "20m" };
