/** The question how much mail has still to leave: the app's own database is asked, by the app's own driver. */
import { findPort, type ServiceName } from "./table.ts";

/** Address of one of the app's databases, as the app itself knows it. */
export function mongoUri(name: string): string {
  return `mongodb://127.0.0.1:${String(findPort("mongodb"))}/${name}`;
}

/**
 * Where the app may keep mail that has still to leave: with the rest in newer releases (`app/models/emails.js` at c6c0dc0), in a
 * database of its own in older ones (0094ccf).
 */
const QUEUE_DATABASES = [mongoUri("forwardemail_production"), mongoUri("forwardemail_emails_production")];

/** Container that sends it, and so has the driver. */
export const SENDER: ServiceName = "smtp_bree";

/**
 * A program for the container's Node, on standard input; the driver alone is loaded in half the time. Prints `queue COUNT AGE HELD`: how many wait and the age of the oldest in
 * seconds, without those that are held of a restored queue, and how many these are; or `queue ? WHY`.
 */
export const WAITING_MAIL = `
const { MongoClient } = (() => { try { return require("mongodb"); } catch { return require("mongoose").mongo; } })();
(async () => {
  const waiting = [];
  for (const uri of ${JSON.stringify(QUEUE_DATABASES)}) {
    const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5000 });
    const options = { projection: { created_at: 1, mailstead_held: 1 } };
    waiting.push(...(await client.db().collection("emails")
      .find({ status: { $in: ["pending", "queued", "deferred"] } }, options).toArray()));
    await client.close();
  }
  const free = waiting.filter((email) => email.mailstead_held === undefined);
  const oldest = Math.min(Date.now(), ...free.map((email) => email.created_at.getTime()));
  console.log("queue " + free.length + " " + Math.round((Date.now() - oldest) / 1000) + " " + (waiting.length - free.length));
})().then(() => process.exit(0), (error) => { console.log("queue ? " + error.message); process.exit(0); });
`;
