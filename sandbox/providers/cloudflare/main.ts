/** Stand-in for the plugin of `@pulumi/cloudflare`. */
import { serveProvider } from "../protocol/server.ts";
import { cloudflare } from "./provider.ts";

await serveProvider(cloudflare());
