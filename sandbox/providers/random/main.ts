/** Stand-in for the plugin of `@pulumi/random`. */
import { serveProvider } from "../protocol/server.ts";
import { random } from "./provider.ts";

await serveProvider(random);
