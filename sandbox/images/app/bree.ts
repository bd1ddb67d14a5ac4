/**
 * bree: jobs. The stand-in has two: it looks at the records of the domains, but for those that were told of it twice, and it
 * lets go of messages whose sender died over them, and of those that wait for their domain alone (`jobs/unlock-emails.js`).
 */
import { openDatabase } from "./database.ts";
import { verifyDomain } from "./domain/verify.ts";
import type { Email } from "./models/emails.ts";
import { endOnSignal, every, log } from "./process.ts";
import { readSettings } from "./settings.ts";

const settings = readSettings();
endOnSignal();
const database = await openDatabase(settings);
log("ready");
every(5, "verification", async () => {
  for (const domain of await database.domains.find().toArray()) {
    if (domain.verified_email_sent_at && domain.onboard_email_sent_at) continue;
    const { receives } = await verifyDomain(database, settings, domain);
    if (receives && !(domain.has_txt_record && domain.has_mx_record))
      log("verified", { domain: domain.name });
  }
});

const ORPHANED_AFTER_MS = 5 * 60 * 1000;
const UNLOCKED = {
  $set: { is_locked: false, status: "queued" },
  $unset: { locked_by: "", locked_at: "" },
} as const;
every(60, "unlocking", async () => {
  const orphaned = { $lte: new Date(Date.now() - ORPHANED_AFTER_MS) };
  const waiting: Email["status"][] = ["queued", "deferred"];
  await database.emails.updateMany(
    { status: { $in: waiting }, is_locked: true, locked_at: orphaned },
    UNLOCKED,
  );
  for (const { _id, domain } of await database.emails.find({ status: "pending" }).toArray()) {
    const known = await database.domains.findOne({ _id: domain });
    if (known === null) await database.emails.deleteOne({ _id });
    else if (!known.smtp_suspended_sent_at) await database.emails.updateOne({ _id }, UNLOCKED);
  }
});
