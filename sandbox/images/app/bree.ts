/** bree: jobs. The stand-in has one: it looks again at domains that are not verified yet. */
import { openDatabase } from "./database.ts";
import { verifyDomain } from "./domain/domains.ts";
import { endOnSignal, every, log } from "./process.ts";
import { readSettings } from "./settings.ts";

const settings = readSettings();
endOnSignal();
const database = await openDatabase(settings);
log("ready");
every(5, "verification", async () => {
  for await (const domain of database.domains.find({ verified: false })) {
    const { verified } = await verifyDomain(database, settings, domain._id);
    if (verified) log("verified", { domain: domain._id });
  }
});
