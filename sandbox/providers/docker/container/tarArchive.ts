/** A tar archive in memory, as `PUT /containers/{id}/archive` takes it. Pure. Source: POSIX.1-2017 pax, ustar format. */

const BLOCK = 512;

/** One file of an archive. */
export interface ArchiveFile {
  /** Relative path, at most 100 bytes. */
  readonly path: string;
  readonly content: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

/** Packs files, owned by root. Throws when a path is too long. */
export function tarArchive(files: readonly ArchiveFile[]): Buffer {
  const parts = files.flatMap((file) => [header(file), file.content, padding(file.content.length)]);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(file: ArchiveFile): Buffer {
  if (Buffer.byteLength(file.path) > 100) throw new Error(`upload path is too long: ${file.path}`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  block.write(file.path, 0);
  block.write(`${octal(file.mode, 7)}\0`, 100);
  block.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 108);
  block.write(`${octal(file.content.length, 11)}\0${octal(0, 11)}\0`, 124);
  // The checksum is taken with its own field full of blanks.
  block.write("        0", 148);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function padding(length: number): Buffer {
  return Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK);
}
