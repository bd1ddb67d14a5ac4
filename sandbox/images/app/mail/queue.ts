/** The outgoing queue: what smtp puts in, and smtp_bree sends. */
import { randomUUID } from "node:crypto";
import { ObjectId, type WithId } from "mongodb";
import type { Database } from "../database.ts";
import type { Alias } from "../models/aliases.ts";
import type { Domain } from "../models/domains.ts";
import type { Email } from "../models/emails.ts";
import { fieldsOf, reply } from "./message.ts";

/** A message that an alias wants to send. */
interface Submitted {
  readonly alias: WithId<Alias>;
  readonly domain: WithId<Domain>;
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
}

/** The date of the header, which upstream sends by: a message with a later one waits for it. */
function dateOf(raw: Buffer, now: Date): Date {
  const date = new Date(fieldsOf(raw, "date")[0] ?? "");
  return Number.isNaN(date.getTime()) || date.getTime() < 1000 ? now : date;
}

/** Puts a message into the queue, and answers its id. The same one twice is refused: some programs send so. */
export async function enqueue(database: Database, submitted: Submitted): Promise<string> {
  const { alias, domain, from, to, raw } = submitted;
  const now = new Date();
  const [messageId = randomUUID()] = fieldsOf(raw, "message-id").map((value) => value.replace(/^<|>$/g, ""));
  const [subject] = fieldsOf(raw, "subject");
  const email: Email = {
    ...{ alias: alias._id, domain: domain._id, user: alias.user },
    ...{ status: "queued", is_locked: false },
    envelope: { from, to: [...new Set(to)] },
    ...{ message: raw, is_redacted: false, messageId, date: dateOf(raw, now) },
    headers: subject === undefined ? {} : { Subject: subject },
    ...(subject === undefined ? {} : { subject }),
    ...{ accepted: [], rejectedErrors: [], created_at: now, updated_at: now },
  };
  const same = { messageId, date: email.date, domain: domain._id, "envelope.from": from };
  const others = await database.emails.find(same).toArray();
  if (others.some(({ envelope }) => envelope.to.join() === email.envelope.to.join()))
    throw reply(550, "5.7.1 this email already exists");
  const _id = new ObjectId();
  await database.emails.insertOne({ ...email, _id });
  return _id.toHexString();
}

/** Seconds until a message that was put off is tried again: quick at first, so that a record just published lets it go. */
export function pauseFor({ created_at: created, updated_at: tried }: Email): number {
  return Math.min(1 + (tried.getTime() - created.getTime()) / 2000, 10);
}
