/**
 * A tar stream of a folder whose bytes follow from the content alone (POSIX.1-2001 pax: ustar blocks, and an extended
 * header where a path is longer than 100 bytes).
 */
import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";

const BLOCK = 512;
const NAME_LIMIT = 100;

type EntryKind = "0" | "2" | "5" | "x";

interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
  readonly mode: number;
  readonly size: number;
  readonly link: string;
  /** User and group, which have one number. */
  readonly owner: number;
}

/** Number of the user that owns a path, which is relative and has no slash at its ends. */
export type OwnerOf = (path: string) => number;

/**
 * Yields the archive of everything below `folder`: names sorted by bytes, owner root where none is named, time zero. Hard
 * links become plain files; devices and sockets are refused.
 */
export async function* tarOf(folder: string, ownerOf: OwnerOf = () => 0): AsyncGenerator<Buffer> {
  yield* entriesBelow(folder, "", ownerOf);
  yield Buffer.alloc(2 * BLOCK);
}

async function* entriesBelow(root: string, prefix: string, ownerOf: OwnerOf): AsyncGenerator<Buffer> {
  const names = await readdir(join(root, prefix));
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const name of names) {
    const path = prefix === "" ? name : `${prefix}/${name}`;
    const stat = await lstat(join(root, path));
    const own = { mode: stat.mode & 0o7777, size: 0, link: "", owner: ownerOf(path) };
    if (stat.isDirectory()) {
      yield* header({ ...own, name: `${path}/`, kind: "5" });
      yield* entriesBelow(root, path, ownerOf);
    } else if (stat.isSymbolicLink()) {
      yield* header({ ...own, name: path, kind: "2", mode: 0o777, link: await readlink(join(root, path)) });
    } else if (stat.isFile()) {
      yield* header({ ...own, name: path, kind: "0", size: stat.size });
      yield* fileBlocks(join(root, path), stat.size);
    } else {
      throw new Error(
        `${join(root, path)} is neither file, folder nor symbolic link: an image layer cannot hold it`,
      );
    }
  }
}

async function* fileBlocks(path: string, size: number): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = chunk as Buffer;
    sent += bytes.length;
    yield bytes;
  }
  if (sent !== size) throw new Error(`${path} changed while it was packed`);
  if (size % BLOCK !== 0) yield Buffer.alloc(BLOCK - (size % BLOCK));
}

function* header(entry: Entry): Generator<Buffer> {
  const records = [
    ...(Buffer.byteLength(entry.name) > NAME_LIMIT ? [paxRecord("path", entry.name)] : []),
    ...(Buffer.byteLength(entry.link) > NAME_LIMIT ? [paxRecord("linkpath", entry.link)] : []),
  ].join("");
  if (records !== "") {
    const body = Buffer.from(records);
    yield block({ name: "pax", kind: "x", mode: 0o644, size: body.length, link: "", owner: 0 });
    yield body;
    if (body.length % BLOCK !== 0) yield Buffer.alloc(BLOCK - (body.length % BLOCK));
  }
  yield block(entry);
}

/** One `LENGTH KEY=VALUE\n` record; its length counts its own digits too. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function block(entry: Entry): Buffer {
  const bytes = Buffer.alloc(BLOCK);
  Buffer.from(entry.name).copy(bytes, 0, 0, NAME_LIMIT);
  bytes.write(octal(entry.mode, 8), 100);
  bytes.write(octal(entry.owner, 8), 108);
  bytes.write(octal(entry.owner, 8), 116);
  bytes.write(octal(entry.size, 12), 124);
  bytes.write(octal(0, 12), 136);
  bytes.write("        ", 148);
  bytes.write(entry.kind, 156);
  Buffer.from(entry.link).copy(bytes, 157, 0, NAME_LIMIT);
  bytes.write("ustar\0" + "00", 257, "latin1");
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}
