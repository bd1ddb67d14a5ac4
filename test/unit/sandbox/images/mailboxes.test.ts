/**
 * Proves: the stand-in's IMAP and POP3 answer what a mail program asks to find, show, mark and delete a message and to put one
 * into a folder, for the right login alone; messages come out of the mailbox byte for byte, the oldest first, also those whose
 * bodies lie among the attachments; a mailbox is a SQLite file that its password encrypts, and is lost or kept as upstream's
 * is when the password is another.
 * Cannot prove: that they are whole servers; nothing is searched by more than a subject.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { OpenedMailbox } from "../../../../sandbox/images/app/store/client.ts";
import { imapSession } from "../../../../sandbox/images/app/store/imap.ts";
import type { Session } from "../../../../sandbox/images/app/store/lines.ts";
import {
  deliver,
  INITIAL_DB_SIZE,
  openMailbox as openStored,
  read as readFolder,
  rekeyMailbox,
  resetMailbox,
  WANTED_FREE,
} from "../../../../sandbox/images/app/store/mailbox.ts";
import { pop3Session } from "../../../../sandbox/images/app/store/pop3.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";
import { openedAt } from "./support/openedMailbox.ts";

const { room } = vi.hoisted(() => ({ room: { free: 0 } }));
vi.mock("node:fs/promises", async (original) => ({
  ...(await original<typeof import("node:fs/promises")>()),
  statfs: () => Promise.resolve({ bavail: room.free, bsize: 1 }),
}));

const FIRST = Buffer.from("Subject: one\r\n\r\n.dot\r\nüml\r\n");
const SECOND = Buffer.from("From: a@b\r\nSubject: the\r\n second one\r\n\r\nbody\r\n");
async function told(session: Session, ...lines: string[]): Promise<string> {
  let last = "";
  for (const line of lines) last = (await session.answer(line)).text.toString("latin1");
  return last;
}

const ID = "0123456789abcdef01234567";
const PASSWORD = 'the "first" one';

/** A storage with a mailbox that has these messages. */
async function holding(...messages: readonly Buffer[]): Promise<string> {
  const storage = join(temporaryFolder(), "storage");
  for (const message of messages) await deliver(storage, ID, message);
  return storage;
}

/** Messages of the INBOX; nothing where the password does not open it. */
async function read(storage: string, password = PASSWORD, id = ID): Promise<Buffer[] | undefined> {
  const db = await openStored(storage, id, password);
  return db && (await readFolder(db, "INBOX")).map(({ raw }) => raw);
}

