/** The example stack's configuration as the engine hands it over, with digests of no real image. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { IMAGE_ROLES } from "../stack/model/imageRoles.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;

/** Values of `Pulumi.dev.yaml` by key: texts, and objects as JSON text. */
export function exampleConfig(): Record<string, string> {
  const file = readFileSync(join(import.meta.dirname, "..", "Pulumi.dev.yaml"), "utf8");
  const { config } = parse(file) as { config: Record<string, unknown> };
  const mail = config["mailstead:mail"] as Record<string, unknown>;
  config["mailstead:mail"] = {
    ...mail,
    images: Object.fromEntries(IMAGE_ROLES.map((role) => [role, { digest: DIGEST }])),
  };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}
