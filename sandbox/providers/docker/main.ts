/** The docker plugin's stand-in: containers, images and volumes over `ssh`. Started by the engine. */
import { serveProvider } from "../protocol/server.ts";
import { docker } from "./definition.ts";

await serveProvider(docker);
