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
import { clearInbox, readInbox } from "./inbox.ts";
import { enqueue, holdQueue, readQueue } from "./queue.ts";
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
export async function serveControl(settings: OutsideSettings): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(settings, request).then(
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

async function answer(
  settings: OutsideSettings,
  request: IncomingMessage,
): Promise<{ status: number; body: unknown }> {
  const route = `${request.method ?? ""} ${request.url ?? ""}`;
  if (route === "GET /queue") return { status: 200, body: await readQueue(settings) };
  if (route === "POST /queue/hold" || route === "POST /queue/release") {
    await holdQueue(settings, route.endsWith("/hold"));
    return { status: 200, body: {} };
  }
  if (route === "GET /inbox") return { status: 200, body: await readInbox(settings) };
  if (route === "DELETE /inbox") {
    await clearInbox(settings);
    return { status: 200, body: {} };
  }
  if (route === "POST /send") return send(settings, await textOf(request));
  const id = /^GET \/inbox\/([0-9a-f-]{36})$/.exec(route)?.[1];
  if (id !== undefined)
    return { status: 200, body: await readFile(join(settings.folder, "inbox", `${id}.eml`)) };
  return { status: 404, body: { error: `there is no ${route}` } };
}

async function send(settings: OutsideSettings, text: string): Promise<{ status: number; body: unknown }> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { status: 400, body: { error: "the body is not JSON" } };
  }
  const parsed = sendRequest.safeParse(value);
  if (!parsed.success) return { status: 400, body: { error: z.prettifyError(parsed.error) } };
  return { status: 201, body: { id: await enqueue(settings, parsed.data) } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
