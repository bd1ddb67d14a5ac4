/** sqlite: keeps the mailboxes, one SQLite file an alias (`mailbox.ts`), and does with them what the others ask for. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { mkdir } from "node:fs/promises";
import type { Database } from "better-sqlite3-multiple-ciphers";
import { endOnSignal, listen, log, readTls, reasonOf, webServer } from "../process.ts";
import { open, same } from "../secrets.ts";
import { readSettings } from "../settings.ts";
import { Cannot } from "./cannot.ts";
import * as store from "./mailbox.ts";

const settings = readSettings();
endOnSignal();
const server = webServer(readTls(settings, "SQLITE"), (request, response) => {
  void answer(request, response).catch((error: unknown) => {
    log("not stored", { reason: reasonOf(error) });
    response.writeHead(error instanceof store.NoRoom ? 507 : 500).end(reasonOf(error));
  });
});
await mkdir(settings.storage, { recursive: true, mode: 0o700 });
await listen(server, settings.ports.SQLITE);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!authorised(request.headers.authorization ?? "")) return void response.writeHead(401).end();
  const [, id, what = ""] = /^\/mailboxes\/([0-9a-f]{24})\/(\w+)$/.exec(request.url ?? "") ?? [];
  if (request.method !== "POST" || id === undefined) return void response.writeHead(404).end();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [status, body = ""] = await inTurn(id, () => done(id, what, Buffer.concat(chunks)));
  response.writeHead(status).end(body);
}

const turns = new Map<string, Promise<unknown>>();

/** Who opens a mailbox waits for who has it open, as the lock of a SQLite file has it. */
function inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(id) ?? Promise.resolve()).catch(() => undefined).then(work);
  turns.set(id, turn);
  return turn;
}

/** What is asked for, beside the password. */
interface Asked {
  readonly password: string;
  readonly old?: string;
  readonly path?: string;
  readonly uid?: number;
  readonly flags?: readonly string[];
  readonly date?: string;
  /** Base64. */
  readonly raw?: string;
}

/** Does what is asked for, and answers status and body. */
async function done(id: string, what: string, body: Buffer): Promise<[number, string?]> {
  if (what === "messages") {
    await store.deliver(settings.storage, id, body);
    return [201];
  }
  const asked = JSON.parse(body.toString()) as Asked;
  if (what === "reset") {
    await store.resetMailbox(settings.storage, id, asked.password);
    return [200];
  }
  if (what === "rekey") {
    const isDone = await store.rekeyMailbox(settings.storage, id, asked.old ?? "", asked.password);
    return isDone ? [200] : [409, "the mailbox does not open with the old password"];
  }
  const db = await store.openMailbox(settings.storage, id, asked.password);
  if (db === undefined) {
    log("cannot be read", { mailbox: id });
    return [409, "the mailbox does not open with this password"];
  }
  return inMailbox(db, what, asked);
}

/** What is done in a mailbox that is open. */
async function inMailbox(db: Database, what: string, asked: Asked): Promise<[number, string?]> {
  const { path = "INBOX", uid = 0, flags = [], date = "", raw = "" } = asked;
  const deeds: Readonly<Record<string, () => unknown>> = {
    folders: () => store.foldersOf(db),
    read: async () =>
      (await store.read(db, path)).map((one) => ({ ...one, raw: one.raw.toString("base64") })),
    create: () => {
      store.create(db, path);
    },
    append: () => {
      store.append(db, path, { flags, date: new Date(date), raw: Buffer.from(raw, "base64") });
    },
    flags: () => {
      store.setFlags(db, path, uid, flags);
    },
    expunge: () => {
      store.expunge(db, path);
    },
  };
  const deed = deeds[what];
  if (deed === undefined) return [404];
  try {
    return [200, JSON.stringify((await deed()) ?? null)];
  } catch (error) {
    if (error instanceof Cannot) return [422, JSON.stringify({ code: error.code, message: error.message })];
    throw error;
  }
}

function authorised(header: string): boolean {
  try {
    return same(open(header.replace(/^Bearer /, ""), settings.helperKey), settings.apiSecrets[0] ?? "");
  } catch {
    return false;
  }
}
