/** Stand-in for the plugin of `@pulumi/hcloud`. */
import { serveProvider } from "../protocol/server.ts";
import { hcloud } from "./provider.ts";

await serveProvider(hcloud());
