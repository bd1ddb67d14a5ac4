/**
 * A digest that belongs to another tag.
 *
 * Docker takes `name:tag@digest` by the digest and does not look at the tag: a new tag with the digest of an old one
 * changes nothing, and says nothing. Nobody but the registry knows the right digest (`preflight` asks it); what the stack
 * itself has deployed is known without it.
 */
import { COMMAND } from "../values/command.ts";
import type { Issue } from "../model/issue.ts";
import type { ImageRole } from "../model/imageRoles.ts";
import type { DeployedImages } from "./deployedImages.ts";
import { mayBeOne, readVersion } from "./imageVersion.ts";
import type { Guard } from "./guard.ts";

/** Refuses a digest that was deployed under the tag of another version, or as another image. */
export const fitsDigests: Guard = ({ config }, { images }) => {
  if (images === undefined) return [];
  return Object.entries(config.mail.images).flatMap(([name, { tag, digest }]) => {
    const role = name as ImageRole;
    if (images[role]?.digests[tag] === digest) return [];
    const [known] = deployedAs(images, digest).filter((one) => !(one.role === role && one.tag === tag));
    return known === undefined ? [] : judge(role, { tag, digest }, known, images[role]?.digests[tag]);
  });
};

interface Pair {
  readonly role: ImageRole;
  readonly tag: string;
}

function deployedAs(images: DeployedImages, digest: string): Pair[] {
  return Object.entries(images).flatMap(([role, { digests }]) =>
    Object.entries(digests)
      .filter(([, known]) => known === digest)
      .map(([tag]) => ({ role: role as ImageRole, tag })),
  );
}

function judge(
  role: ImageRole,
  { tag, digest }: { readonly tag: string; readonly digest: string },
  known: Pair,
  right: string | undefined,
): Issue[] {
  const at = { path: `mailstead:mail.images.${role}.digest`, rule: "digest-of-another-tag" } as const;
  const short = `${digest.slice(0, "sha256:".length + 12)}…`;
  const fix =
    right === undefined
      ? `set the digest of ${tag}: \`${COMMAND} preflight\` asks the registry and prints it`
      : `set the digest of ${tag}, which was deployed with ${right}`;
  if (known.role !== role) {
    const message = `${short} was deployed as the image ${known.role} (${known.tag}), not as ${role}`;
    return [{ ...at, severity: "error", message, fix }];
  }
  const [was, is] = [readVersion(known.tag), readVersion(tag)];
  const message = `${short} was deployed as ${known.tag}: with it, ${tag} is ${known.tag} still`;
  if (was !== undefined && is !== undefined) {
    // 8.0 and 8.0.15 may be two names of one image.
    return mayBeOne(was, is) ? [] : [{ ...at, severity: "error", message, fix }];
  }
  return [{ ...at, severity: "warning", message: `${message}, or both name one image`, fix }];
}
