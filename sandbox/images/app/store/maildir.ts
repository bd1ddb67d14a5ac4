/** Writes to Maildirs: `STORAGE/DOMAIN/NAME/{tmp,new,cur}`. */
import { randomUUID } from "node:crypto";
import { chown, mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";

/** The user that Dovecot reads mail as (`vmail` of the image). */
export const MAIL_USER = 1000;

/** Delivers a message: on disk under `tmp`, then visible under `new`. */
export async function addToMaildir(
  storage: string,
  mailbox: { domain: string; name: string },
  raw: Buffer,
): Promise<void> {
  const folder = join(storage, mailbox.domain, mailbox.name);
  await makeFolder(join(storage, mailbox.domain));
  await makeFolder(folder);
  for (const name of ["tmp", "new", "cur"]) await makeFolder(join(folder, name));
  // Bare line feeds, as Maildirs have them (Dovecot turns them back); S= is the size on disk.
  const text = raw.toString("latin1").replaceAll("\r\n", "\n");
  const name = `${String(Date.now())}.${randomUUID()}.mailstead,S=${String(text.length)}`;
  const file = await open(join(folder, "tmp", name), "wx", 0o600);
  try {
    await file.writeFile(text, "latin1");
    await give(file);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(join(folder, "tmp", name), join(folder, "new", name));
}

/** Makes a folder that Dovecot may write to. */
export async function makeFolder(path: string): Promise<void> {
  if ((await mkdir(path, { recursive: true, mode: 0o700 })) === undefined) return;
  if (process.getuid?.() === 0) await chown(path, MAIL_USER, MAIL_USER);
}

async function give(file: { chown(user: number, group: number): Promise<void> }): Promise<void> {
  if (process.getuid?.() === 0) await file.chown(MAIL_USER, MAIL_USER);
}
