/** The files of a mailbox, open: its own, by its password, and what waits for its owner, by the server's. */
import { mkdir, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import Database from "better-sqlite3-multiple-ciphers";
import { encrypt } from "../helpers/encrypt-decrypt.ts";
import { createStatement, type Table } from "../helpers/mongoose-to-sqlite.ts";
import setupPragma from "../helpers/setup-pragma.ts";

/** Upstream takes a file of this size or less, in bytes, for an empty mailbox: where it cannot be opened, it is deleted. */
export const INITIAL_DB_SIZE = 282_624;

const PARTS = ["", "-wal", "-shm"];

/** Bytes of a database, with what is still in its log. */
async function sizeOf(path: string): Promise<number> {
  const sizes = PARTS.slice(0, 2).map(
    async (part) => (await stat(`${path}${part}`).catch(() => undefined))?.size,
  );
  return (await Promise.all(sizes)).reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

interface Opened {
  readonly db: Database;
  readonly password: string;
}

const open = new Map<string, Opened>();

async function opened(path: string, password: string): Promise<Database> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const db = new Database(path);
  try {
    await setupPragma(db, { user: { password: encrypt(password) } });
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/**
 * A database, made with its tables where there is none. It stays open, as opening costs a derived key. Nothing where the
 * password is another one.
 */
export async function openFile(
  path: string,
  password: string,
  tables: readonly Table[],
): Promise<Database | undefined> {
  const known = open.get(path);
  if (known?.password === password) return known.db;
  const db = await opened(path, password).catch((error: unknown) => {
    if ((error as { responseCode?: number }).responseCode === 535) return undefined;
    throw error;
  });
  if (db === undefined) return undefined;
  for (const table of tables) db.exec(createStatement(table));
  closeFile(path);
  open.set(path, { db, password });
  return db;
}

/** Lets go of a database. */
export function closeFile(path: string): void {
  open.get(path)?.db.close();
  open.delete(path);
}

/** Deletes a database. */
export async function deleteFile(path: string): Promise<void> {
  closeFile(path);
  for (const part of PARTS) await rm(`${path}${part}`, { force: true });
}

/** True where upstream takes it for an empty mailbox. */
export async function isSmall(path: string): Promise<boolean> {
  return (await sizeOf(path)) <= INITIAL_DB_SIZE;
}
