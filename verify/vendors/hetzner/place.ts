import type { ApiPlace } from "../apis.ts";

/** One API for servers and zones. @see https://docs.hetzner.cloud */
export const HETZNER_API: ApiPlace = { variable: "HCLOUD_ENDPOINT", base: "https://api.hetzner.cloud/v1" };
