/** sqlite: keeps the mailboxes. Upstream keeps one SQLite file an alias; the stand-in keeps a folder. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { endOnSignal, listen, log, readTls, reasonOf, webServer } from "../process.ts";
import { open, same } from "../secrets.ts";
import { readSettings } from "../settings.ts";
import { NoRoom, readMailbox, rekeyMailbox, resetMailbox, type Mailbox } from "./mailbox.ts";
import { addToMaildir, makeFolder } from "./maildir.ts";

const settings = readSettings();
endOnSignal();
const server = webServer(readTls(settings, "SQLITE"), (request, response) => {
  void answer(request, response).catch((error: unknown) => {
    log("not stored", { reason: reasonOf(error) });
    response.writeHead(error instanceof NoRoom ? 507 : 500).end(reasonOf(error));
  });
});
await makeFolder(settings.storage);
await listen(server, settings.ports.SQLITE);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!authorised(request.headers.authorization ?? "")) return void response.writeHead(401).end();
  const [, address = "", id = "", what = ""] =
    /^\/mailboxes\/([^/]+)\/([0-9a-f]{24})\/(\w+)$/.exec(request.url ?? "") ?? [];
  const [, name, domain] = /^([a-z0-9.+_-]+)@([a-z0-9.-]+)$/.exec(decodeURIComponent(address)) ?? [];
  if (request.method !== "POST" || name === undefined || domain === undefined)
    return void response.writeHead(404).end();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [status, body = ""] = await done({ domain, name, id }, what, Buffer.concat(chunks));
  response.writeHead(status).end(body);
}

/** Does what is asked for, and answers status and body. */
async function done(mailbox: Mailbox, what: string, body: Buffer): Promise<[number, string?]> {
  if (what === "messages") {
    await addToMaildir(settings.storage, mailbox, body);
    return [201];
  }
  const { old = "", password } = JSON.parse(body.toString()) as { old?: string; password: string };
  if (what === "read") {
    const messages = await readMailbox(settings.storage, mailbox, password);
    if (messages === undefined) log("cannot be read", { mailbox: mailbox.id });
    if (messages === undefined) return [409, "the mailbox does not open with this password"];
    return [200, JSON.stringify(messages.map((message) => message.toString("base64")))];
  }
  if (what === "reset") {
    await resetMailbox(settings.storage, mailbox, password);
    return [200];
  }
  if (what !== "rekey") return [404];
  const isDone = await rekeyMailbox(settings.storage, mailbox, old, password);
  return isDone ? [200] : [409, "the mailbox does not open with the old password"];
}

function authorised(header: string): boolean {
  try {
    return same(open(header.replace(/^Bearer /, ""), settings.helperKey), settings.apiSecrets[0] ?? "");
  } catch {
    return false;
  }
}
