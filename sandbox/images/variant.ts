/** `node sandbox/images/variant.ts`: a second build of the app image, with another digest; prints it as JSON. */
import { join } from "node:path";
import { cacheDir } from "../groundPlan.ts";
import { pushLayout } from "../registry/registry.ts";
import { buildImages } from "./build.ts";

const { app } = await buildImages({
  cacheDir: join(cacheDir, "images"),
  push: pushLayout,
  variant: "second",
});
process.stdout.write(JSON.stringify(app));
