/** The images of a stack, found at their registries: `init` and `pin` write them into the stack's file. */
import { IMAGES } from "../../stack/config/keys/schema.ts";
import { IMAGE_ROLES, type ImageRole } from "../../stack/model/imageRoles.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { findImage, newestRelease, type FoundImage } from "../../verify/preflight/registry/findImage.ts";
import { Repository } from "../../verify/preflight/registry/repository.ts";
import { RegistryError } from "../../verify/preflight/registry/request.ts";
import { LATEST } from "./release.ts";

/** Where an image is kept, and its tag; the tag may be {@link LATEST} for the newest release that is published. */
export interface WantedImage {
  readonly repository: string;
  readonly tag: string;
}

/** An image as it is at its registry. */
export interface PinnedImage extends WantedImage, FoundImage {
  readonly role: ImageRole;
}

/** What a look at a registry came to. */
export interface Look {
  readonly finding: Finding;
  /** Absent where there is none. */
  readonly image?: PinnedImage;
}

/** Images of a stack that says nothing of them but its release. */
export function usualImages(release: string): Readonly<Record<ImageRole, WantedImage>> {
  const image = (role: Exclude<ImageRole, "app">): WantedImage => ({
    repository: IMAGES[role].repository.default.value,
    tag: IMAGES[role].tag.default.value,
  });
  return {
    app: { repository: IMAGES.app.repository.default.value, tag: release },
    nginx: image("nginx"),
    mongo: image("mongo"),
    redis: image("redis"),
  };
}

function bad(role: ImageRole, seen: string, fix: string): Look {
  return { finding: { subject: `image ${role}`, state: "bad", seen, fix } };
}

async function look(
  role: ImageRole,
  { repository: name, tag: wanted }: WantedImage,
  stop: AbortSignal | undefined,
): Promise<Look> {
  const repository = new Repository(name, stop);
  const tag = wanted === LATEST ? newestRelease((await repository.tags()) ?? []) : wanted;
  if (tag === undefined)
    return bad(role, `${name} has no release at ${repository.host}`, "name one: --release TAG");
  const found = await findImage(repository, tag);
  if (found === undefined) {
    const fix = role === "app" ? `--release ${LATEST}` : `set mail.images.${role}.tag to a tag that is there`;
    return bad(role, `${name} has no tag ${tag} at ${repository.host}`, fix);
  }
  const processors = found.architectures.join(" and ");
  const seen = `${tag}${processors === "" ? "" : ` for ${processors}`}`;
  return {
    finding: { subject: `image ${role}`, state: "ok", seen },
    image: { role, repository: name, tag, ...found },
  };
}

/**
 * Asks every registry, all at once. Never throws for what one says or does not say.
 *
 * @param stop gives all questions up.
 */
export function findImages(
  wanted: Readonly<Record<ImageRole, WantedImage>>,
  stop?: AbortSignal,
): Promise<Look[]> {
  return Promise.all(
    IMAGE_ROLES.map(async (role) => {
      try {
        return await look(role, wanted[role], stop);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        return bad(
          role,
          `the registry could not be asked: ${error.message}`,
          "run this again in some minutes",
        );
      }
    }),
  );
}
