/** smtp_bree: takes queued messages through the gates and out. */
import { dkimSign } from "mailauth/lib/dkim/sign.js";
import { openDatabase, type Database, type QueuedMessage } from "../database.ts";
import { domainKey, systemKey, type SigningKey } from "../domain/identity.ts";
import { endOnSignal, every, log, reasonOf } from "../process.ts";
import { readSettings, type Settings } from "../settings.ts";
import { deliver, Rejected } from "./deliver.ts";
import { heldBecause } from "./gates.ts";
import { pauseAfter } from "./queue.ts";

/** After so long a message is given up. */
const GIVE_UP_AFTER_MS = 5 * 24 * 3600 * 1000;

const settings = readSettings();
endOnSignal();
const database = await openDatabase(settings);
log("ready");
every(1, "queue", () => sendDue(database, settings));

async function sendDue(database: Database, settings: Settings): Promise<void> {
  const due = database.queue.find({ status: "queued", nextTry: { $lte: new Date() } }).limit(20);
  for await (const message of due) await tryOne(database, settings, message);
}

async function tryOne(database: Database, settings: Settings, message: QueuedMessage): Promise<void> {
  const outcome = await attempt(database, settings, message);
  const attempts = message.attempts + 1;
  log(outcome.status, {
    id: message._id,
    kind: message.kind,
    domain: message.domain,
    reason: outcome.reason,
  });
  const nextTry = new Date(Date.now() + pauseAfter(attempts) * 1000);
  await database.queue.updateOne({ _id: message._id }, { $set: { ...outcome, attempts, nextTry } });
}

async function attempt(
  database: Database,
  settings: Settings,
  message: QueuedMessage,
): Promise<Pick<QueuedMessage, "status" | "reason">> {
  try {
    if (!settings.sendEmail) return { status: "queued", reason: "SEND_EMAIL is not true" };
    const { raw, held } = await prepared(database, settings, message);
    if (held !== undefined) return { status: overdue(message) ? "rejected" : "queued", reason: held };
    return { status: "sent", reason: await deliver(settings, { ...message, raw }) };
  } catch (error) {
    const final = error instanceof Rejected || overdue(message);
    return { status: final ? "rejected" : "queued", reason: reasonOf(error) };
  }
}

function overdue(message: QueuedMessage): boolean {
  return Date.now() - message.created_at.getTime() > GIVE_UP_AFTER_MS;
}

/** The message as it will leave, and what holds it back. Forwarded mail passes as it came. */
async function prepared(
  database: Database,
  settings: Settings,
  message: QueuedMessage,
): Promise<{ raw: Buffer; held?: string | undefined }> {
  const original = Buffer.from(message.raw);
  if (message.kind === "forward") return { raw: original };
  if (message.kind === "system") {
    const key = systemKey(settings);
    const raw = await signed(original, key);
    return { raw, held: await heldBecause(settings, { raw, key, sender: message.sender }) };
  }
  const domain = await database.domains.findOne({ name: message.domain });
  if (domain === null) return { raw: original, held: `the domain ${message.domain} is gone` };
  const key = domainKey(settings, domain);
  const raw = await signed(original, key);
  return { raw, held: await heldBecause(settings, { raw, key, sender: message.sender, domain }) };
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
