/** sqlite: keeps the mailboxes. Upstream keeps one SQLite file an alias; the stand-in keeps Maildirs. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { endOnSignal, listen, log, readTls, reasonOf, webServer } from "../process.ts";
import { open, same } from "../secrets.ts";
import { readSettings } from "../settings.ts";
import { addToMaildir, makeFolder } from "./maildir.ts";

const settings = readSettings();
endOnSignal();
const server = webServer(readTls(settings, "SQLITE"), (request, response) => {
  void answer(request, response).catch((error: unknown) => {
    log("not stored", { reason: reasonOf(error) });
    response.writeHead(500).end();
  });
});
await makeFolder(settings.storage);
await listen(server, settings.ports.SQLITE);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!authorised(request.headers.authorization ?? "")) return void response.writeHead(401).end();
  const address = /^\/mailboxes\/([^/]+)\/messages$/.exec(request.url ?? "")?.[1];
  const [, name, domain] = /^([a-z0-9.+_-]+)@([a-z0-9.-]+)$/.exec(decodeURIComponent(address ?? "")) ?? [];
  if (request.method !== "POST" || name === undefined || domain === undefined)
    return void response.writeHead(404).end();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  await addToMaildir(settings.storage, { domain, name }, Buffer.concat(chunks));
  response.writeHead(201).end();
}

function authorised(header: string): boolean {
  try {
    return same(open(header.replace(/^Bearer /, ""), settings.helperKey), settings.apiSecrets[0] ?? "");
  } catch {
    return false;
  }
}
