/** What the layers of the stand-in images are made of. */
import { createHash } from "node:crypto";
import { chmod, copyFile, cp, mkdir, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureGo } from "../engine/go.ts";
import { cacheDir } from "../groundPlan.ts";
import { bundleApp } from "./appBundle.ts";
import { compileApp } from "./appCompiled.ts";
import { extractPackages, pathsBelow, subtract } from "./debian.ts";
import { run } from "./process.ts";

/** How one layer is made. The layer is made again when `inputs` changes. */
export interface LayerRecipe {
  readonly name: string;
  readonly inputs: string;
  /** Folders whose whole content is a user's, and that user; all else is root's. */
  readonly owned?: { readonly folders: readonly string[]; readonly user: number };
  make(folder: string): Promise<void>;
}

/** User and group number that the app's newer image, Mongo's and Redis' have in common. */
export const IMAGE_USER = 999;

const HERE = import.meta.dirname;
const BASE = ["base-files", "libc6", "libstdc++6", "busybox-static", "netbase", "tzdata"];

/** C library, a shell and the users. */
export async function baseLayer(): Promise<LayerRecipe> {
  return {
    name: "base",
    inputs: BASE.join() + (await hashOfTree(join(HERE, "files/base"))),
    async make(folder) {
      await extractPackages(BASE, folder);
      await cp(join(HERE, "files/base"), folder, { recursive: true });
      const present = new Set(await readdir(join(folder, "usr/bin")));
      for (const applet of (await run(join(folder, "usr/bin/busybox"), ["--list"])).trim().split("\n")) {
        if (!present.has(applet)) await symlink("busybox", join(folder, "usr/bin", applet));
      }
    },
  };
}

/** The running Node, without its symbols. */
export function nodeLayer(nodeBinary: string): LayerRecipe {
  return {
    name: "node",
    inputs: nodeBinary === process.execPath ? process.version : nodeBinary,
    async make(folder) {
      const target = join(folder, "usr/local/bin/node");
      await mkdir(join(folder, "usr/local/bin"), { recursive: true });
      await copyFile(nodeBinary, target);
      await run("strip", [target]);
      await chmod(target, 0o755);
    },
  };
}

/** A user of an image, added to those of the base. */
async function addUser(folder: string, name: string, home: string): Promise<void> {
  await mkdir(join(folder, "etc"), { recursive: true });
  const id = String(IMAGE_USER);
  const lines = { passwd: `${name}:x:${id}:${id}::${home}:/bin/sh\n`, group: `${name}:x:${id}:\n` };
  for (const [file, line] of Object.entries(lines)) {
    await writeFile(
      join(folder, "etc", file),
      (await readFile(join(HERE, "files/base/etc", file), "utf8")) + line,
    );
  }
}

/**
 * The two kinds of app image. Upstream's ended without a user until a141bd5; at 0e4ff4c it makes the system user
 * `forwardemail`, gives it the app's folder and the folder of mailboxes, and ends with `USER forwardemail`.
 */
export type AppKind = "own user" | "root";

function ownedBy(kind: AppKind): Pick<LayerRecipe, "owned"> {
  return kind === "root" ? {} : { owned: { folders: ["app", "mnt/sqlite_storage"], user: IMAGE_USER } };
}

