/**
 * The images, each pinned by tag and digest.
 *
 * Repository and tag have defaults; a digest has none, since only the registry knows the right one.
 */
import type { Config, ImageConfig } from "../model/config.ts";
import type { PlannedImage } from "../model/plan.ts";

function reference({ repository, tag, digest }: ImageConfig): string {
  return `${repository}:${tag}@${digest}`;
}

/** Plans the four images. */
export function planImages({ mail }: Config): readonly PlannedImage[] {
  const { app, nginx, mongo, redis } = mail.images;
  return [
    { role: "app", reference: reference(app) },
    { role: "nginx", reference: reference(nginx) },
    { role: "mongo", reference: reference(mongo) },
    { role: "redis", reference: reference(redis) },
  ];
}
