/** The outgoing queue: what smtp puts in, and smtp_bree sends. */
import { randomUUID } from "node:crypto";
import type { Database, QueuedMessage } from "../database.ts";

/** Puts a message into the queue, once a recipient, and answers the ids. */
export async function enqueue(
  database: Database,
  message: Pick<QueuedMessage, "kind" | "domain" | "sender"> & { recipients: readonly string[]; raw: Buffer },
): Promise<string[]> {
  const now = new Date();
  const documents = message.recipients.map((recipient): QueuedMessage => ({
    _id: randomUUID(),
    kind: message.kind,
    domain: message.domain,
    sender: message.sender,
    recipient,
    raw: message.raw,
    status: "queued",
    attempts: 0,
    nextTry: now,
    reason: "",
    created_at: now,
  }));
  if (documents.length > 0) await database.queue.insertMany(documents);
  return documents.map((document) => document._id);
}

/** Seconds until the next try: quick at first, so that a record just published lets the mail go, at most ten. */
export function pauseAfter(attempts: number): number {
  return Math.min(2 ** Math.min(attempts, 4), 10);
}
