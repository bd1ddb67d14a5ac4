/** The example stack's configuration, with digests of no real image. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { IMAGE_ROLES } from "../stack/model/imageRoles.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;

/** Values of `Pulumi.dev.yaml` by key, as the file has them. */
export function exampleValues(): Record<string, unknown> {
  const file = readFileSync(join(import.meta.dirname, "..", "Pulumi.dev.yaml"), "utf8");
  const { config } = parse(file) as { config: Record<string, Record<string, unknown>> };
  const images: unknown = Object.fromEntries(IMAGE_ROLES.map((role) => [role, { digest: DIGEST }]));
  return { ...config, "mailstead:mail": { ...config["mailstead:mail"], images } };
}

/** The same as the engine hands them over: texts, and objects as JSON text. */
export function exampleConfig(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(exampleValues()).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}
