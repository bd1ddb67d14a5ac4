/**
 * imap: mailboxes as mail programs read and change them (RFC 3501), as much of it as they need to find, show, mark and delete
 * a message, and to put one into a folder.
 */
import { Cannot } from "./cannot.ts";
import type { OpenedMailbox } from "./client.ts";
import { chosen, fetched, found, readDate, type Numbered } from "./imapFetch.ts";
import { decodeName, encodeName } from "./imapNames.ts";
import { serveLines, type OpenMailbox, type Session } from "./lines.ts";

/** Runs the server. */
export function serveImap(): Promise<void> {
  return serveLines("IMAP", imapSession);
}

/** Words of a line: quoted ones without their quotes, lists in parentheses as one, and what was announced by its place. */
function wordsOf(line: string, literals: readonly Buffer[]): (string | Buffer)[] {
  let next = 0;
  const words = line.matchAll(
    /"((?:[^"\\]|\\.)*)"|\((?:[^()]|\([^()]*\))*\)|\{\d+\}|[^\s"(]+(?:\[[^\]]*\])?/g,
  );
  return [...words].map(([word, quoted]) => {
    if (/^\{\d+\}$/.test(word)) return literals[next++] ?? "";
    return quoted === undefined ? word : quoted.replace(/\\(.)/g, "$1");
  });
}

const textOf = (word: string | Buffer | undefined): string =>
  Buffer.isBuffer(word) ? word.toString("latin1") : (word ?? "");
const pathOf = (word: string | Buffer | undefined): string => decodeName(textOf(word));
const listOf = (text: string): string[] =>
  text
    .replace(/^\(|\)$/g, "")
    .split(/\s+/)
    .filter((one) => one !== "");

interface Command {
  readonly name: string;
  readonly words: readonly (string | Buffer)[];
  /** Numbers mean unique identifiers. */
  readonly byUid: boolean;
}

function commandOf(words: readonly (string | Buffer)[]): Command {
  const [first, ...rest] = words;
  const byUid = textOf(first).toUpperCase() === "UID";
  const [name, ...others] = byUid ? rest : words;
  return { name: textOf(name).toUpperCase(), words: byUid ? others : rest, byUid };
}

const line = (text: string): Buffer => Buffer.from(`* ${text}\r\n`);
const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** A folder that is selected. */
interface Selected {
  readonly path: string;
  messages: readonly Numbered[];
}

async function numbered(mailbox: OpenedMailbox, path: string): Promise<readonly Numbered[]> {
  return (await mailbox.read(path)).map((message, index) => ({ ...message, number: index + 1 }));
}

