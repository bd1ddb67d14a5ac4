/**
 * A mail program of a person outside, asked by lines (answerLines.ts).
 *
 * `{"do": "send", host, user, password, to, subject, text}` submits over implicit TLS (RFC 8314);
 * `{"do": "read", host, user, password, subject}` reads the newest message of that subject over IMAP;
 * `{"do": "fill", host, from, localAddress, to, count}` hands that many messages to an MX, each to all of `to`, by port 25;
 * `{"do": "hash", host, user, password}` answers the SHA-256 of each message of the INBOX, sorted;
 * `{"do": "show", …, folder}` answers hash, flags and date of each message of a folder, in their order;
 * `{"do": "put", …, folder, source, flags, date}` puts a message into a folder;
 * `{"do": "delete", …, count}` deletes so many of the oldest messages of the INBOX.
 * Certificates are verified against the machine's trust; a refused one fails.
 */
import { createHash } from "node:crypto";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { ImapFlow } from "imapflow";
import { createTransport } from "nodemailer";
import { z } from "zod";
import { answerLines } from "./answerLines.ts";

const account = { host: z.string(), user: z.string(), password: z.string() };
const login = { ...account, subject: z.string() };
const requests = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("send"), ...login, to: z.string(), text: z.string() }),
  z.strictObject({ do: z.literal("read"), ...login }),
  z.strictObject({
    ...{ do: z.literal("fill"), host: z.string(), from: z.string(), localAddress: z.string() },
    ...{ to: z.array(z.string()), count: z.number() },
  }),
  z.strictObject({ do: z.literal("hash"), ...account }),
  z.strictObject({ do: z.literal("show"), ...account, folder: z.string() }),
  z.strictObject({
    ...{ do: z.literal("put"), ...account, folder: z.string(), source: z.string() },
    ...{ flags: z.array(z.string()), date: z.string() },
  }),
  z.strictObject({ do: z.literal("delete"), ...account, count: z.number() }),
]);

type Request = z.infer<typeof requests>;
type Ask<Name extends Request["do"]> = Extract<Request, { do: Name }>;

/** The library would remember an address for five minutes, and the next server may have another. */
async function locate(host: string, family?: number): Promise<{ host: string; tls: { servername: string } }> {
  const { address } = await lookup(host, { ...(family && { family }) });
  return { host: address, tls: { servername: host } };
}

async function send(request: Ask<"send">): Promise<unknown> {
  const { host, user, password, to, subject, text: body } = request;
  const transport = createTransport({
    ...(await locate(host)),
    ...{ port: 465, secure: true, auth: { user, pass: password } },
  });
  const sent = await transport.sendMail({ from: user, to, subject, text: body });
  return { response: sent.response, messageId: sent.messageId };
}

/** Works in a folder. */
async function inFolder<T>(
  { host, user, password }: Pick<Ask<"hash">, "host" | "user" | "password">,
  work: (client: ImapFlow) => Promise<T>,
  folder = "INBOX",
): Promise<T> {
  const auth = { user, pass: password };
  const client = new ImapFlow({ host, port: 993, secure: true, auth, logger: false });
  // A reset fails the command under way by itself; after LOGOUT nobody waits for anything.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.mailboxOpen(folder);
    return await work(client);
  } finally {
    await client.logout();
  }
}

function read(request: Ask<"read">): Promise<unknown> {
  return inFolder(request, async (client) => {
    const found = await client.search({ subject: request.subject });
    const newest = Array.isArray(found) ? found.at(-1) : undefined;
    if (newest === undefined) return { found: 0 };
    const message = await client.fetchOne(newest, { source: true });
    const source = message === false ? "" : (message.source?.toString() ?? "");
    return { found: (found as number[]).length, source };
  });
}

/** As a sender's queue does that has much for one host: few connections, one message after another. */
async function fill({ host, from, localAddress, to, count }: Ask<"fill">): Promise<unknown> {
  const transport = createTransport({
    ...(await locate(host, isIP(localAddress))),
    ...{ port: 25, localAddress, pool: true, maxConnections: 4 },
  });
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1));
  try {
    const sent = await Promise.all(
      numbers.map((number) =>
        transport.sendMail({
          envelope: { from, to },
          ...{ from, to: "undisclosed-recipients:;", subject: `kept ${number}` },
          text: `${number} ${"of many words ".repeat(40)}`,
        }),
      ),
    );
    return { accepted: sent.reduce((sum, { accepted }) => sum + accepted.length, 0) };
  } finally {
    transport.close();
  }
}

function hash(request: Ask<"hash">): Promise<unknown> {
  return inFolder(request, async (client) => {
    const hashes: string[] = [];
    for await (const { source } of client.fetch("1:*", { source: true })) hashes.push(digest(source));
    return hashes.sort();
  });
}

const digest = (source: Buffer | undefined): string =>
  createHash("sha256")
    .update(source ?? "")
    .digest("hex");

function show(request: Ask<"show">): Promise<unknown> {
  const work = async (client: ImapFlow): Promise<unknown> => {
    const shown: unknown[] = [];
    const wanted = { source: true, flags: true, internalDate: true };
    for await (const { source, flags, internalDate } of client.fetch("1:*", wanted))
      shown.push({ hash: digest(source), flags: [...(flags ?? [])].sort(), date: internalDate });
    return shown;
  };
  return inFolder(request, work, request.folder);
}

function put(request: Ask<"put">): Promise<unknown> {
  const { folder, source, flags, date } = request;
  return inFolder(request, async (client) => {
    const put = await client.append(folder, source, flags, new Date(date));
    return { put: put !== false };
  });
}

function remove(request: Ask<"delete">): Promise<unknown> {
  return inFolder(request, async (client) => ({
    deleted: await client.messageDelete(`1:${String(request.count)}`),
  }));
}

function answer(request: Request): Promise<unknown> {
  switch (request.do) {
    case "send":
      return send(request);
    case "read":
      return read(request);
    case "fill":
      return fill(request);
    case "hash":
      return hash(request);
    case "show":
      return show(request);
    case "put":
      return put(request);
    case "delete":
      return remove(request);
  }
}

await answerLines((request) => answer(requests.parse(request)));
