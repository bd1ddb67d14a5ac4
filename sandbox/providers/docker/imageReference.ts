/** Parts of an image reference. Pure. Source: distribution/reference grammar. */

/** A reference, taken apart. */
export interface ImageReference {
  /** Name with the registry, as the daemon is asked for it. */
  readonly name: string;
  /** Digest where there is one, else tag, else `latest`. */
  readonly tagOrDigest: string;
  /** Host of the registry; `docker.io` when the name has none. */
  readonly registry: string;
}

/** Takes `registry/name:tag@sha256:…` apart. With a digest the tag means nothing and is dropped. */
export function parseImageReference(text: string): ImageReference {
  const [named = "", digest] = text.split("@");
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const name = hasTag ? named.slice(0, colon) : named;
  const first = name.split("/")[0] ?? "";
  const isHost = name.includes("/") && (/[.:]/.test(first) || first === "localhost");
  return {
    name,
    tagOrDigest: digest ?? (hasTag ? named.slice(colon + 1) : "latest"),
    registry: isHost ? first : "docker.io",
  };
}

/** Whether a text is an image's id on the host, which cannot be pulled. */
export function isImageId(text: string): boolean {
  return /^(sha256:)?[0-9a-f]{64}$/.test(text);
}
