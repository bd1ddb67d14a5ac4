/**
 * Writes container images as OCI image layouts (OCI Image Format Specification 1.1), with no container tool at hand.
 * The same content gives the same digests, so layers are shared by construction.
 */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress, type ZstdCompress } from "node:zlib";
import { tarOf, type OwnerOf } from "./tar.ts";

/** How layers are packed: each new host unpacks them again, and gzip costs it several times as much. */
export const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+zstd";

/** A stored blob. `digest` is `sha256:…`, `size` in bytes. */
export interface Blob {
  readonly digest: string;
  readonly size: number;
}

/** A packed layer; `diffId` is the digest of the archive before compression. */
export interface Layer extends Blob {
  readonly diffId: string;
}

/** What a container of the image runs as, in Docker's words. */
export interface ImageSettings {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string;
  /** User that a container runs as where it is not told otherwise; root where there is none. */
  readonly user?: string;
  /** `NAME=value` lines. */
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Every image bears this date: a date of the build would change the digest. */
const CREATED = "2026-01-01T00:00:00Z";

/**
 * Packs a folder as a layer blob into `blobs`, which holds files named by their digest's hexadecimal part. All is root's
 * where no owner is named.
 */
export function writeLayer(folder: string, blobs: string, ownerOf?: OwnerOf): Promise<Layer> {
  return packLayer(tarOf(folder, ownerOf), blobs);
}

/** The same for an archive that comes in pieces. */
export async function packLayer(archive: AsyncIterable<Buffer>, blobs: string): Promise<Layer> {
  await mkdir(blobs, { recursive: true });
  const plain = new Counted();
  const packed = new Counted();
  const partial = join(blobs, `.partial-${process.pid}-${partialNumber++}`);
  try {
    const zstd = createZstdCompress();
    const written = pipeline(zstd, packed, createWriteStream(partial));
    await Promise.all([
      written,
      pipeline(Readable.from(archive), plain, (bytes: AsyncIterable<Buffer>) => feed(bytes, zstd)),
    ]);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  const digest = packed.digest();
  await rename(partial, blobFile(blobs, digest));
  return { digest, size: packed.size, diffId: plain.digest() };
}

let partialNumber = 0;

/**
 * Writes piece by piece, each after the one before is packed. Ended while a piece still waits, the packer takes that one
 * for the last, and packs it in other bytes than without: it would depend on the machine's load.
 */
async function feed(bytes: AsyncIterable<Buffer>, zstd: ZstdCompress): Promise<void> {
  for await (const piece of bytes) {
    await new Promise<void>((done, failed) => {
      zstd.write(piece, (error) => {
        if (error) failed(error);
        else done();
      });
    });
  }
  zstd.end();
}

/**
 * Writes the layout of one image for this machine's architecture into `folder` (emptied before), its blobs linked from
 * `blobs`, and answers the digest of its manifest.
 */
export async function writeLayout(options: {
  folder: string;
  blobs: string;
  tag: string;
  layers: readonly Layer[];
  settings: ImageSettings;
}): Promise<string> {
  const target = join(options.folder, "blobs", "sha256");
  await rm(options.folder, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const digest of new Set(options.layers.map((layer) => layer.digest))) {
    await link(blobFile(options.blobs, digest), blobFile(target, digest));
  }
  const config = await writeJson(target, imageConfig(options.layers, options.settings));
  const manifest = await writeJson(target, {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: options.layers.map(({ digest, size }) => ({
      mediaType: LAYER_TYPE,
      digest,
      size,
    })),
  });
  const reference = { "org.opencontainers.image.ref.name": options.tag };
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      { mediaType: "application/vnd.oci.image.manifest.v1+json", ...manifest, annotations: reference },
    ],
  };
  await writeFile(join(options.folder, "index.json"), JSON.stringify(index));
  await writeFile(join(options.folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  return manifest.digest;
}

function imageConfig(layers: readonly Layer[], settings: ImageSettings): object {
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined)
    throw new Error(`images are built for x64 and arm64, not for ${process.arch}`);
  return {
    created: CREATED,
    architecture,
    os: "linux",
    config: {
      ...(settings.user === undefined ? {} : { User: settings.user }),
      Env: settings.environment,
      ...(settings.entrypoint.length > 0 ? { Entrypoint: settings.entrypoint } : {}),
      Cmd: settings.command,
      WorkingDir: settings.workingDirectory,
      Labels: settings.labels,
    },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map(() => ({ created: CREATED, created_by: "mailstead sandbox" })),
  };
}

async function writeJson(blobs: string, value: object): Promise<Blob> {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  await writeFile(blobFile(blobs, digest), bytes);
  return { digest, size: bytes.length };
}

/** Path of a blob in a folder of blobs. */
export function blobFile(blobs: string, digest: string): string {
  return join(blobs, digest.replace("sha256:", ""));
}

/** Passes bytes on, and knows their number and digest. */
class Counted extends Transform {
  size = 0;
  readonly #hash = createHash("sha256");

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.size += chunk.length;
    this.#hash.update(chunk);
    done(null, chunk);
  }

  digest(): string {
    return `sha256:${this.#hash.digest("hex")}`;
  }
}
