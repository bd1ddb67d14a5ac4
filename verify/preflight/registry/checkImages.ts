/** Whether each image's tag and digest belong together: asked of its registry, which alone knows. */
import { COMMAND } from "../../../stack/values/command.ts";
import type { Config, ImageConfig } from "../../../stack/model/config.ts";
import { mayBeOne, readVersion } from "../../../stack/guards/imageVersion.ts";
import type { Finding } from "../../model/finding.ts";
import { platformsIn, versionBehind } from "./imageVersion.ts";
import { Repository } from "./repository.ts";
import { RegistryError } from "./request.ts";

/** A tag with so many numbers names one release, whose digest is expected to stay. */
const WHOLE_RELEASE = 3;

/** Looks at every image, all at once. Never throws for what a registry says or does not say. */
export function checkImages(images: Config["mail"]["images"]): Promise<Finding[]> {
  return Promise.all(Object.entries(images).map(([role, image]) => checkImage(role, image)));
}

async function checkImage(role: string, image: ImageConfig): Promise<Finding> {
  const repository = new Repository(image.repository);
  try {
    return { subject: `image ${role}`, ...(await judge(role, image, repository)) };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return {
      subject: `image ${role}`,
      state: "warn",
      seen: `whether tag and digest fit could not be told: ${error.message}`,
      fix: "run this again in some minutes",
    };
  }
}

type Judgement = Omit<Finding, "subject">;

async function judge(role: string, image: ImageConfig, repository: Repository): Promise<Judgement> {
  const { tag, digest } = image;
  const right = await repository.digestOf(tag);
  if (right === undefined) {
    const seen = `${image.repository} has no tag ${tag} at ${repository.host}`;
    const other = `set mail.images.${role}.tag to a tag that is there`;
    return {
      state: "bad",
      seen,
      fix: role === "app" ? `\`${COMMAND} pin\` takes the newest release` : other,
    };
  }
  if (right === digest) return { state: "ok", seen: `${tag} has this digest at ${repository.host}` };
  const platforms = platformsIn((await repository.manifest(tag))?.document);
  const part = platforms.find((one) => one.digest === digest);
  if (part !== undefined) {
    return {
      state: "ok",
      seen: `the digest is that of ${tag} for ${part.platform} alone; for all it is ${right}`,
    };
  }
  const way = role === "app" ? `pin --release ${tag}` : "pin";
  const fix = `the digest of ${tag} is ${right}: \`${COMMAND} ${way}\` sets it`;
  if ((await repository.digestOf(digest)) === undefined) {
    return { state: "bad", seen: `${image.repository} has no image with this digest`, fix };
  }
  return judgeOther(role, image, await versionBehind(repository, digest, role), { right, fix });
}

/** The digest is there, and the tag is at another: an older build of the same, or another release? */
function judgeOther(
  role: string,
  { tag }: ImageConfig,
  told: string | undefined,
  { right, fix }: { readonly right: string; readonly fix: string },
): Judgement {
  const [wanted, found] = [readVersion(tag), told === undefined ? undefined : readVersion(told)];
  if (told !== undefined && wanted !== undefined && found !== undefined) {
    if (!mayBeOne(wanted, found))
      return { state: "bad", seen: `the digest is that of ${told}, not of ${tag}`, fix };
    return { state: "ok", seen: `the digest is an earlier build of ${tag} (${told}); today's is ${right}` };
  }
  const seen = `${tag} has another digest at the registry, and the image ${role} does not say its version`;
  return { state: (wanted?.length ?? 0) >= WHOLE_RELEASE ? "bad" : "warn", seen, fix };
}
