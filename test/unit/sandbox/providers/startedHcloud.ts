/** The hcloud stand-in on the sandbox's Hetzner API. */
import { hcloud } from "../../../../sandbox/providers/hcloud/provider.ts";
import { HETZNER_TOKEN, type Started } from "../cloud/startedCloud.ts";
import { type StartedPlugin, startedPlugin } from "./startedPlugin.ts";

/** Starts one that asks after an action every 5 ms. */
export async function startedHcloud({ cloud }: Started): Promise<StartedPlugin> {
  return startedPlugin(hcloud(5), {
    token: HETZNER_TOKEN,
    endpoint: `${cloud.hetznerUrl}/v1`,
    pollInterval: "5ms",
    pollFunction: "constant",
  });
}
