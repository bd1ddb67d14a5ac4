/** One JSON file as the memory of a vendor: read at start, written whole and atomically after each change. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { ZodType } from "zod";

/** Data in memory and the way to make it last. */
export interface JsonStore<T> {
  readonly data: T;
  /** Writes the data to disk before it returns, so that no answer is given that a restart forgets. */
  save(): void;
}

/**
 * Opens a store.
 * @throws Error naming the file when it holds something else than the schema says.
 */
export function openStore<T>(path: string, schema: ZodType<T>, initial: T): JsonStore<T> {
  mkdirSync(dirname(path), { recursive: true });
  const data = existsSync(path) ? read(path, schema) : initial;
  const store = {
    data,
    save(): void {
      const fresh = `${path}.new`;
      writeFileSync(fresh, `${JSON.stringify(data, undefined, 1)}\n`, { mode: 0o600 });
      renameSync(fresh, path);
    },
  };
  store.save();
  return store;
}

function read<T>(path: string, schema: ZodType<T>): T {
  const result = schema.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!result.success) throw new Error(`${path} does not hold a vendor's state: ${result.error.message}`);
  return result.data;
}
