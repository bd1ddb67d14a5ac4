/**
 * What an alias's password encrypts: the mailbox `STORAGE/DOMAIN/NAME/cur`, with a proof of the password beside it. Mail
 * that arrives lies in `new` (`maildir.ts`), since who delivers knows no password; the next login takes it over.
 */
import { scryptSync } from "node:crypto";
import { readdir, readFile, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openBytes, sealBytes } from "../secrets.ts";
import { folderOf, makeFolder, namesIn, type MailboxName } from "./maildir.ts";

/** Upstream takes a file of this size or less, in bytes, for an empty mailbox: where it cannot be opened, it is deleted. */
export const INITIAL_DB_SIZE = 282_624;
/** Free bytes that a reset and a new encryption want: twice the quota of a mailbox. */
export const WANTED_FREE = 20 * 1024 ** 3;

const PROOF = Buffer.from("this mailbox opens with this password");

/** There is not as much room as upstream wants. */
export class NoRoom extends Error {}

/** Whose mailbox: its folder, and the id of the alias, which goes into the key. */
export interface Mailbox extends MailboxName {
  readonly id: string;
}

function keyOf({ id }: Mailbox, password: string): Buffer {
  return scryptSync(password, id, 32, { N: 4096 });
}

/** True when the password opens the mailbox; undefined where there is none yet. */
async function opens(folder: string, key: Buffer): Promise<boolean | undefined> {
  const proof = await readFile(join(folder, "proof")).catch(() => undefined);
  if (proof === undefined) return undefined;
  try {
    return openBytes(proof, key).equals(PROOF);
  } catch {
    return false;
  }
}

async function placed(path: string, bytes: Buffer): Promise<void> {
  await writeFile(`${path}.unfinished`, bytes, { mode: 0o600, flush: true });
  await rename(`${path}.unfinished`, path);
}

async function sizeOf(folder: string): Promise<number> {
  const names = await namesIn(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function madeAnew(folder: string, key: Buffer): Promise<void> {
  await rm(join(folder, "cur"), { recursive: true, force: true });
  await makeFolder(join(folder, "cur"));
  await placed(join(folder, "proof"), sealBytes(PROOF, key));
}

/**
 * Messages of a mailbox, the oldest first. One that the password does not open is deleted where it is small; a larger one
 * cannot be read, and nothing is answered.
 */
export async function readMailbox(
  storage: string,
  mailbox: Mailbox,
  password: string,
): Promise<Buffer[] | undefined> {
  const folder = folderOf(storage, mailbox);
  const key = keyOf(mailbox, password);
  await makeFolder(folder);
  if ((await opens(folder, key)) !== true) {
    if ((await sizeOf(join(folder, "cur"))) > INITIAL_DB_SIZE) return undefined;
    await madeAnew(folder, key);
  }
  for (const name of await namesIn(join(folder, "new"))) {
    const delivered = await readFile(join(folder, "new", name)).catch(() => undefined);
    // Another login takes the same over at this moment.
    if (delivered === undefined) continue;
    await placed(join(folder, "cur", name), sealBytes(delivered, key));
    await rm(join(folder, "new", name), { force: true });
  }
  return messages(folder, key);
}

async function messages(folder: string, key: Buffer): Promise<Buffer[]> {
  const names = (await readdir(join(folder, "cur"))).filter((name) => !name.endsWith(".unfinished"));
  // A name begins with the time of its delivery.
  return Promise.all(
    names.sort().map(async (name) => openBytes(await readFile(join(folder, "cur", name)), key)),
  );
}

async function wantRoom(storage: string): Promise<void> {
  const { bavail, bsize } = await statfs(storage);
  if (bavail * bsize < WANTED_FREE)
    throw new NoRoom(`${Math.floor((bavail * bsize) / 1024 ** 3)} GB are free, and 20 GB are wanted`);
}

/** Makes a mailbox anew for a password. What is in it is gone. */
export async function resetMailbox(storage: string, mailbox: Mailbox, password: string): Promise<void> {
  await wantRoom(storage);
  const folder = folderOf(storage, mailbox);
  await rm(folder, { recursive: true, force: true });
  await madeAnew(folder, keyOf(mailbox, password));
}

/** Encrypts a mailbox anew; false where the old password does not open it. */
export async function rekeyMailbox(
  storage: string,
  mailbox: Mailbox,
  old: string,
  password: string,
): Promise<boolean> {
  await wantRoom(storage);
  const folder = folderOf(storage, mailbox);
  const oldKey = keyOf(mailbox, old);
  const state = await opens(folder, oldKey);
  if (state === false) return false;
  const key = keyOf(mailbox, password);
  const names = await namesIn(join(folder, "cur"));
  const opened = await Promise.all(
    names.map(async (name) => openBytes(await readFile(join(folder, "cur", name)), oldKey)),
  );
  await makeFolder(join(folder, "cur"));
  for (const [index, name] of names.entries())
    await placed(join(folder, "cur", name), sealBytes(opened[index] ?? Buffer.alloc(0), key));
  await placed(join(folder, "proof"), sealBytes(PROOF, key));
  return true;
}
