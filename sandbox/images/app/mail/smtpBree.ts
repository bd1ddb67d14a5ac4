/**
 * smtp_bree: takes queued messages through the gates and out, by upstream's rules (`jobs/send-emails.js`,
 * `helpers/process-email.js`): those whose date has come and which nobody has locked; who takes one locks it in the same
 * question. Nothing in the database says where a message of before was sent to: a database of before sends it again.
 */
import { dkimSign } from "mailauth/lib/dkim/sign.js";
import type { UpdateFilter, WithId } from "mongodb";
import config from "../config/index.ts";
import { openDatabase } from "../database.ts";
import { domainKey, systemKey, type SigningKey } from "../domain/identity.ts";
import type { Domain } from "../models/domains.ts";
import type { Email } from "../models/emails.ts";
import { endOnSignal, every, log, reasonOf } from "../process.ts";
import { randomHex } from "../secrets.ts";
import { readSettings } from "../settings.ts";
import { deliver, Rejected } from "./deliver.ts";
import { heldBecause } from "./gates.ts";
import { pauseFor } from "./queue.ts";

type Queued = WithId<Email>;

const settings = readSettings();
endOnSignal();
const database = await openDatabase(settings);
log("ready");
every(1, "queue", sendDue);

async function sendDue(): Promise<void> {
  const now = new Date();
  const due = await database.emails
    .find({ status: { $in: ["queued", "deferred"] }, is_locked: false, date: { $lte: now } })
    .toArray();
  for (const email of due) {
    const waited = (now.getTime() - email.updated_at.getTime()) / 1000;
    if (email.status === "deferred" && waited < pauseFor(email)) continue;
    const locked = await lock(email);
    if (locked !== null) await sendOne(locked);
  }
}

/** Takes it where it is still to be sent, and nobody else has it. */
async function lock({ _id }: Queued): Promise<Queued | null> {
  const now = new Date();
  return database.emails.findOneAndUpdate(
    { _id, status: { $in: ["queued", "deferred"] }, is_locked: false, date: { $lte: now } },
    { $set: { status: "queued", is_locked: true, locked_by: settings.smtpHost, locked_at: now } },
    { returnDocument: "after" },
  );
}

/** How a try ended. */
type Outcome = Pick<Email, "status" | "accepted" | "rejectedErrors">;

async function sendOne(email: Queued): Promise<void> {
  const outcome = await attempt(email);
  const reason = outcome.rejectedErrors[0]?.message ?? "";
  log(outcome.status, { id: email._id.toHexString(), to: outcome.accepted.length, reason });
  const isOver = outcome.status !== "deferred";
  const update: UpdateFilter<Email> = {
    $set: {
      ...{ ...outcome, is_locked: false, updated_at: new Date() },
      // Of what is over, upstream keeps no text.
      ...(isOver ? { message: Buffer.from("This message was redacted.\r\n"), is_redacted: true } : {}),
    },
    $unset: { locked_by: "", locked_at: "" },
  };
  await database.emails.updateOne({ _id: email._id }, update);
}

function failed(recipient: string, message: string, responseCode: number): Email["rejectedErrors"][number] {
  return { recipient, message, responseCode, date: new Date() };
}

async function attempt(email: Queued): Promise<Outcome> {
  const accepted = [...email.accepted];
  const left = email.envelope.to.filter((recipient) => !accepted.includes(recipient.toLowerCase()));
  // Given up without a try, and its sender is told so.
  if (email.date.getTime() + config.maxRetryDuration < Date.now())
    return over(accepted, left, "it has been retried for the maximum period");
  const held = await orReason(() => prepare(email));
  if (typeof held === "string") {
    return { status: "deferred", accepted, rejectedErrors: left.map((one) => failed(one, held, 421)) };
  }
  const errors: Email["rejectedErrors"] = [];
  for (const recipient of left) {
    try {
      await deliver(settings, { ...held, recipient });
      accepted.push(recipient.toLowerCase());
    } catch (error) {
      errors.push(failed(recipient, reasonOf(error), error instanceof Rejected ? 550 : 421));
    }
  }
  return { status: statusOf(accepted, errors), accepted, rejectedErrors: errors };
}

function statusOf(accepted: readonly string[], errors: Email["rejectedErrors"]): Email["status"] {
  if (errors.length === 0) return "sent";
  if (errors.some(({ responseCode }) => responseCode < 500)) return "deferred";
  return accepted.length > 0 ? "partially_sent" : "bounced";
}

function over(accepted: string[], left: readonly string[], why: string): Outcome {
  const errors = left.map((recipient) => failed(recipient, why, 550));
  return { status: statusOf(accepted, errors), accepted, rejectedErrors: errors };
}

async function orReason<T>(question: () => Promise<T | string>): Promise<T | string> {
  try {
    return await question();
  } catch (error) {
    return reasonOf(error);
  }
}

/** The message as it will leave, or what holds it back. */
async function prepare(email: Queued): Promise<{ sender: string; raw: Buffer } | string> {
  if (!settings.sendEmail) return "SEND_EMAIL is not true";
  const domain = await database.domains.findOne({ _id: email.domain });
  if (domain === null) return "its domain is gone";
  const isOwn = email.envelope.from === settings.transport.user.toLowerCase();
  const key = isOwn ? systemKey(settings) : domainKey(settings, domain);
  const raw = await signed(Buffer.from(email.message), key);
  const sender = `bounces-${randomHex(12)}@fe-bounces.${domain.name}`;
  const known: { domain?: Domain } = isOwn ? {} : { domain };
  return (await heldBecause(settings, { raw, key, sender, ...known })) ?? { sender, raw };
}

async function signed(raw: Buffer, key: SigningKey): Promise<Buffer> {
  const signature = {
    signingDomain: key.domain,
    selector: key.selector,
    privateKey: key.privateKey,
    canonicalization: "relaxed/relaxed",
    algorithm: "rsa-sha256",
  };
  // The list is what is signed with; the library's types ask for the same fields beside it.
  const result = await dkimSign(raw, { ...signature, signatureData: [signature] });
  if (result.signatures === "")
    throw new Error(`not signed: ${reasonOf(result.errors[0]?.err ?? "no reason")}`);
  return Buffer.concat([Buffer.from(result.signatures), raw]);
}
