/** What the docker stand-in offers. Networks and functions are left out. */
import type { ProviderDefinition } from "../protocol/handler.ts";
import { container } from "./container/resource.ts";
import { remoteImage } from "./remoteImage.ts";
import { volume } from "./volume.ts";

/** Stands in for pulumi-docker 5.2.0; contacts the host only when a resource is read, made, changed or removed. */
export const docker: ProviderDefinition = {
  name: "docker",
  version: "5.2.0",
  resources: {
    "docker:index/container:Container": container,
    "docker:index/remoteImage:RemoteImage": remoteImage,
    "docker:index/volume:Volume": volume,
  },
};
