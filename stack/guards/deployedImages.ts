/** What the stack remembers of the images that its server runs. */
import { z } from "zod";
import type { Config } from "../model/config.ts";
import { IMAGE_ROLES, type ImageRole } from "../model/imageRoles.ts";

/** One image of the last `up` that could pull every image. */
export interface DeployedImage {
  /** Its tag then. */
  readonly tag: string;
  /**
   * Tag → digest, one for each tag that was ever deployed: the last. A pair that was a mistake is forgotten as soon as the
   * tag is deployed with another digest.
   */
  readonly digests: Readonly<Record<string, string>>;
}

/** By role. */
export type DeployedImages = Readonly<Partial<Record<ImageRole, DeployedImage>>>;

const remembered = z.object({ tag: z.string(), digests: z.record(z.string(), z.string()) });

/** Their shape in an output. */
export const imagesSchema = z.partialRecord(z.enum(IMAGE_ROLES), remembered);

/** Reads them. What has another shape counts as absent. */
export function readImages(value: unknown): DeployedImages | undefined {
  return imagesSchema.safeParse(value).data;
}

/** What is to be remembered once every image of a configuration has been pulled. */
export function rememberImages({ mail }: Pick<Config, "mail">, earlier: DeployedImages = {}): DeployedImages {
  const now = IMAGE_ROLES.map((role): [ImageRole, DeployedImage] => {
    const { tag, digest } = mail.images[role];
    return [role, { tag, digests: { ...earlier[role]?.digests, [tag]: digest } }];
  });
  return Object.fromEntries(now);
}
