/**
 * The images, each pinned by tag and digest.
 *
 * Repository and tag have defaults; a digest has none, since only the registry knows the right one.
 */
import type { Config, ImageConfig } from "../model/config.ts";
import { IMAGE_ROLES } from "../model/imageRoles.ts";
import type { PlannedImage } from "../model/plan.ts";

function reference({ repository, tag, digest }: ImageConfig): string {
  return `${repository}:${tag}@${digest}`;
}

/** Plans the images, one for each role. */
export function planImages({ mail }: Config): readonly PlannedImage[] {
  return IMAGE_ROLES.map((role) => ({ role, reference: reference(mail.images[role]) }));
}
