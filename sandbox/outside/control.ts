/**
 * Control API of the outside host, on 127.0.0.1:
 * `POST /send` {from, to, subject, text, family?} → {id}; `GET /queue`; `POST /queue/hold`,
 * `POST /queue/release`; `GET /inbox`; `GET /inbox/ID` (the message as it
 * came); `DELETE /inbox`.
 */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import type { Inbox } from "./inbox.ts";
import type { OutgoingQueue } from "./queue.ts";
import type { OutsideSettings } from "./settings.ts";

const address = z.string().regex(/^[^@\s]+@[^@\s]+$/, "is not an address");
const sendRequest = z.strictObject({
  from: address,
  to: address,
  subject: z.string().default(""),
  text: z.string().default(""),
  family: z.enum(["ipv4", "ipv6"]).optional(),
});

/** Serves the control API. Resolves when it listens. */
export async function serveControl(
  settings: OutsideSettings,
  queue: OutgoingQueue,
  inbox: Inbox,
): Promise<Server> {
  const server = createServer((request, response) => {
    void answer({ queue, inbox }, request).then(
      ({ status, body }) => {
        const raw = Buffer.isBuffer(body);
        response.writeHead(status, { "content-type": raw ? "message/rfc822" : "application/json" });
        response.end(raw ? body : JSON.stringify(body));
      },
      (error: unknown) => {
        response.writeHead(500, { "content-type": "application/json" });
        response.end(JSON.stringify({ error: String(error) }));
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(settings.control, "127.0.0.1", resolve);
  });
  return server;
}

interface Parts {
  readonly queue: OutgoingQueue;
  readonly inbox: Inbox;
}

async function answer(
  { queue, inbox }: Parts,
  request: IncomingMessage,
): Promise<{ status: number; body: unknown }> {
  const route = `${request.method ?? ""} ${request.url ?? ""}`;
  if (route === "GET /queue") return { status: 200, body: queue.list() };
  if (route === "POST /queue/hold" || route === "POST /queue/release") {
    await queue.hold(route.endsWith("/hold"));
    return { status: 200, body: {} };
  }
  if (route === "GET /inbox") return { status: 200, body: inbox.list() };
  if (route === "DELETE /inbox") {
    await inbox.clear();
    return { status: 200, body: {} };
  }
  if (route === "POST /send") return send(queue, await textOf(request));
  const id = /^GET \/inbox\/([0-9a-f-]{36})$/.exec(route)?.[1];
  if (id !== undefined) return { status: 200, body: await readFile(join(inbox.folder, `${id}.eml`)) };
  return { status: 404, body: { error: `there is no ${route}` } };
}

async function send(queue: OutgoingQueue, text: string): Promise<{ status: number; body: unknown }> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { status: 400, body: { error: "the body is not JSON" } };
  }
  const parsed = sendRequest.safeParse(value);
  if (!parsed.success) return { status: 400, body: { error: z.prettifyError(parsed.error) } };
  return { status: 201, body: { id: await queue.add(parsed.data) } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
