/** Whether the images of the containers run on the server's processor. */
import { listed } from "../../stack/values/sentence.ts";
import { COMMAND } from "../../stack/values/command.ts";
import type { ImageConfig } from "../../stack/model/config.ts";
import type { Finding } from "../model/finding.ts";
import type { ServerSize } from "../vendors/cloud.ts";
import { findImage, type FoundImage } from "./registry/findImage.ts";
import { Repository } from "./registry/repository.ts";
import { RegistryError } from "./registry/request.ts";

/** An image, and the processors that it is made for. */
export interface ImagePlatforms
  extends Pick<ImageConfig, "repository" | "tag">, Pick<FoundImage, "architectures"> {
  readonly role: string;
}

/** Faults: an image that is not made for the processor. One that names no processor at all is not judged. */
export function judgePlatforms(
  images: readonly ImagePlatforms[],
  { name, architecture }: Pick<ServerSize, "name" | "architecture">,
): Finding[] {
  if (architecture === undefined) return [];
  return images
    .filter(({ architectures }) => architectures.length > 0 && !architectures.includes(architecture))
    .map(({ role, tag, architectures }) => ({
      subject: `image ${role} for ${architecture}`,
      state: "bad",
      seen: `${tag} is there for ${listed(architectures)}, and the processor of ${name} is ${architecture}`,
      fix: `set mailstead:server.type to a type with ${listed(architectures)}, or take a release that is there for ${architecture}: ${COMMAND} pin --release TAG`,
    }));
}

/**
 * Asks the registries. All images of official projects are there for amd64, so that nobody is asked for that.
 *
 * @returns faults alone; none where a registry does not answer, which the look at its tag says.
 */
export async function checkPlatforms(
  images: Readonly<Record<string, ImageConfig>>,
  size: ServerSize | undefined,
): Promise<Finding[]> {
  if (size?.architecture === undefined || size.architecture === "amd64") return [];
  const found = await Promise.all(
    Object.entries(images).map(async ([role, { repository, tag }]) => {
      const image = await platformsOf(repository, tag);
      return { role, repository, tag, architectures: image?.architectures ?? [] };
    }),
  );
  return judgePlatforms(found, size);
}

async function platformsOf(repository: string, tag: string): Promise<FoundImage | undefined> {
  try {
    return await findImage(new Repository(repository), tag);
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}
