/** Mailboxes on disk, as Maildirs: `STORAGE/DOMAIN/NAME/{tmp,new}`. */
import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";

/** Delivers a message: on disk under `tmp`, then visible under `new`. */
export async function addToMaildir(
  storage: string,
  mailbox: { domain: string; name: string },
  raw: Buffer,
): Promise<void> {
  const folder = join(storage, mailbox.domain, mailbox.name);
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

/** Messages of an address, the oldest first; none where it never got mail. What cannot be read is an error. */
export async function messagesOf(storage: string, address: string): Promise<Buffer[]> {
  const [name = "", domain = ""] = address.split("@");
  const folder = join(storage, domain, name, "new");
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  // A name begins with the time of its delivery.
  return Promise.all(names.sort().map((file) => readFile(join(folder, file))));
}
