/** Mail that was delivered and not read yet, as Maildirs: `STORAGE/DOMAIN/NAME/{tmp,new}`. */
import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename } from "node:fs/promises";
import { join } from "node:path";

/** Whose folder. */
export interface MailboxName {
  readonly domain: string;
  readonly name: string;
}

/** Folder of a mailbox. */
export function folderOf(storage: string, { domain, name }: MailboxName): string {
  return join(storage, domain, name);
}

/** Delivers a message: on disk under `tmp`, then visible under `new`. */
export async function addToMaildir(storage: string, mailbox: MailboxName, raw: Buffer): Promise<void> {
  const folder = folderOf(storage, mailbox);
  for (const name of ["tmp", "new"]) await makeFolder(join(folder, name));
  const name = `${String(Date.now())}.${randomUUID()}.mailstead`;
  const file = await open(join(folder, "tmp", name), "wx", 0o600);
  try {
    await file.writeFile(raw);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(join(folder, "tmp", name), join(folder, "new", name));
}

/** Makes a folder for the process's own user alone. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** Names in a folder, sorted; none where there is no folder. What cannot be read is an error. */
export async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  return names.sort();
}