/** Folders of a pattern, in which `*` is any text and `%` one level; an empty one asks for what is between the levels. */
async function list(mailbox: OpenedMailbox, name: string, pattern: string): Promise<Buffer[]> {
  if (pattern === "") return [line(`${name} (\\Noselect) "/" ""`)];
  const parts = pattern
    .split(/([*%])/)
    .map((part) => ({ "*": ".*", "%": "[^/]*" })[part] ?? part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const wanted = new RegExp(`^${parts.join("")}$`);
  const folders = (await mailbox.folders()).map((folder) => ({ ...folder, path: encodeName(folder.path) }));
  return folders
    .filter(({ path }) => wanted.test(path))
    .map(({ path, specialUse }) => line(`${name} (${specialUse}) "/" ${quoted(path)}`));
}

/** What is done with a mailbox as a whole; nothing for a command that is not known. */
async function inMailbox(mailbox: OpenedMailbox, { name, words }: Command): Promise<Buffer[] | undefined> {
  if (name === "LIST" || name === "LSUB") return list(mailbox, name, words.slice(0, 2).map(textOf).join(""));
  if (name === "CREATE") {
    await mailbox.create(pathOf(words[0]));
    return [];
  }
  if (name !== "APPEND") return undefined;
  const raw = words.at(-1);
  if (!Buffer.isBuffer(raw)) return undefined;
  const options = words.slice(1, -1).map(textOf);
  const flags = options.find((word) => word.startsWith("("));
  const date = options.find((word) => !word.startsWith("("));
  await mailbox.append(pathOf(words[0]), {
    ...{ flags: listOf(flags ?? ""), date: date === undefined ? new Date() : readDate(date), raw },
  });
  return [];
}

/** Opens a folder. */
async function select(
  mailbox: OpenedMailbox,
  path: string,
): Promise<{ selected: Selected; lines: Buffer[] }> {
  const messages = await numbered(mailbox, path);
  const { uidValidity, uidNext } = (await mailbox.folders()).find((one) => one.path === path) ?? {};
  const facts = ["FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)", `${messages.length} EXISTS`];
  const validity = [`OK [UIDVALIDITY ${uidValidity ?? 0}] as ever`, `OK [UIDNEXT ${uidNext ?? 0}] next`];
  return { selected: { path, messages }, lines: [...facts, "0 RECENT", ...validity].map(line) };
}

/** Sets, adds or takes flags. */
async function store(
  mailbox: OpenedMailbox,
  selected: Selected,
  { words, byUid }: Command,
): Promise<Buffer[]> {
  const [set, how, given] = words.map(textOf);
  const wanted = listOf(given ?? "");
  const marked = chosen(set ?? "", selected.messages, byUid);
  for (const { uid, flags } of marked) {
    const without = flags.filter((flag) => !wanted.includes(flag));
    const now =
      how?.startsWith("+") === true
        ? [...without, ...wanted]
        : how?.startsWith("-") === true
          ? without
          : wanted;
    await mailbox.setFlags(selected.path, uid, now);
  }
  selected.messages = await numbered(mailbox, selected.path);
  if (/\.SILENT$/i.test(how ?? "")) return [];
  const uids = new Set(marked.map(({ uid }) => uid));
  return selected.messages.filter(({ uid }) => uids.has(uid)).flatMap((one) => fetched(one, "FLAGS", byUid));
}

/** What is done in a folder; nothing for a command that is not known. */
async function inFolder(
  mailbox: OpenedMailbox,
  selected: Selected,
  command: Command,
): Promise<Buffer[] | undefined> {
  const { name, byUid } = command;
  const words = command.words.map(textOf);
  if (name === "SEARCH") {
    const numbers = found(words, selected.messages).map((one) => (byUid ? one.uid : one.number));
    return [line(`SEARCH ${numbers.join(" ")}`.trim())];
  }
  if (name === "FETCH")
    return chosen(words[0] ?? "", selected.messages, byUid).flatMap((message) =>
      fetched(message, words.slice(1).join(" "), byUid),
    );
  if (name === "STORE") return store(mailbox, selected, command);
  if (name !== "EXPUNGE") return undefined;
  const gone = selected.messages.filter(({ flags }) => flags.includes("\\Deleted"));
  await mailbox.expunge(selected.path);
  selected.messages = await numbered(mailbox, selected.path);
  return gone.map(({ number }, before) => line(`${number - before} EXPUNGE`));
}

type Answer = (Buffer | string)[];

/** What a connection knows. */
class State {
  private mailbox: OpenedMailbox | undefined;
  private selected: Selected | undefined;
  /** What the next line is, where it is no command. */
  expected: ((text: string) => Promise<Answer>) | undefined;
  private readonly openMailbox: OpenMailbox;

  constructor(openMailbox: OpenMailbox) {
    this.openMailbox = openMailbox;
  }

  private async logIn(tag: string, user: string, password: string): Promise<Answer> {
    this.mailbox = await this.openMailbox(user, password);
    const word = this.mailbox === undefined ? "NO [AUTHENTICATIONFAILED] unknown or wrong" : "OK welcome";
    return [`${tag} ${word}\r\n`];
  }

  private authenticate(tag: string, mechanism: string): Answer {
    if (mechanism.toUpperCase() !== "PLAIN") return [`${tag} NO only PLAIN\r\n`];
    this.expected = (text) => {
      const [, user = "", password = ""] = Buffer.from(text, "base64").toString().split("\0");
      return this.logIn(tag, user, password);
    };
    return ["+ \r\n"];
  }

  private async open(mailbox: OpenedMailbox, command: Command): Promise<Buffer[] | undefined> {
    if (command.name === "SELECT" || command.name === "EXAMINE") {
      const opened = await select(mailbox, pathOf(command.words[0]));
      this.selected = opened.selected;
      return opened.lines;
    }
    const whole = await inMailbox(mailbox, command);
    if (whole !== undefined || this.selected === undefined) return whole;
    return inFolder(mailbox, this.selected, command);
  }

  async answers(tag: string, command: Command): Promise<Answer> {
    const { name, words } = command;
    if (name === "CAPABILITY") return ["* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", `${tag} OK done\r\n`];
    if (name === "NOOP") return [`${tag} OK done\r\n`];
    if (name === "LOGOUT") return ["* BYE\r\n", `${tag} OK done\r\n`];
    if (name === "AUTHENTICATE") return this.authenticate(tag, textOf(words[0]));
    if (name === "LOGIN") return this.logIn(tag, textOf(words[0]), textOf(words[1]));
    if (this.mailbox === undefined) return [`${tag} NO log in first\r\n`];
    try {
      const lines = await this.open(this.mailbox, command);
      return lines === undefined ? [`${tag} BAD not known here\r\n`] : [...lines, `${tag} OK done\r\n`];
    } catch (error) {
      if (error instanceof Cannot) return [`${tag} NO [${error.code}] ${error.message}\r\n`];
      throw error;
    }
  }
}

/** One connection. */
export function imapSession(openMailbox: OpenMailbox): Session {
  const state = new State(openMailbox);
  return {
    greeting: "* OK IMAP4rev1 stand-in",
    announces: (text) => {
      const [, length] = /\{(\d+)\}$/.exec(text) ?? [];
      return length === undefined ? undefined : Number(length);
    },
    async answer(text, literals = []) {
      const waiting = state.expected;
      state.expected = undefined;
      const [tag, ...words] = wordsOf(text, literals);
      const command = commandOf(words);
      const given = waiting === undefined ? state.answers(textOf(tag), command) : waiting(text);
      const pieces = (await given).map((piece) => Buffer.from(piece));
      return { text: Buffer.concat(pieces), ends: waiting === undefined && command.name === "LOGOUT" };
    },
  };
}
