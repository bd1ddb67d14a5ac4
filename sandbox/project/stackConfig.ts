/**
 * The stack configuration as the sandbox's commands see it: `Pulumi.dev.yaml` with the digests of the images that
 * this sandbox built.
 *
 * `sandbox/run` mounts the result over `Pulumi.dev.yaml` in a mount namespace of its own, so the engine can write
 * its encryption salt and settings there and the checkout stays as it is in git.
 */
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parse, parseDocument } from "yaml";

/** Digest of each image, by its role in the plan. */
export type ImageDigests = Readonly<Record<string, { readonly reference: string; readonly digest: string }>>;

const IMAGES_KEY = "mailstead:mail";
const SALT_KEY = "encryptionsalt";

/**
 * Text of the stack configuration: the checkout's file, the digests in `mailstead:mail`, and the salt that an
 * earlier run of the engine wrote.
 */
export function mergeStackConfig(source: string, digests: ImageDigests, earlier?: string): string {
  const document = parseDocument(source);
  for (const [role, { reference, digest }] of Object.entries(digests)) {
    const tag = reference.slice(reference.lastIndexOf(":") + 1);
    document.setIn(["config", IMAGES_KEY, "images", role], { tag, digest });
  }
  const salt = earlier === undefined ? undefined : (parse(earlier) as Record<string, unknown>)[SALT_KEY];
  if (salt !== undefined) document.set(SALT_KEY, salt);
  return document.toString({ lineWidth: 0 });
}

/**
 * Writes a checkout's stack configuration.
 *
 * The state is the sandbox's and is shared, so a checkout that has none yet takes the salt of another one.
 */
export function writeStackConfig(projectFolder: string, runFolder: string, target: string): void {
  const digests = JSON.parse(readFileSync(join(runFolder, "images.json"), "utf8")) as ImageDigests;
  const source = readFileSync(join(projectFolder, "Pulumi.dev.yaml"), "utf8");
  const [earlier] = [target, ...othersOf(runFolder)].filter(existsSync);
  const text = mergeStackConfig(
    source,
    digests,
    earlier === undefined ? undefined : readFileSync(earlier, "utf8"),
  );
  writeFileSync(`${target}.new`, text);
  renameSync(`${target}.new`, target);
}

/** Configurations of other checkouts, the oldest first: that one has seen the stack made. */
function othersOf(runFolder: string): string[] {
  const stacks = join(runFolder, "stacks");
  return readdirSync(stacks)
    .map((name) => join(stacks, name))
    .toSorted((left, right) => statSync(left).birthtimeMs - statSync(right).birthtimeMs)
    .map((folder) => join(folder, "Pulumi.dev.yaml"));
}

if (process.argv[1] === import.meta.filename) {
  const [projectFolder, runFolder, target] = process.argv.slice(2);
  if (projectFolder === undefined || runFolder === undefined || target === undefined)
    throw new Error("usage: stackConfig.ts PROJECT RUN TARGET");
  writeStackConfig(projectFolder, runFolder, target);
}
