/** `node main.ts PORT`: all stand-in plugins of a sandbox. */
import { DEFINITIONS } from "../definitions.ts";
import { servePlugins } from "./servePlugins.ts";

await servePlugins(DEFINITIONS, Number(process.argv[2]));
