/** bree: jobs. The stand-in has one: it looks at the records of the domains, but for those that were told of it twice. */
import { openDatabase } from "./database.ts";
import { verifyDomain } from "./domain/verify.ts";
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
