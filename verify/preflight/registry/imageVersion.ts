/** What an image says of its own version: in the annotations of its manifest, or in its settings. */
import { z } from "zod";
import type { Repository } from "./repository.ts";

/** Annotation and label of OCI (image specification, annotations). */
const VERSION = "org.opencontainers.image.version";

const texts = z.record(z.string(), z.unknown()).catch({});
const listed = z.object({
  digest: z.string(),
  platform: z.object({ os: z.string(), architecture: z.string() }).optional().catch(undefined),
  annotations: texts,
});
const manifest = z.object({
  annotations: texts,
  manifests: z.array(listed).catch([]),
  config: z.object({ digest: z.string() }).optional().catch(undefined),
});
const settings = z.object({
  config: z.object({ Labels: texts, Env: z.array(z.string()).catch([]) }).catch({ Labels: {}, Env: [] }),
});

/** One platform's image in a list: its digest, and `linux/amd64`. */
export interface Listed {
  readonly digest: string;
  readonly platform: string;
}

/** Images by platform, where a document is a list; empty for the manifest of one image. */
export function platformsIn(document: unknown): readonly Listed[] {
  const found = manifest.safeParse(document);
  if (!found.success) return [];
  return found.data.manifests.map(({ digest, platform }) => ({
    digest,
    platform: platform === undefined ? "unknown" : `${platform.os}/${platform.architecture}`,
  }));
}

/** A text that can be a version, and can be printed. */
function version(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w][\w.+-]{0,63}$/.test(value) ? value : undefined;
}

/**
 * The version that the image behind a digest names; undefined where it names none.
 *
 * @param program whose variable (`MONGO_VERSION`) official images without the label have.
 */
export async function versionBehind(
  repository: Repository,
  digest: string,
  program: string,
): Promise<string | undefined> {
  const top = manifest.safeParse((await repository.manifest(digest))?.document);
  if (!top.success) return undefined;
  const { annotations, manifests } = top.data;
  const named = [annotations, ...manifests.map((one) => one.annotations)].map((one) => version(one[VERSION]));
  const told = named.find((one) => one !== undefined);
  if (told !== undefined) return told;
  // Attestations are listed as images of an unknown platform.
  const first = manifests.find(({ platform }) => platform !== undefined && platform.os !== "unknown");
  const image =
    first === undefined ? top : manifest.safeParse((await repository.manifest(first.digest))?.document);
  const config = image.data?.config;
  return config === undefined
    ? undefined
    : versionInSettings(await repository.settings(config.digest), program);
}

function versionInSettings(document: unknown, program: string): string | undefined {
  const found = settings.safeParse(document);
  if (!found.success) return undefined;
  const { Labels, Env } = found.data.config;
  const prefix = `${program.toUpperCase()}_VERSION=`;
  const variable = Env.find((line) => line.startsWith(prefix))?.slice(prefix.length);
  return version(Labels[VERSION]) ?? version(variable);
}
