/** `node sandbox/images/variant.ts`: the app image of the older kind, which runs as root and has another digest; prints it as JSON. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir, paths } from "../groundPlan.ts";
import { pushLayout } from "../registry/registry.ts";
import { buildImages } from "./build.ts";

const { app } = await buildImages({
  cacheDir: join(cacheDir, "images"),
  push: pushLayout,
  trust: await readFile(paths.acmeRoot, "utf8"),
  variant: "root",
});
process.stdout.write(JSON.stringify(app));
