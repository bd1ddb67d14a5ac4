/** Stand-in for the plugin of `@pulumi/digitalocean`. */
import { serveProvider } from "../protocol/server.ts";
import { digitalocean } from "./provider.ts";

await serveProvider(digitalocean());
