/**
 * Proves: the stand-in's IMAP and POP3 answer what a mail program asks to find and show a message, for the right login
 * alone; messages come out of the mailbox byte for byte, the oldest first.
 * Cannot prove: that they are whole servers; nothing is deleted, marked or searched by more than a subject.
 */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { imapSession } from "../../../../sandbox/images/app/store/imap.ts";
import type { Session } from "../../../../sandbox/images/app/store/lines.ts";
import { addToMaildir, messagesOf } from "../../../../sandbox/images/app/store/maildir.ts";
import { pop3Session } from "../../../../sandbox/images/app/store/pop3.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";

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
  it("gives back what was delivered, in its order, and nothing where nothing came", async () => {
    const storage = join(temporaryFolder(), "storage");
    expect(await messagesOf(storage, "a@example.com")).toEqual([]);
    await addToMaildir(storage, { domain: "example.com", name: "a" }, FIRST);
    expect(await messagesOf(storage, "a@example.com")).toEqual([FIRST]);
    expect(await messagesOf(storage, "b@example.com")).toEqual([]);
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
