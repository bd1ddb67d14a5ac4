/**
 * Mailboxes, each a SQLite file that the password of its alias encrypts: `STORAGE/ID.sqlite`. Mail that arrives waits in
 * `STORAGE/ID-tmp.sqlite`, since who delivers knows no password; the next login takes it over.
 */
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "better-sqlite3-multiple-ciphers";
import { buffer } from "node:stream/consumers";
import { variables } from "../config/env.ts";
import AttachmentStorage from "../helpers/attachment-storage.ts";
import Indexer from "../helpers/indexer.ts";
import { insert, syncConvertResult } from "../helpers/mongoose-to-sqlite.ts";
import Attachments from "../models/attachments.ts";
import Mailboxes, { newId, type Folder } from "../models/mailboxes.ts";
import Messages, { type Message } from "../models/messages.ts";
import TemporaryMessages from "../models/temporary-messages.ts";
import { Cannot } from "./cannot.ts";
import { closeFile, deleteFile, isSmall, openFile } from "./files.ts";

export { INITIAL_DB_SIZE } from "./files.ts";
/** Free bytes that a reset and a new encryption want: twice the quota of a mailbox. */
export const WANTED_FREE = 20 * 1024 ** 3;

/** There is not as much room as upstream wants. */
export class NoRoom extends Error {}

/** A message as it is read. */
export interface Stored {
  readonly uid: number;
  readonly flags: readonly string[];
  /** ISO 8601. */
  readonly idate: string;
  readonly raw: Buffer;
}

const indexer = new Indexer({ attachmentStorage: new AttachmentStorage() });
const FOLDERS: Readonly<Record<string, string>> = {
  INBOX: "\\Inbox",
  Drafts: "\\Drafts",
  "Sent Mail": "\\Sent",
  Archive: "\\Archive",
  Spam: "\\Junk",
  Trash: "\\Trash",
};

const TABLES = [Mailboxes, Messages, Attachments];

const fileOf = (storage: string, id: string): string => join(storage, `${id}.sqlite`);
const waitingOf = (storage: string, id: string): string => join(storage, `${id}-tmp.sqlite`);

function openWaiting(storage: string, id: string): Promise<Database | undefined> {
  const [secret = ""] = (variables["API_SECRETS"] ?? "").split(",");
  return openFile(waitingOf(storage, id), secret, [TemporaryMessages]);
}

/** Keeps a message until its owner logs in. Resolves once it is on disk. */
export async function deliver(storage: string, id: string, raw: Buffer): Promise<void> {
  const db = await openWaiting(storage, id);
  if (db === undefined) throw new Error("what waits cannot be opened with this API secret");
  insert(db, TemporaryMessages, { _id: newId(), date: new Date(), remoteAddress: "127.0.0.1", raw });
}

/**
 * A mailbox, with what waited for it. One that the password does not open is deleted where it is small; a larger one cannot
 * be read, and nothing is answered.
 */
export async function openMailbox(
  storage: string,
  id: string,
  password: string,
): Promise<Database | undefined> {
  const path = fileOf(storage, id);
  let db = await openFile(path, password, TABLES);
  if (db === undefined && (await isSmall(path))) {
    await deleteFile(path);
    db = await openFile(path, password, TABLES);
  }
  if (db === undefined) return undefined;
  for (const folder of Object.keys(FOLDERS)) if (find(db, folder) === undefined) create(db, folder);
  const waiting = await openWaiting(storage, id);
  if (waiting !== undefined) takeOver(db, waiting);
  return db;
}

/** What waited goes into the INBOX. */
function takeOver(db: Database, waiting: Database): void {
  const rows = waiting.prepare("SELECT * FROM TemporaryMessages ORDER BY date, _id").all();
  if (rows.length === 0) return;
  const messages = (rows as Record<string, unknown>[]).map((row) =>
    syncConvertResult(TemporaryMessages, row),
  );
  db.transaction(() => {
    for (const { date, raw } of messages) append(db, "INBOX", { flags: [], date, raw });
  })();
  waiting.prepare("DELETE FROM TemporaryMessages").run();
}

/** Folders of a mailbox. */
export function foldersOf(db: Database): Folder[] {
  const rows = db.prepare("SELECT * FROM Mailboxes ORDER BY path").all() as Record<string, unknown>[];
  return rows.map((row) => syncConvertResult(Mailboxes, row));
}

