/** Builds the stand-in images: app, nginx, mongo and redis under the names that the mail stack pulls them by. */
import { createHash } from "node:crypto";
import { access, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { compiledEnvironment } from "./appCompiled.ts";
import * as layers from "./layers.ts";
import { blobFile, LAYER_TYPE, writeLayer, writeLayout, type ImageSettings, type Layer } from "./oci.ts";
import { writeWhole } from "../process/writeWhole.ts";

/** Release tag of the app stand-in. */
export const STANDIN_RELEASE = "v1.0.0";

/** Names that the images are pulled by. The tags are names only: what is inside is Debian's. */
export const STANDIN_REFERENCES = {
  app: `ghcr.io/forwardemail/forwardemail.net-selfhosted:${STANDIN_RELEASE}`,
  nginx: "docker.io/library/nginx:1.28",
  mongo: "docker.io/library/mongo:8.0",
  redis: "docker.io/library/redis:7.4",
} as const;

/** An image of the stack, by its role in the plan. */
export type ImageRole = keyof typeof STANDIN_REFERENCES;

/** How the images are built. */
export interface BuildOptions {
  /** Folder that keeps layers and layouts between builds. */
  readonly cacheDir: string;
  /** Brings a layout to the registry under a reference with a tag, and answers the digest that the registry names. */
  push(layoutDir: string, reference: string): Promise<string>;
  /**
   * Builds the app image alone, with the tag `v1.0.0-VARIANT` and another digest. It is of upstream's older kind, which
   * runs as root: so a change of the digest goes between both kinds. What is in `files/variants/VARIANT` lies over it.
   */
  readonly variant?: string;
  /** PEM of the roots that the app's programs trust beside the public ones, as the world's in which the image runs. */
  readonly trust?: string;
  /** Node that goes into the app image; the running one by default. */
  readonly nodeBinary?: string;
  /** Told of every layer that had to be made, with its duration in seconds. */
  readonly onLayer?: (name: string, seconds: number) => void;
}

/** An image at the registry: a reference with a tag, and the digest of its manifest. */
export interface BuiltImage {
  readonly reference: string;
  readonly digest: string;
}

/**
 * Builds every image and pushes it. Layers are kept by the hash of what they are made of, so a second build makes none.
 * Throws when the registry names another digest than the layout has.
 */
export async function buildImages(options: BuildOptions & { variant: string }): Promise<{ app: BuiltImage }>;
export async function buildImages(options: BuildOptions): Promise<Record<ImageRole, BuiltImage>>;
export async function buildImages(options: BuildOptions): Promise<Partial<Record<ImageRole, BuiltImage>>> {
  const roles: readonly ImageRole[] =
    options.variant === undefined ? (Object.keys(STANDIN_REFERENCES) as ImageRole[]) : ["app"];
  const built: Partial<Record<ImageRole, BuiltImage>> = {};
  // What a build left that was killed.
  await rm(join(options.cacheDir, "work"), { recursive: true, force: true });
  for (const role of roles) built[role] = await buildImage(role, options);
  return built;
}

async function buildImage(role: ImageRole, options: BuildOptions): Promise<BuiltImage> {
  const reference = STANDIN_REFERENCES[role] + (options.variant === undefined ? "" : `-${options.variant}`);
  const blobs = join(options.cacheDir, "blobs");
  const made: Layer[] = [];
  for (const recipe of await recipesOf(role, options)) made.push(await cachedLayer(recipe, options));
  const tag = reference.slice(reference.lastIndexOf(":") + 1);
  const folder = join(options.cacheDir, "layouts", `${role}-${tag}`);
  const settings = settingsOf(role, tag, options);
  const digest = await writeLayout({ folder, blobs, tag, layers: made, settings });
  const pushed = await options.push(folder, reference);
  if (pushed !== digest) throw new Error(`${reference}: the registry has ${pushed}, the layout ${digest}`);
  return { reference, digest };
}

function kindOf({ variant }: BuildOptions): layers.AppKind {
  return variant === undefined ? "own user" : "root";
}

async function recipesOf(role: ImageRole, options: BuildOptions): Promise<layers.LayerRecipe[]> {
  const base = await layers.baseLayer();
  if (role === "nginx") return [base, await layers.nginxLayer()];
  if (role === "redis") return [base, await layers.redisLayer()];
  if (role === "mongo") return [base, await layers.gosuLayer(), await layers.mongoLayer()];
  const node = options.nodeBinary ?? process.execPath;
  return [
    base,
    layers.nodeLayer(node),
    await layers.modulesLayer(kindOf(options)),
    await layers.appLayer(kindOf(options), node),
    ...(options.trust === undefined ? [] : [layers.trustLayer(options.trust)]),
    ...(options.variant === undefined ? [] : [await layers.variantLayer(options.variant)]),
  ];
}

const environments: Partial<Record<ImageRole, readonly string[]>> = {
  app: [...layers.APP_ENVIRONMENT, ...compiledEnvironment("/app")],
};

function settingsOf(role: ImageRole, version: string, options: BuildOptions): ImageSettings {
  const own: Record<ImageRole, Omit<ImageSettings, "environment" | "labels">> = {
    app: { entrypoint: [], command: ["node", "web.js"], workingDirectory: "/app" },
    nginx: { entrypoint: [], command: ["nginx", "-g", "daemon off;"], workingDirectory: "/" },
    mongo: { entrypoint: ["docker-entrypoint.sh"], command: ["mongod"], workingDirectory: "/" },
    redis: { entrypoint: ["docker-entrypoint.sh"], command: ["redis-server"], workingDirectory: "/data" },
  };
  return {
    ...own[role],
    ...(role === "app" && kindOf(options) === "own user" ? { user: "forwardemail" } : {}),
    environment: [
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
      ...(environments[role] ?? []),
      ...(role === "app" && options.trust !== undefined ? [`NODE_EXTRA_CA_CERTS=/${layers.TRUST_FILE}`] : []),
    ],
    labels: {
      "org.opencontainers.image.title": `mailstead sandbox stand-in: ${role}`,
      "org.opencontainers.image.version": version,
    },
  };
}

/** Number of the user that owns a path of a layer. */
function ownerIn({ owned }: layers.LayerRecipe, path: string): number {
  const isTheirs = owned?.folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
  return owned !== undefined && isTheirs === true ? owned.user : 0;
}

async function cachedLayer(recipe: layers.LayerRecipe, options: BuildOptions): Promise<Layer> {
  const key = createHash("sha256")
    .update(`${recipe.name}\0${recipe.inputs}\0${LAYER_TYPE}\0${JSON.stringify(recipe.owned ?? null)}`)
    .digest("hex")
    .slice(0, 24);
  const note = join(options.cacheDir, "layers", `${recipe.name}-${key}.json`);
  const blobs = join(options.cacheDir, "blobs");
  const known = await readNote(note, blobs);
  if (known !== undefined) return known;
  const started = performance.now();
  const folder = join(options.cacheDir, "work", `${recipe.name}-${process.pid}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await recipe.make(folder);
    const layer = await writeLayer(folder, blobs, (path) => ownerIn(recipe, path));
    await mkdir(join(options.cacheDir, "layers"), { recursive: true });
    await writeWhole(note, JSON.stringify(layer));
    options.onLayer?.(recipe.name, (performance.now() - started) / 1000);
    return layer;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readNote(note: string, blobs: string): Promise<Layer | undefined> {
  try {
    const layer = JSON.parse(await readFile(note, "utf8")) as Layer;
    await access(blobFile(blobs, layer.digest));
    return layer;
  } catch {
    return undefined;
  }
}
