/** Hetzner, as the cloud of the server. */
import type { Cloud } from "../cloud.ts";
import { HETZNER_TOKEN } from "./dnsProvider.ts";

export const hetzner: Cloud = {
  name: "hetzner",
  title: "Hetzner",
  token: HETZNER_TOKEN,
};
