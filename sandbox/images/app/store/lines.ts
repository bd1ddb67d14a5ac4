/** What imap and pop3 share: a protocol of lines over TLS, and the login of an alias. */
import { createServer as createPlainServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { createServer } from "node:tls";
import { openDatabase } from "../database.ts";
import { logIn } from "../domain/access.ts";
import { endOnSignal, listen, log, readTls, reasonOf } from "../process.ts";
import { readSettings } from "../settings.ts";
import { readMailbox } from "./client.ts";

/** One connection's side of the protocol. */
export interface Session {
  /** First line, without its line end. */
  readonly greeting: string;
  /** The whole answer to a line, with line ends; `ends` closes the connection after it. */
  answer(line: string): Promise<{ readonly text: Buffer; readonly ends?: boolean }>;
}

/** Messages of the mailbox that a login opens, the oldest first; nothing where it is refused. */
export type OpenMailbox = (user: string, password: string) => Promise<readonly Buffer[] | undefined>;

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
    if (typeof access !== "string")
      return readMailbox(settings, { address: access.address, id: access.alias._id.toHexString() }, password);
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

async function talk(socket: Socket, session: Session): Promise<void> {
  socket.on("error", () => socket.destroy());
  socket.write(`${session.greeting}\r\n`);
  for await (const line of createInterface({ input: socket })) {
    const { text, ends = false } = await session.answer(line);
    socket.write(text);
    if (ends) break;
  }
  socket.end();
}
