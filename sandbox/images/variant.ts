/**
 * `node sandbox/images/variant.ts [NAME]`: the app image of the older kind, which runs as root and has another digest, or with
 * programs of its own (files/variants/NAME); prints it as JSON.
 */
import process from "node:process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir, paths } from "../groundPlan.ts";
import { pushLayout } from "../registry/registry.ts";
import { buildImages } from "./build.ts";

const { app } = await buildImages({
  cacheDir: join(cacheDir, "images"),
  push: pushLayout,
  trust: await readFile(paths.acmeRoot, "utf8"),
  variant: process.argv[2] ?? "root",
});
process.stdout.write(JSON.stringify(app));
