/** imap: reads mailboxes (RFC 3501), as much of it as a mail program needs to find and show a message. */
import { serveLines, type OpenMailbox, type Session } from "./lines.ts";

/** Runs the server. */
export function serveImap(): Promise<void> {
  return serveLines("IMAP", imapSession);
}

/** Words of a line, quoted ones without their quotes. Literals of the client are not understood. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|[^\s"]+/g)].map(([word, quoted]) =>
    quoted === undefined ? word : quoted.replace(/\\(.)/g, "$1"),
  );
}

interface Command {
  readonly name: string;
  readonly words: readonly string[];
  /** Numbers mean unique identifiers, which here are the positions themselves: nothing is ever deleted. */
  readonly byUid: boolean;
}

function commandOf(words: readonly string[]): Command {
  const [first = "", ...rest] = words;
  const byUid = first.toUpperCase() === "UID";
  const [name = "", ...others] = byUid ? rest : words;
  return { name: name.toUpperCase(), words: byUid ? others : rest, byUid };
}

/** Untagged lines that answer a command in an open mailbox; nothing for a command that is not known. */
function inMailbox({ name, words, byUid }: Command, messages: readonly Buffer[]): Buffer[] | undefined {
  const line = (text: string): Buffer => Buffer.from(`* ${text}\r\n`);
  if (name === "SELECT" || name === "EXAMINE") {
    const size = messages.length;
    const facts = ["FLAGS (\\Seen)", `${size} EXISTS`, "0 RECENT", "OK [UIDVALIDITY 1] as ever"];
    return [...facts, `OK [UIDNEXT ${size + 1}] next`].map(line);
  }
  if (name === "SEARCH") return [line(`SEARCH ${found(words, messages).join(" ")}`.trim())];
  if (name !== "FETCH") return undefined;
  return chosen(words[0] ?? "", messages.length).flatMap((number) => {
    const message = messages[number - 1];
    return message === undefined ? [] : fetched(number, message, words.slice(1).join(" "), byUid);
  });
}

/** Numbers of messages whose subject has a text; of all, where none is asked for. */
function found(words: readonly string[], messages: readonly Buffer[]): number[] {
  const at = words.findIndex((word) => word.toUpperCase() === "SUBJECT");
  const wanted = at < 0 ? "" : (words[at + 1] ?? "").toLowerCase();
  return messages.flatMap((message, index) =>
    subjectOf(message).toLowerCase().includes(wanted) ? [index + 1] : [],
  );
}

function subjectOf(message: Buffer): string {
  const [head = ""] = message.toString("latin1").split(/\r?\n\r?\n/);
  return /^subject:(.*)$/im.exec(head.replace(/\r?\n[ \t]+/g, " "))?.[1] ?? "";
}

/** `1,3:5,*` as numbers up to the last one. */
function chosen(set: string, last: number): number[] {
  const numberOf = (text: string): number => (text === "*" ? last : Number(text));
  return set.split(",").flatMap((part) => {
    const [from = "", to = from] = part.split(":");
    const [low, high] = [numberOf(from), numberOf(to)].sort((a, b) => a - b);
    const length = Math.max(0, Math.min(high ?? 0, last) - (low ?? 1) + 1);
    return Array.from({ length }, (_, index) => (low ?? 1) + index);
  });
}

function fetched(number: number, message: Buffer, items: string, byUid: boolean): Buffer[] {
  const parts = [
    ...(byUid || /\bUID\b/i.test(items) ? [`UID ${number}`] : []),
    ...(/\bFLAGS\b/i.test(items) ? ["FLAGS ()"] : []),
    ...(/RFC822\.SIZE/i.test(items) ? [`RFC822.SIZE ${message.length}`] : []),
  ].join(" ");
  if (!/BODY(\.PEEK)?\[\]/i.test(items)) return [Buffer.from(`* ${number} FETCH (${parts})\r\n`)];
  const head = `* ${number} FETCH (${parts}${parts === "" ? "" : " "}BODY[] {${message.length}}\r\n`;
  return [Buffer.from(head), message, Buffer.from(")\r\n")];
}

/** One connection. */
export function imapSession(openMailbox: OpenMailbox): Session {
  let mailbox: readonly Buffer[] | undefined;
  const answers = async (tag: string, command: Command): Promise<(Buffer | string)[]> => {
    const { name, words } = command;
    if (name === "CAPABILITY") return ["* CAPABILITY IMAP4rev1\r\n", `${tag} OK done\r\n`];
    if (name === "NOOP") return [`${tag} OK done\r\n`];
    if (name === "LOGOUT") return ["* BYE\r\n", `${tag} OK done\r\n`];
    if (name === "LOGIN") {
      mailbox = await openMailbox(words[0] ?? "", words[1] ?? "");
      const word = mailbox === undefined ? "NO [AUTHENTICATIONFAILED] unknown or wrong" : "OK welcome";
      return [`${tag} ${word}\r\n`];
    }
    if (mailbox === undefined) return [`${tag} NO log in first\r\n`];
    if (name === "LIST" || name === "LSUB") return [`* ${name} () "/" INBOX\r\n`, `${tag} OK done\r\n`];
    const lines = inMailbox(command, mailbox);
    return lines === undefined ? [`${tag} BAD not known here\r\n`] : [...lines, `${tag} OK done\r\n`];
  };
  return {
    greeting: "* OK IMAP4rev1 stand-in",
    async answer(line) {
      const [tag = "*", ...words] = wordsOf(line);
      const command = commandOf(words);
      const pieces = (await answers(tag, command)).map((piece) => Buffer.from(piece));
      return { text: Buffer.concat(pieces), ends: command.name === "LOGOUT" };
    },
  };
}
