/** Speaks to the storage process: TLS, and the API secret sealed with the helper key. */
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { Refusal } from "../domain/refusal.ts";
import type { Folder } from "../models/mailboxes.ts";
import { seal } from "../secrets.ts";
import type { Settings } from "../settings.ts";
import { Cannot } from "./cannot.ts";

const LIMIT_MS = 30_000;

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function ask(settings: Settings, id: string, what: string, body: Buffer): Promise<Answer> {
  const request = settings.tlsFiles("SQLITE") === undefined ? plainRequest : tlsRequest;
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: settings.sqliteHost,
        port: settings.ports.SQLITE,
        method: "POST",
        path: `/mailboxes/${id}/${what}`,
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

/** Stores a message in the mailbox of an alias. Resolves once it is on disk. */
export async function storeMessage(settings: Settings, id: string, raw: Buffer): Promise<void> {
  const { status } = await ask(settings, id, "messages", raw);
  if (status !== 201) throw new Error(`the storage answered ${String(status)}`);
}

/** A message of a folder. */
export interface StoredMessage {
  readonly uid: number;
  readonly flags: readonly string[];
  readonly date: Date;
  readonly raw: Buffer;
}

/** A mailbox that a login opened. What cannot be done throws a {@link Cannot}. */
export interface OpenedMailbox {
  folders(): Promise<readonly Pick<Folder, "path" | "uidValidity" | "uidNext" | "specialUse">[]>;
  /** Messages of a folder, the oldest first. */
  read(path: string): Promise<readonly StoredMessage[]>;
  create(path: string): Promise<void>;
  append(path: string, message: Omit<StoredMessage, "uid">): Promise<void>;
  setFlags(path: string, uid: number, flags: readonly string[]): Promise<void>;
  /** Deletes what is marked for it. */
  expunge(path: string): Promise<void>;
}

class WrongPassword extends Error {}

/** Asks in a mailbox. */
async function inMailbox(settings: Settings, id: string, what: string, fields: object): Promise<unknown> {
  const { status, body } = await ask(settings, id, what, words(fields));
  if (status === 409) throw new WrongPassword(body);
  if (status === 422) {
    const { code, message } = JSON.parse(body) as { code: string; message: string };
    throw new Cannot(code, message);
  }
  if (status !== 200) throw new Error(`the storage answered ${String(status)}`);
  return JSON.parse(body) as unknown;
}

interface Read {
  readonly uid: number;
  readonly flags: readonly string[];
  readonly idate: string;
  readonly raw: string;
}

/** The mailbox of an alias; nothing where the password does not open it. */
export async function openMailbox(
  settings: Settings,
  id: string,
  password: string,
): Promise<OpenedMailbox | undefined> {
  const does = (what: string, fields: object = {}): Promise<unknown> =>
    inMailbox(settings, id, what, { ...fields, password });
  const mustDo = async (what: string, fields: object): Promise<void> => {
    await does(what, fields);
  };
  const mailbox: OpenedMailbox = {
    folders: async () => (await does("folders")) as Folder[],
    read: async (path) =>
      ((await does("read", { path })) as Read[]).map(({ uid, flags, idate, raw }) => ({
        ...{ uid, flags, date: new Date(idate), raw: Buffer.from(raw, "base64") },
      })),
    create: (path) => mustDo("create", { path }),
    append: (path, { flags, date, raw }) =>
      mustDo("append", { path, flags, date, raw: raw.toString("base64") }),
    setFlags: (path, uid, flags) => mustDo("flags", { path, uid, flags }),
    expunge: (path) => mustDo("expunge", { path }),
  };
  try {
    await mailbox.folders();
    return mailbox;
  } catch (error) {
    if (error instanceof WrongPassword) return undefined;
    throw error;
  }
}

async function mustChange(answer: Promise<Answer>): Promise<void> {
  const { status, body } = await answer;
  if (status !== 200) throw new Refusal(status === 507 ? 507 : 400, body);
}

/** Makes a mailbox anew, empty. Refused without room for it. */
export function resetMailbox(settings: Settings, id: string, password: string): Promise<void> {
  return mustChange(ask(settings, id, "reset", words({ password })));
}

/** Encrypts a mailbox anew. Refused without room for it, and where the old password does not open it. */
export function rekeyMailbox(settings: Settings, id: string, old: string, password: string): Promise<void> {
  return mustChange(ask(settings, id, "rekey", words({ old, password })));
}