const find = (db: Database, path: string): Folder | undefined =>
  foldersOf(db).find((folder) => folder.path === path);

function existing(db: Database, path: string, code = "NONEXISTENT"): Folder {
  const folder = find(db, path);
  if (folder === undefined) throw new Cannot(code, `there is no folder ${path}`);
  return folder;
}

/** Makes a folder. @throws Cannot where there is one of the name */
export function create(db: Database, path: string): void {
  if (find(db, path) !== undefined) throw new Cannot("ALREADYEXISTS", `there is a folder ${path}`);
  const uidValidity = Math.floor(Date.now() / 1000);
  insert(db, Mailboxes, { _id: newId(), path, uidValidity, uidNext: 1, specialUse: FOLDERS[path] ?? "" });
}

/** Puts a message into a folder. What is there already is not looked at, as upstream's IMAP does not. @throws Cannot */
export function append(
  db: Database,
  path: string,
  { flags, date, raw }: { flags: readonly string[]; date: Date; raw: Buffer },
): void {
  const { _id: mailbox, uidNext: uid } = existing(db, path, "TRYCREATE");
  const head = raw.toString("latin1").split("\r\n\r\n", 1)[0] ?? "";
  const msgid = /^message-id:\s*(\S+)/im.exec(head)?.[1] ?? `<${newId()}@generated>`;
  db.transaction(() => {
    const mimeTree = indexer.parse(db, raw);
    const fields = { uid, flags, idate: date, size: raw.length, msgid, mimeTree };
    insert(db, Messages, { _id: newId(), mailbox, ...fields });
    db.prepare("UPDATE Mailboxes SET uidNext = uidNext + 1 WHERE _id = ?").run(mailbox);
  })();
}

/** Messages of a folder, the oldest first. @throws Cannot */
export async function read(db: Database, path: string): Promise<Stored[]> {
  const { _id } = existing(db, path);
  const rows = db.prepare("SELECT * FROM Messages WHERE mailbox = ? ORDER BY uid").all(_id);
  const instance = { wsp: { [Symbol.for("isWSP")]: true } };
  const session = { db, user: { password: "" } };
  return Promise.all(
    (rows as Record<string, unknown>[]).map(async (row) => {
      const { uid, flags, idate, mimeTree }: Message = syncConvertResult(Messages, row);
      const raw = await buffer(indexer.getContents(mimeTree, false, {}, instance, session).value);
      return { uid, flags, idate: idate.toISOString(), raw };
    }),
  );
}

/** Sets the flags of a message. @throws Cannot */
export function setFlags(db: Database, path: string, uid: number, flags: readonly string[]): void {
  const { _id } = existing(db, path);
  const text = JSON.stringify(flags);
  db.prepare("UPDATE Messages SET flags = ? WHERE mailbox = ? AND uid = ?").run(text, _id, uid);
}

/** Deletes what is marked for it. @throws Cannot */
export function expunge(db: Database, path: string): void {
  const { _id } = existing(db, path);
  const marked = `EXISTS (SELECT 1 FROM json_each(flags) WHERE value = '\\Deleted')`;
  db.prepare(`DELETE FROM Messages WHERE mailbox = ? AND ${marked}`).run(_id);
}

async function wantRoom(storage: string): Promise<void> {
  const { bavail, bsize } = await statfs(storage);
  if (bavail * bsize < WANTED_FREE)
    throw new NoRoom(`${Math.floor((bavail * bsize) / 1024 ** 3)} GB are free, and 20 GB are wanted`);
}

/** Makes a mailbox anew for a password. What is in it is gone. */
export async function resetMailbox(storage: string, id: string, password: string): Promise<void> {
  await wantRoom(storage);
  for (const path of [fileOf(storage, id), waitingOf(storage, id)]) await deleteFile(path);
  await openMailbox(storage, id, password);
}

/** Encrypts a mailbox anew; false where the old password does not open it. */
export async function rekeyMailbox(
  storage: string,
  id: string,
  old: string,
  password: string,
): Promise<boolean> {
  await wantRoom(storage);
  const path = fileOf(storage, id);
  const db = await openFile(path, old, TABLES);
  if (db === undefined) return false;
  // A log that is written with the old key could not be read with the new one.
  db.pragma("journal_mode=DELETE");
  db.rekey(Buffer.from(password));
  closeFile(path);
  return true;
}