/** The stand-in programs' own packages, from the lockfile. */
export async function modulesLayer(kind: AppKind): Promise<LayerRecipe> {
  const manifests = ["package.json", "package-lock.json"];
  const texts = await Promise.all(manifests.map((name) => readFile(join(HERE, "app", name), "utf8")));
  return {
    name: "modules",
    inputs: texts.join(),
    ...ownedBy(kind),
    async make(folder) {
      const app = join(folder, "app");
      await mkdir(app, { recursive: true });
      for (const name of manifests) await copyFile(join(HERE, "app", name), join(app, name));
      await run(
        "npm",
        ["ci", "--prefer-offline", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"],
        { cwd: app },
      );
      for (const path of await pathsBelow(app)) {
        if (/\.(map|md|d\.ts|d\.[cm]ts)$/.test(path)) await rm(join(app, path));
      }
      await keepOwnBinary(join(app, "node_modules/better-sqlite3-multiple-ciphers"));
    },
  };
}

/** Of a package that comes with its sources and a binary for each machine, the binary of this machine. */
async function keepOwnBinary(folder: string): Promise<void> {
  for (const path of ["deps", "src"]) await rm(join(folder, path), { recursive: true });
  for (const name of await readdir(join(folder, "prebuilds")))
    if (name !== `linux-${process.arch}.node`) await rm(join(folder, "prebuilds", name));
}

/** Upstream's two; and small young generations: a dozen Node processes share one small host. */
export const APP_ENVIRONMENT = [
  "SELF_HOSTED=true",
  "NODE_ENV=production",
  "NODE_OPTIONS=--max-semi-space-size=1",
];

/** What makes the programs ready, of which the layer is made anew when it changes. */
const MAKERS = ["appBundle.ts", "appCompiled.ts"];

/** The stand-in programs. */
export async function appLayer(kind: AppKind, node: string): Promise<LayerRecipe> {
  const makers = await Promise.all(MAKERS.map((name) => readFile(join(HERE, name), "utf8")));
  const programs = (await readdir(join(HERE, "app"))).filter((name) => name !== "node_modules").sort();
  return {
    name: "app",
    inputs:
      kind +
      nodeLayer(node).inputs +
      (await hashOfTree(join(HERE, "app"), new Set(["node_modules"]))) +
      makers.join(""),
    ...ownedBy(kind),
    async make(folder) {
      for (const path of ["app/ssl", "mnt/sqlite_storage"])
        await mkdir(join(folder, path), { recursive: true });
      for (const name of programs)
        await cp(join(HERE, "app", name), join(folder, "app", name), { recursive: true });
      const [source, app] = [join(HERE, "app"), join(folder, "app")];
      await bundleApp(source, app);
      // Containers run as either on both kinds of image.
      const users = [0, IMAGE_USER];
      await compileApp(source, app, { node, users, environment: APP_ENVIRONMENT });
      if (kind === "own user") await addUser(folder, "forwardemail", "/app");
    },
  };
}

/** Where the app's image has the roots that its programs trust beside the public ones. */
export const TRUST_FILE = "etc/ssl/roots.pem";

/** Roots of the world in which the image runs: the ACME server's, as the public ones are in upstream's Node. */
export function trustLayer(pem: string): LayerRecipe {
  return {
    name: "trust",
    inputs: pem,
    async make(folder) {
      await mkdir(join(folder, "etc/ssl"), { recursive: true });
      await writeFile(join(folder, TRUST_FILE), pem);
    },
  };
}

/** nginx with its stream module, logging to the container's output as the official image does. */
export async function nginxLayer(): Promise<LayerRecipe> {
  return packageLayer("nginx", ["nginx", "libnginx-mod-stream"], async (folder) => {
    for (const path of ["var/log/nginx", "var/lib/nginx", "var/cache/nginx"]) {
      await mkdir(join(folder, path), { recursive: true });
    }
    for (const [name, target] of [
      ["access.log", "/dev/stdout"],
      ["error.log", "/dev/stderr"],
    ] as const) {
      await rm(join(folder, "var/log/nginx", name), { force: true });
      await symlink(target, join(folder, "var/log/nginx", name));
    }
  });
}

/** Redis, beyond the base, with what its entry point becomes its own user by. */
export async function redisLayer(): Promise<LayerRecipe> {
  const recipe = await packageLayer("redis", ["redis-server", "util-linux"], async (folder) => {
    await mkdir(join(folder, "data"), { recursive: true });
    await addUser(folder, "redis", "/data");
  });
  return { ...recipe, owned: { folders: ["data"], user: IMAGE_USER } };
}

/** What the entry point of Mongo becomes its own user by. */
export function gosuLayer(): Promise<LayerRecipe> {
  return packageLayer("gosu", ["gosu"], () => Promise.resolve());
}

/** The MongoDB stand-in, built from its pinned modules. */
export async function mongoLayer(): Promise<LayerRecipe> {
  const source = join(HERE, "mongo");
  return {
    name: "mongo",
    inputs: (await hashOfTree(source)) + (await hashOfTree(join(HERE, "files/mongo"))),
    owned: { folders: ["data/db", "data/configdb"], user: IMAGE_USER },
    async make(folder) {
      await cp(join(HERE, "files/mongo"), folder, { recursive: true });
      const target = join(folder, "usr/local/bin/mongod");
      await run(
        await ensureGo(cacheDir),
        ["build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", target, "."],
        {
          cwd: source,
          env: { CGO_ENABLED: "0" },
        },
      );
      await symlink("mongod", join(folder, "usr/local/bin/mongosh"));
      for (const path of ["data/db", "data/configdb", "backups"])
        await mkdir(join(folder, path), { recursive: true });
      await addUser(folder, "mongodb", "/data/db");
    },
  };
}

/** A layer that changes an image's digest, and puts what `files/variants` has for the variant over it. */
export async function variantLayer(variant: string): Promise<LayerRecipe> {
  const files = join(HERE, "files/variants", variant);
  const own = existsSync(files);
  return {
    name: `variant-${variant}`,
    inputs: variant + (own ? await hashOfTree(files) : ""),
    async make(folder) {
      if (own) await cp(files, folder, { recursive: true });
      await mkdir(join(folder, "etc"), { recursive: true });
      await writeFile(join(folder, "etc/variant"), `${variant}\n`);
    },
  };
}

async function packageLayer(
  name: string,
  packages: readonly string[],
  finish: (folder: string) => Promise<void>,
): Promise<LayerRecipe> {
  const files = join(HERE, "files", name);
  return {
    name,
    inputs: [...BASE, ...packages].join() + (await hashOfTree(files)),
    async make(folder) {
      const base = `${folder}-base`;
      try {
        await mkdir(base);
        await extractPackages(BASE, base);
        await extractPackages([...BASE, ...packages], folder);
        await subtract(folder, new Set(await pathsBelow(base)));
      } finally {
        await rm(base, { recursive: true, force: true });
      }
      await cp(files, folder, { recursive: true, force: true }).catch(ignoreAbsent);
      await finish(folder);
    },
  };
}

function ignoreAbsent(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}

/** Digest of a folder's names and contents; of nothing, where there is no folder. */
async function hashOfTree(folder: string, without: ReadonlySet<string> = new Set()): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    ignoreAbsent(error);
    return [];
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (without.has(entry.name)) continue;
    const path = join(folder, entry.name);
    hash
      .update(`${entry.name}\0`)
      .update(entry.isDirectory() ? await hashOfTree(path) : await readFile(path));
  }
  return hash.digest("hex");
}
