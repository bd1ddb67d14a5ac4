/**
 * A mail program of a person outside: one JSON request on standard input, one JSON answer on standard output.
 *
 * `{"do": "send", host, user, password, to, subject, text}` submits over implicit TLS (RFC 8314);
 * `{"do": "read", host, user, password, subject}` reads the newest message of that subject over IMAP.
 * Certificates are verified against the machine's trust; a refused one fails.
 */
import { text } from "node:stream/consumers";
import { ImapFlow } from "imapflow";
import { createTransport } from "nodemailer";
import { z } from "zod";

const login = { host: z.string(), user: z.string(), password: z.string(), subject: z.string() };
const requests = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("send"), ...login, to: z.string(), text: z.string() }),
  z.strictObject({ do: z.literal("read"), ...login }),
]);

async function send(request: Extract<z.infer<typeof requests>, { do: "send" }>): Promise<unknown> {
  const { host, user, password, to, subject, text: body } = request;
  const transport = createTransport({ host, port: 465, secure: true, auth: { user, pass: password } });
  const sent = await transport.sendMail({ from: user, to, subject, text: body });
  return { response: sent.response, messageId: sent.messageId };
}

async function read(request: Extract<z.infer<typeof requests>, { do: "read" }>): Promise<unknown> {
  const { host, user, password, subject } = request;
  const client = new ImapFlow({
    host,
    port: 993,
    secure: true,
    auth: { user, pass: password },
    logger: false,
  });
  await client.connect();
  try {
    await client.mailboxOpen("INBOX");
    const found = await client.search({ subject });
    const newest = Array.isArray(found) ? found.at(-1) : undefined;
    if (newest === undefined) return { found: 0 };
    const message = await client.fetchOne(newest, { source: true });
    const source = message === false ? "" : (message.source?.toString() ?? "");
    return { found: (found as number[]).length, source };
  } finally {
    await client.logout();
  }
}

const request = requests.parse(JSON.parse(await text(process.stdin)));
process.stdout.write(JSON.stringify(request.do === "send" ? await send(request) : await read(request)));