describe("a mailbox on disk", () => {
  /** Needs more than what upstream takes for an empty mailbox. */
  const LARGE = Buffer.from(`Subject: large\r\n\r\n${"x".repeat(INITIAL_DB_SIZE)}\r\n`);

  it("gives back what was delivered, in its order, and nothing where nothing came", async () => {
    const storage = await holding(FIRST);
    expect(await read(storage)).toEqual([FIRST]);
    await deliver(storage, ID, SECOND);
    expect(await read(storage)).toEqual([FIRST, SECOND]);
    expect(await read(storage, PASSWORD, ID.replace("0", "f"))).toEqual([]);
  });

  it.each([
    ["no head", "\r\n\r\nonly a body\r\n"],
    ["no body", "Subject: head alone"],
    ["bare line feeds", "Subject: bare\n\nbody\n"],
    [
      "any bytes, as an attachment",
      'Content-Type: multipart/mixed;\r\n boundary="x"\r\n\r\n--x\r\n\u00ff\u0000--x--',
    ],
  ])("gives a message back byte for byte with %s", async (_name, text) => {
    const raw = Buffer.from(text, "latin1");
    expect(await read(await holding(raw, raw))).toEqual([raw, raw]);
  });

  it("is not to be read on the disk, whoever has logged in", async () => {
    const storage = await holding(FIRST);
    await read(storage);
    await deliver(storage, ID, SECOND);
    const files = readdirSync(storage).filter((name) => name.includes(".sqlite"));
    expect(files).toEqual(expect.arrayContaining([`${ID}.sqlite`, `${ID}.sqlite-wal`, `${ID}-tmp.sqlite`]));
    for (const name of files) expect(readFileSync(join(storage, name)).includes("ubject")).toBe(false);
  });

  it("is deleted by a login with another password where it is small", async () => {
    const storage = await holding(FIRST, SECOND);
    await read(storage);
    expect(await read(storage, "another one")).toEqual([]);
    expect(await read(storage)).toEqual([]);
  });

  it("cannot be read with another password where it is larger, and is kept", async () => {
    const storage = await holding(LARGE);
    await read(storage);
    expect(await read(storage, "another one")).toBeUndefined();
    expect(await read(storage)).toEqual([LARGE]);
  });

  it("keeps all by a new encryption, which wants the old password", async () => {
    const storage = await holding(FIRST, LARGE);
    await read(storage);
    room.free = WANTED_FREE;
    expect(await rekeyMailbox(storage, ID, "a wrong one", "the second one")).toBe(false);
    expect(await rekeyMailbox(storage, ID, PASSWORD, "the second one")).toBe(true);
    expect(await read(storage, "the second one")).toEqual([FIRST, LARGE]);
    expect(await read(storage)).toBeUndefined();
  });

  it("is wiped by a reset, with what was delivered since", async () => {
    const storage = await holding(LARGE);
    await read(storage);
    await deliver(storage, ID, FIRST);
    room.free = WANTED_FREE;
    await resetMailbox(storage, ID, "the second one");
    expect(await read(storage, "the second one")).toEqual([]);
  });

  it("is neither wiped nor encrypted anew with less than 20 GB of room", async () => {
    const storage = await holding(FIRST);
    await read(storage);
    room.free = WANTED_FREE - 1;
    await expect(resetMailbox(storage, ID, "the second one")).rejects.toThrow(/19 GB are free/);
    await expect(rekeyMailbox(storage, ID, PASSWORD, "the second one")).rejects.toThrow(/20 GB are wanted/);
    expect(await read(storage)).toEqual([FIRST]);
  });
});

/** Opens a real mailbox with two messages, for the one login. */
async function withTwo(): Promise<(user: string, password: string) => Promise<OpenedMailbox | undefined>> {
  const storage = await holding(FIRST, SECOND);
  return async (user, password) => {
    if (user !== "a@example.com" || password !== PASSWORD) return undefined;
    const db = await openStored(storage, ID, password);
    return db && openedAt(db);
  };
}

