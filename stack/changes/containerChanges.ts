/** Which containers a change of the plan adds, takes away or starts anew. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Plan } from "../model/plan.ts";

/** Hash of all that a container is made from, by its name: {@link DIGITS} hexadecimal digits. */
export type ContainerHashes = Readonly<Record<string, string>>;

/** Hashes of 12 digits are of an earlier version, which hashed the order of starts too: they compare with none of ours. */
const DIGITS = 16;

/** Hashes as the stack's output has them. */
export const containerHashesSchema = z.record(z.string(), z.hex().length(DIGITS));

/** Names of containers. */
export interface ContainerChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** They stop and start again: their settings, their image, or a file that they read is another. */
  readonly restarted: readonly string[];
}

/**
 * Hashes of the planned containers.
 *
 * Late values are left out: what is known only after resources exist does not change by an edit of the configuration.
 * So is the order of starts: another one makes no container anew.
 */
export function containerHashes({
  containers,
  images,
  files,
}: Pick<Plan, "containers" | "images" | "files">) {
  const contents = new Map(files.map(({ role, content }) => [role, content]));
  const references = new Map(images.map(({ role, reference }) => [role, reference]));
  const hash = (container: Plan["containers"][number]): string =>
    createHash("sha256")
      .update(
        JSON.stringify([
          { ...container, startsAfter: undefined },
          references.get(container.image),
          container.reads.map((role) => contents.get(role)),
        ]),
      )
      .digest("hex")
      .slice(0, DIGITS);
  return Object.fromEntries(containers.map((container) => [container.name, hash(container)]));
}

/** Compares two plans' hashes; names are in the order of `after`, those that are gone in that of `before`. */
export function compareContainers(before: ContainerHashes, after: ContainerHashes): ContainerChanges {
  const names = Object.keys(after);
  return {
    added: names.filter((name) => !Object.hasOwn(before, name)),
    removed: Object.keys(before).filter((name) => !Object.hasOwn(after, name)),
    restarted: names.filter((name) => Object.hasOwn(before, name) && before[name] !== after[name]),
  };
}
