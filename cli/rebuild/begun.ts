/** What is remembered of a planned rebuild until it has ended, so that one that broke off goes on and begins no other. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { sshDirectory } from "../../components/sshFiles.ts";
import { projectFolder } from "../engine.ts";

const begunSchema = z.object({
  /** Generation that it makes. */
  generation: z.int(),
  /** Id at the vendor of the server that goes. */
  server: z.string(),
  /** Hash of the stack's file with the generation in it. */
  file: z.string(),
  /** A snapshot was made before; null where none was wanted. */
  snapshot: z.string().nullable(),
  /** Port 25 was open before; also where the server did not answer. */
  mailCameIn: z.boolean(),
});

export type Begun = z.infer<typeof begunSchema>;

function markOf(stack: string): string {
  return join(projectFolder(), sshDirectory(stack), "rebuild.json");
}

/** Hash of a stack's file. */
export function hashFile(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A rebuild that has not ended; undefined where there is none. */
export function readBegun(stack: string): Begun | undefined {
  try {
    return begunSchema.parse(JSON.parse(readFileSync(markOf(stack), "utf8")));
  } catch {
    return undefined;
  }
}

export function writeBegun(stack: string, begun: Begun): void {
  const path = markOf(stack);
  mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${JSON.stringify(begun)}\n`);
  renameSync(`${path}.new`, path);
}

export function forgetBegun(stack: string): void {
  rmSync(markOf(stack), { force: true });
}
