/** The command plugin's stand-in: commands over SSH and on this machine. Started by the engine. */
import { serveProvider } from "../protocol/server.ts";
import { command } from "./definition.ts";

await serveProvider(command);
