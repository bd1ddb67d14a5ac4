/** The stand-ins by name. A definition that keeps its configuration is made anew for each plugin. */
import { cloudflare } from "./cloudflare/provider.ts";
import { command } from "./command/definition.ts";
import { digitalocean } from "./digitalocean/provider.ts";
import { docker } from "./docker/definition.ts";
import { hcloud } from "./hcloud/provider.ts";
import type { ProviderName } from "./install.ts";
import type { ProviderDefinition } from "./protocol/handler.ts";
import { random } from "./random/provider.ts";
import { tls } from "./tls/provider.ts";

export const DEFINITIONS: Readonly<Record<ProviderName, () => ProviderDefinition>> = {
  hcloud,
  cloudflare,
  digitalocean,
  docker: () => docker,
  command: () => command,
  tls: () => tls,
  random: () => random,
};
