/**
 * Proves: the stand-in's IMAP and POP3 answer what a mail program asks to find and show a message, for the right login
 * alone; messages come out of the mailbox byte for byte, the oldest first; a mailbox is encrypted by its password, and is
 * lost or kept as upstream's is when the password is another.
 * Cannot prove: that they are whole servers; nothing is deleted, marked or searched by more than a subject.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { imapSession } from "../../../../sandbox/images/app/store/imap.ts";
import type { Session } from "../../../../sandbox/images/app/store/lines.ts";
import {
  INITIAL_DB_SIZE,
  readMailbox,
  rekeyMailbox,
  resetMailbox,
  WANTED_FREE,
} from "../../../../sandbox/images/app/store/mailbox.ts";
import { addToMaildir } from "../../../../sandbox/images/app/store/maildir.ts";
import { pop3Session } from "../../../../sandbox/images/app/store/pop3.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";

const { room } = vi.hoisted(() => ({ room: { free: 0 } }));
vi.mock("node:fs/promises", async (original) => ({
  ...(await original<typeof import("node:fs/promises")>()),
  statfs: () => Promise.resolve({ bavail: room.free, bsize: 1 }),
}));

const FIRST = Buffer.from("Subject: one\r\n\r\n.dot\r\nüml\r\n");
const SECOND = Buffer.from("From: a@b\r\nSubject: the\r\n second one\r\n\r\nbody\r\n");
const openMailbox = (user: string, password: string) =>
  Promise.resolve(user === "a@example.com" && password === 'p"w' ? [FIRST, SECOND] : undefined);

async function told(session: Session, ...lines: string[]): Promise<string> {
  let last = "";
  for (const line of lines) last = (await session.answer(line)).text.toString("latin1");
  return last;
}

describe("a mailbox on disk", () => {
  const mailbox = { domain: "example.com", name: "a", id: "0123456789abcdef01234567" };
  const PASSWORD = "the first one";
  /** Needs more than what upstream takes for an empty mailbox. */
  const LARGE = Buffer.from(`Subject: large\r\n\r\n${"x".repeat(INITIAL_DB_SIZE)}\r\n`);

  async function holding(...messages: readonly Buffer[]): Promise<string> {
    const storage = join(temporaryFolder(), "storage");
    for (const message of messages) await addToMaildir(storage, mailbox, message);
    return storage;
  }
  const read = (storage: string, password = PASSWORD) => readMailbox(storage, mailbox, password);
  const files = (storage: string): string[] =>
    readdirSync(storage, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));

  it("gives back what was delivered, in its order, and nothing where nothing came", async () => {
    const storage = await holding(FIRST);
    expect(await read(storage)).toEqual([FIRST]);
    await addToMaildir(storage, mailbox, SECOND);
    expect(await read(storage)).toEqual([FIRST, SECOND]);
    expect(await readMailbox(storage, { ...mailbox, name: "b" }, PASSWORD)).toEqual([]);
  });

  it("is not to be read on the disk once somebody has logged in", async () => {
    const storage = await holding(FIRST);
    const readable = () => files(storage).filter((file) => readFileSync(file).includes("Subject"));
    expect(readable()).toHaveLength(1);
    await read(storage);
    expect(readable()).toEqual([]);
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
    expect(await rekeyMailbox(storage, mailbox, "a wrong one", "the second one")).toBe(false);
    expect(await rekeyMailbox(storage, mailbox, PASSWORD, "the second one")).toBe(true);
    expect(await read(storage, "the second one")).toEqual([FIRST, LARGE]);
    expect(await read(storage)).toBeUndefined();
  });

  it("is wiped by a reset, with what was delivered since", async () => {
    const storage = await holding(LARGE);
    await read(storage);
    await addToMaildir(storage, mailbox, FIRST);
    room.free = WANTED_FREE;
    await resetMailbox(storage, mailbox, "the second one");
    expect(await read(storage, "the second one")).toEqual([]);
  });

  it("is neither wiped nor encrypted anew with less than 20 GB of room", async () => {
    const storage = await holding(FIRST);
    await read(storage);
    room.free = WANTED_FREE - 1;
    await expect(resetMailbox(storage, mailbox, "the second one")).rejects.toThrow(/19 GB are free/);
    await expect(rekeyMailbox(storage, mailbox, PASSWORD, "the second one")).rejects.toThrow(
      /20 GB are wanted/,
    );
    expect(await read(storage)).toEqual([FIRST]);
  });
});

describe("imap", () => {
  const login = 'a LOGIN a@example.com "p\\"w"';

  it("opens for the right login alone", async () => {
    expect(await told(imapSession(openMailbox), "a LOGIN a@example.com wrong")).toMatch(/^a NO \[AUTH/);
    expect(await told(imapSession(openMailbox), "b SELECT INBOX")).toBe("b NO log in first\r\n");
    expect(await told(imapSession(openMailbox), login)).toBe("a OK welcome\r\n");
  });

  it("tells how many there are, finds a folded subject, and shows the message", async () => {
    const session = imapSession(openMailbox);
    expect(await told(session, login, "b SELECT INBOX")).toContain("* 2 EXISTS\r\n");
    expect(await told(session, 'c SEARCH SUBJECT "Second ONE"')).toBe("* SEARCH 2\r\nc OK done\r\n");
    expect(await told(session, "d SEARCH SUBJECT three")).toBe("* SEARCH\r\nd OK done\r\n");
    expect(await told(session, "e FETCH 2 (UID BODY.PEEK[])")).toBe(
      `* 2 FETCH (UID 2 BODY[] {${SECOND.length}}\r\n${SECOND.toString("latin1")})\r\ne OK done\r\n`,
    );
    expect(await told(session, "f UID FETCH 1:* (RFC822.SIZE)")).toContain(
      `* 2 FETCH (UID 2 RFC822.SIZE ${SECOND.length})`,
    );
    expect(await told(session, "g STORE 1 +FLAGS (\\Seen)")).toBe("g BAD not known here\r\n");
    expect((await session.answer("h LOGOUT")).ends).toBe(true);
  });
});

describe("pop3", () => {
  it("opens for the right login alone, lists, and doubles a dot at the beginning of a line", async () => {
    expect(await told(pop3Session(openMailbox), "USER a@example.com", "PASS no")).toMatch(/^-ERR \[AUTH\]/);
    const session = pop3Session(openMailbox);
    expect(await told(session, "USER a@example.com", 'PASS p"w')).toBe("+OK\r\n");
    expect(await told(session, "STAT")).toBe(`+OK 2 ${FIRST.length + SECOND.length}\r\n`);
    expect(await told(session, "LIST 2")).toBe(`+OK 2 ${SECOND.length}\r\n`);
    const dotted = FIRST.toString("latin1").replace(".dot", "..dot");
    expect(await told(session, "RETR 1")).toBe(`+OK\r\n${dotted}.\r\n`);
    expect((await session.answer("QUIT")).ends).toBe(true);
  });
});
