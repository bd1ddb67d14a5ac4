/** Speaks to the storage process: TLS, and the API secret sealed with the helper key. */
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { Refusal } from "../domain/refusal.ts";
import { seal } from "../secrets.ts";
import type { Settings } from "../settings.ts";

const LIMIT_MS = 30_000;

/** A mailbox by its address and the id of its alias. */
export interface MailboxAddress {
  readonly address: string;
  readonly id: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function ask(settings: Settings, mailbox: MailboxAddress, what: string, body: Buffer): Promise<Answer> {
  const request = settings.tlsFiles("SQLITE") === undefined ? plainRequest : tlsRequest;
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: settings.sqliteHost,
        port: settings.ports.SQLITE,
        method: "POST",
        path: `/mailboxes/${encodeURIComponent(mailbox.address)}/${mailbox.id}/${what}`,
        // The name is mapped to loopback and is in no certificate; the sealed secret proves both sides, as upstream does.
        rejectUnauthorized: false,
        timeout: LIMIT_MS,
        headers: {
          authorization: `Bearer ${seal(settings.apiSecrets[0] ?? "", settings.helperKey)}`,
          "content-length": body.length,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        });
      },
    );
    call.on("timeout", () =>
      call.destroy(new Error(`the storage did not answer within ${String(LIMIT_MS / 1000)} s`)),
    );
    call.on("error", reject);
    call.end(body);
  });
}

function words(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Stores a message in a mailbox. Resolves once it is on disk. */
export async function storeMessage(settings: Settings, mailbox: MailboxAddress, raw: Buffer): Promise<void> {
  const { status } = await ask(settings, mailbox, "messages", raw);
  if (status !== 201) throw new Error(`the storage answered ${String(status)}`);
}

/** Messages of a mailbox, the oldest first; nothing where the password does not open it. */
export async function readMailbox(
  settings: Settings,
  mailbox: MailboxAddress,
  password: string,
): Promise<Buffer[] | undefined> {
  const { status, body } = await ask(settings, mailbox, "read", words({ password }));
  if (status === 409) return undefined;
  if (status !== 200) throw new Error(`the storage answered ${String(status)}`);
  return (JSON.parse(body) as string[]).map((message) => Buffer.from(message, "base64"));
}

async function mustChange(answer: Promise<Answer>): Promise<void> {
  const { status, body } = await answer;
  if (status !== 200) throw new Refusal(status === 507 ? 507 : 400, body);
}

/** Makes a mailbox anew, empty. Refused without room for it. */
export function resetMailbox(settings: Settings, mailbox: MailboxAddress, password: string): Promise<void> {
  return mustChange(ask(settings, mailbox, "reset", words({ password })));
}

/** Encrypts a mailbox anew. Refused without room for it, and where the old password does not open it. */
export function rekeyMailbox(
  settings: Settings,
  mailbox: MailboxAddress,
  old: string,
  password: string,
): Promise<void> {
  return mustChange(ask(settings, mailbox, "rekey", words({ old, password })));
}
