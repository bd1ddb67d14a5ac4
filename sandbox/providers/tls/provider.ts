/** What of the tls provider this project uses. */
import type { ProviderDefinition } from "../protocol/handler.ts";
import { privateKey } from "./privateKey.ts";

/** The tls provider: `PrivateKey`. */
export const tls: ProviderDefinition = {
  name: "tls",
  version: "5.6.1",
  resources: { "tls:index/privateKey:PrivateKey": privateKey },
};
