/** `node sandbox/images/variant.ts`: the app image of the older kind, which runs as root and has another digest; prints it as JSON. */
import { join } from "node:path";
import { cacheDir } from "../groundPlan.ts";
import { pushLayout } from "../registry/registry.ts";
import { buildImages } from "./build.ts";

const { app } = await buildImages({
  cacheDir: join(cacheDir, "images"),
  push: pushLayout,
  variant: "root",
});
process.stdout.write(JSON.stringify(app));