describe("imap", () => {
  const login = 'a LOGIN a@example.com "the \\"first\\" one"';
  const begun = async () => imapSession(await withTwo());

  it("opens for the right login alone, in either way", async () => {
    const session = await begun();
    expect(await told(session, "a LOGIN a@example.com wrong")).toMatch(/^a NO \[AUTH/);
    expect(await told(session, "b SELECT INBOX")).toBe("b NO log in first\r\n");
    expect(await told(session, login)).toBe("a OK welcome\r\n");
    const plain = Buffer.from(`\0a@example.com\0${PASSWORD}`).toString("base64");
    expect(await told(await begun(), "c AUTHENTICATE PLAIN")).toBe("+ \r\n");
    expect(await told(await begun(), "c AUTHENTICATE PLAIN", plain)).toBe("c OK welcome\r\n");
  });

  it("tells how many there are, finds a folded subject, and shows the message", async () => {
    const session = await begun();
    expect(await told(session, login, "b SELECT INBOX")).toContain("* 2 EXISTS\r\n");
    expect(await told(session, 'c SEARCH SUBJECT "Second ONE"')).toBe("* SEARCH 2\r\nc OK done\r\n");
    expect(await told(session, "d SEARCH SUBJECT three")).toBe("* SEARCH\r\nd OK done\r\n");
    expect(await told(session, "e FETCH 2 (UID BODY.PEEK[])")).toBe(
      `* 2 FETCH (UID 2 BODY[] {${SECOND.length}}\r\n${SECOND.toString("latin1")})\r\ne OK done\r\n`,
    );
    expect(await told(session, "f UID FETCH 1:* (RFC822.SIZE)")).toContain(
      `* 2 FETCH (UID 2 RFC822.SIZE ${SECOND.length})`,
    );
    const fields = "BODY.PEEK[HEADER.FIELDS (FROM)]";
    expect(await told(session, `g FETCH 2 (${fields})`)).toContain("{13}\r\nFrom: a@b\r\n\r\n)\r\n");
    expect(await told(session, "h XYZZY 1")).toBe("h BAD not known here\r\n");
    expect((await session.answer("i LOGOUT")).ends).toBe(true);
  });

  it("marks and deletes, and numbers the rest anew", async () => {
    const session = await begun();
    await told(session, login, "b SELECT INBOX");
    expect(await told(session, "c STORE 1 +FLAGS (\\Deleted \\Seen)")).toContain("FLAGS (\\Deleted \\Seen)");
    expect(await told(session, "d EXPUNGE")).toBe("* 1 EXPUNGE\r\nd OK done\r\n");
    expect(await told(session, "e FETCH 1:* (UID)")).toBe("* 1 FETCH (UID 2)\r\ne OK done\r\n");
    expect(await told(session, "f UID SEARCH ALL")).toBe("* SEARCH 2\r\nf OK done\r\n");
  });

  it("makes a folder once, and puts messages with flags and date into folders that are there", async () => {
    const session = await begun();
    const date = "02-Nov-2026 03:04:05 +0100";
    const put = `c APPEND "Old ""one" (\\Seen) "${date}" {${FIRST.length}}`.replace('""', "");
    expect(session.announces?.(put)).toBe(FIRST.length);
    const putInto = async () => (await session.answer(put, [FIRST])).text.toString();
    await told(session, login);
    expect(await putInto()).toMatch(/^c NO \[TRYCREATE\]/);
    expect(await told(session, 'b CREATE "Old one"')).toBe("b OK done\r\n");
    expect(await told(session, 'b CREATE "Old one"')).toMatch(/^b NO \[ALREADYEXISTS\]/);
    expect(await putInto()).toBe("c OK done\r\n");
    expect(await putInto()).toBe("c OK done\r\n");
    expect(await told(session, 'd LIST "" "*"')).toContain('* LIST () "/" "Old one"\r\n');
    expect(await told(session, 'd LIST "" ""')).toBe('* LIST (\\Noselect) "/" ""\r\nd OK done\r\n');
    expect(await told(session, 'd LIST "" "%chive"')).toBe(
      '* LIST (\\Archive) "/" "Archive"\r\nd OK done\r\n',
    );
    expect(await told(session, 'e SELECT "Old one"')).toContain("* 2 EXISTS\r\n");
    expect(await told(session, 'e CREATE "&AMQ-pfel &- co"')).toBe("e OK done\r\n");
    expect(await told(session, 'e LIST "" "*"')).toContain('"/" "&AMQ-pfel &- co"\r\n');
    expect(await told(session, "f FETCH 1 (FLAGS INTERNALDATE)")).toContain(
      '* 1 FETCH (FLAGS (\\Seen) INTERNALDATE " 2-Nov-2026 02:04:05 +0000")',
    );
    expect(await told(session, 'g SELECT "No such"')).toMatch(/^g NO \[NONEXISTENT\]/);
  });
});

describe("pop3", () => {
  it("opens for the right login alone, lists, and doubles a dot at the beginning of a line", async () => {
    const openMailbox = await withTwo();
    expect(await told(pop3Session(openMailbox), "USER a@example.com", "PASS no")).toMatch(/^-ERR \[AUTH\]/);
    const session = pop3Session(async (user) => openMailbox(user, PASSWORD));
    expect(await told(session, "USER a@example.com", "PASS any")).toBe("+OK\r\n");
    expect(await told(session, "STAT")).toBe(`+OK 2 ${FIRST.length + SECOND.length}\r\n`);
    expect(await told(session, "LIST 2")).toBe(`+OK 2 ${SECOND.length}\r\n`);
    const dotted = FIRST.toString("latin1").replace(".dot", "..dot");
    expect(await told(session, "RETR 1")).toBe(`+OK\r\n${dotted}.\r\n`);
    expect((await session.answer("QUIT")).ends).toBe(true);
  });
});
