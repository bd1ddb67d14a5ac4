/** pop3: reads mailboxes (RFC 1939) and deletes nothing. */
import { serveLines, type OpenMailbox, type Session } from "./lines.ts";

/** Runs the server. */
export function servePop3(): Promise<void> {
  return serveLines("POP3", pop3Session);
}

/** A message as an answer of several lines: those that begin with a dot get another one (RFC 1939 3). */
function stuffed(message: Buffer): string {
  const text = message.toString("latin1").replace(/\r?\n/g, "\r\n").replace(/^\./gm, "..");
  return `+OK\r\n${text}${text.endsWith("\r\n") ? "" : "\r\n"}.\r\n`;
}

/** The answer to a command in an open mailbox. */
function inMailbox(name: string, word: string, messages: readonly Buffer[]): string {
  const listed = (valueOf: (message: Buffer, number: number) => string | number): string => {
    const rows = messages.map((message, index) => `${index + 1} ${valueOf(message, index + 1)}`);
    if (word !== "") return rows[Number(word) - 1] === undefined ? "-ERR" : `+OK ${rows[Number(word) - 1]}`;
    return ["+OK", ...rows, "."].join("\r\n");
  };
  const message = messages[Number(word) - 1];
  if (name === "STAT")
    return `+OK ${messages.length} ${messages.reduce((sum, { length }) => sum + length, 0)}`;
  if (name === "LIST") return listed(({ length }) => length);
  if (name === "UIDL") return listed((_, number) => `message-${number}`);
  if (name === "RETR") return message === undefined ? "-ERR" : stuffed(message).trimEnd();
  return name === "NOOP" ? "+OK" : "-ERR not known here";
}

/** One connection. */
export function pop3Session(openMailbox: OpenMailbox): Session {
  let user = "";
  let mailbox: readonly Buffer[] | undefined;
  const answerTo = async (name: string, word: string): Promise<string> => {
    if (name === "QUIT") return "+OK";
    if (name === "USER") user = word;
    if (name === "PASS")
      mailbox = (await (await openMailbox(user, word))?.read("INBOX"))?.map(({ raw }) => raw);
    if (name === "USER") return "+OK";
    if (mailbox === undefined) return "-ERR [AUTH] log in first";
    return name === "PASS" ? "+OK" : inMailbox(name, word, mailbox);
  };
  return {
    greeting: "+OK POP3 stand-in",
    async answer(line) {
      const [name = "", word = ""] = line.trim().split(/\s+/);
      const command = name.toUpperCase();
      return {
        text: Buffer.from(`${await answerTo(command, word)}\r\n`, "latin1"),
        ends: command === "QUIT",
      };
    },
  };
}
