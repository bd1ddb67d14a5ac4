/** What a tag is at its registry, and which tag is the newest release: what is written into a stack's file. */
import { compareVersions, readVersion } from "../../../stack/guards/imageVersion.ts";
import { platformsIn } from "./imageVersion.ts";
import type { Repository } from "./repository.ts";

/** What is behind a tag. */
export interface FoundImage {
  /** `sha256:` and 64 hexadecimal digits: of the list where there is one, which is good for every platform in it. */
  readonly digest: string;
  /** Processors of its images for Linux, sorted. */
  readonly architectures: readonly string[];
}

/** A whole release and nothing else: no `latest`, no release candidate, no build for one processor. */
const RELEASE = /^v?\d+\.\d+\.\d+$/;

/** Numbers of a whole release. */
const PARTS = 3;

/** The newest of the published releases among tags, by the numbers of its version; undefined where there is none. */
export function newestRelease(tags: readonly string[]): string | undefined {
  const releases = tags.filter((tag) => RELEASE.test(tag));
  const [newest] = releases.toSorted((one, other) =>
    compareVersions(readVersion(other) ?? [0], readVersion(one) ?? [0], PARTS),
  );
  return newest;
}

/** The processor that the settings of one image name. */
function architectureIn(settings: unknown): readonly string[] {
  const { architecture } = (settings ?? {}) as { readonly architecture?: unknown };
  return typeof architecture === "string" ? [architecture] : [];
}

/**
 * Asks for a tag.
 *
 * @returns undefined where the repository has no such tag.
 * @throws RegistryError
 */
export async function findImage(repository: Repository, tag: string): Promise<FoundImage | undefined> {
  const found = await repository.manifest(tag);
  if (found === undefined) return undefined;
  const { digest, document } = found;
  const linux = platformsIn(document).flatMap(({ platform }) => /^linux\/(.+)$/.exec(platform)?.[1] ?? []);
  const { config } = document as { readonly config?: { readonly digest?: unknown } };
  const architectures =
    typeof config?.digest === "string" ? architectureIn(await repository.settings(config.digest)) : linux;
  return { digest, architectures: [...new Set(architectures)].sort() };
}
