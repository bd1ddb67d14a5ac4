/**
 * Files of a stack and what the engine makes of them: `values.jsonl` has values of one key, `files.jsonl` whole files.
 * Each was asked of pulumi 3.259; test/component/stackFileEngine.long.test.ts asks again.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One file. */
export interface StackFileCase {
  readonly name: string;
  readonly bytes: Buffer;
  /** Values by key, as the program gets them; undefined where the engine refuses the file. */
  readonly values: Readonly<Record<string, string>> | undefined;
  /** We name a fault where the engine takes the file: what it makes of such lines is no one's guess. */
  readonly stricter: boolean;
  /** The engine is asked again only in a long run: each question is a process. */
  readonly rare: boolean;
}

function lines(name: string): unknown[] {
  const text = readFileSync(join(import.meta.dirname, "stackFiles", name), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}

/** YAML of one value, and the text that the program gets; null where the engine refuses it. */
export const VALUES = lines("values.jsonl") as (readonly [yaml: string, text: string | null])[];

/** Whole files. */
export const FILES: readonly StackFileCase[] = (
  lines("files.jsonl") as {
    readonly name: string;
    readonly text?: string;
    readonly base64?: string;
    readonly values: Readonly<Record<string, string>> | null;
    readonly stricter?: boolean;
    readonly rare?: boolean;
  }[]
).map(({ name, text = "", base64, values, stricter = false, rare = false }) => ({
  name,
  bytes: base64 === undefined ? Buffer.from(text) : Buffer.from(base64, "base64"),
  values: values ?? undefined,
  stricter,
  rare,
}));

/** A file with one key. */
export function fileOf(yaml: string): Buffer {
  return Buffer.from(`config:\n  mailstead:z: ${yaml}\n`);
}

/** The same value whatever the order of keys in JSON is. */
export function canonical(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
