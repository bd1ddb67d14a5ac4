/** What imap and pop3 share: a protocol of lines over TLS, and the login of an alias. */
import { createServer as createPlainServer, type Socket } from "node:net";
import { createServer } from "node:tls";
import { openDatabase } from "../database.ts";
import { logIn } from "../domain/access.ts";
import { endOnSignal, listen, log, readTls, reasonOf } from "../process.ts";
import { readSettings } from "../settings.ts";
import { openMailbox as openStored, type OpenedMailbox } from "./client.ts";

/** Most bytes that a client may announce. */
const MOST = 64 * 1024 ** 2;

/** One connection's side of the protocol. */
export interface Session {
  /** First line, without its line end. */
  readonly greeting: string;
  /** Bytes that the client will send before it goes on with the line; none by default. */
  announces?(line: string): number | undefined;
  /** The whole answer to a line and what was announced in it, with line ends; `ends` closes the connection after it. */
  answer(
    line: string,
    literals?: readonly Buffer[],
  ): Promise<{ readonly text: Buffer; readonly ends?: boolean }>;
}

/** The mailbox that a login opens; nothing where it is refused. */
export type OpenMailbox = (user: string, password: string) => Promise<OpenedMailbox | undefined>;

/** Serves a protocol with the settings' port and certificate. */
export async function serveLines(
  service: "IMAP" | "POP3",
  begin: (openMailbox: OpenMailbox) => Session,
): Promise<void> {
  const settings = readSettings();
  endOnSignal();
  const tls = readTls(settings, service);
  const database = await openDatabase(settings);
  const openMailbox: OpenMailbox = async (user, password) => {
    const access = await logIn(database, user, password);
    if (typeof access !== "string") return openStored(settings, access.alias._id.toHexString(), password);
    log("login refused", { reason: access });
    return undefined;
  };
  const take = (socket: Socket): void => {
    void talk(socket, begin(openMailbox)).catch((error: unknown) => {
      log("connection failed", { reason: reasonOf(error) });
      socket.destroy();
    });
  };
  await listen(
    tls === undefined ? createPlainServer(take) : createServer(tls, take),
    settings.ports[service],
  );
}

/** What a client sends, by lines and by bytes. */
class Input {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  private async more(): Promise<boolean> {
    const next = await this.chunks.next();
    if (next.done === true) return false;
    this.rest = Buffer.concat([this.rest, next.value]);
    return true;
  }

  private take(length: number): Buffer {
    const taken = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return taken;
  }

  /** A line without its end; nothing where the client has gone. */
  async line(): Promise<string | undefined> {
    while (!this.rest.includes("\n")) if (!(await this.more())) return undefined;
    return this.take(this.rest.indexOf("\n") + 1)
      .toString("latin1")
      .replace(/\r?\n$/, "");
  }

  async bytes(length: number): Promise<Buffer | undefined> {
    while (this.rest.length < length) if (!(await this.more())) return undefined;
    return Buffer.from(this.take(length));
  }
}

/** A whole command: a line, and what was announced in it; nothing where the client has gone. */
async function commandFrom(
  input: Input,
  socket: Socket,
  session: Session,
): Promise<{ line: string; literals: Buffer[] } | undefined> {
  const literals: Buffer[] = [];
  let line = "";
  for (;;) {
    const piece = await input.line();
    if (piece === undefined) return undefined;
    line += piece;
    const length = session.announces?.(piece);
    if (length === undefined || length > MOST) return { line, literals };
    socket.write("+ go on\r\n");
    const bytes = await input.bytes(length);
    if (bytes === undefined) return undefined;
    literals.push(bytes);
  }
}

/** Speaks with one client until it goes. */
export async function talk(socket: Socket, session: Session): Promise<void> {
  // A reset that comes when the last line was answered is told to nobody else, and would end the process.
  socket.on("error", () => socket.destroy());
  socket.write(`${session.greeting}\r\n`);
  const input = new Input(socket);
  for (;;) {
    const command = await commandFrom(input, socket, session);
    if (command === undefined) break;
    const { text, ends = false } = await session.answer(command.line, command.literals);
    socket.write(text);
    if (ends) break;
  }
  socket.end();
}
