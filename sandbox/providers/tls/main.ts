/** Stand-in for the plugin of `@pulumi/tls`. */
import { serveProvider } from "../protocol/server.ts";
import { tls } from "./provider.ts";

await serveProvider(tls);
