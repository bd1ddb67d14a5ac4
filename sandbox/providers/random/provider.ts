/** What of the random provider this project uses. */
import type { ProviderDefinition } from "../protocol/handler.ts";
import { randomBytesResource, randomId } from "./bytes.ts";
import { randomPassword } from "./password.ts";

/** The random provider: `RandomPassword`, `RandomBytes`, `RandomId`. */
export const random: ProviderDefinition = {
  name: "random",
  version: "4.21.2",
  resources: {
    "random:index/randomPassword:RandomPassword": randomPassword,
    "random:index/randomBytes:RandomBytes": randomBytesResource,
    "random:index/randomId:RandomId": randomId,
  },
};
