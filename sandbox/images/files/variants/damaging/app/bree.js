/**
 * A release that harms what it finds: its migration takes every domain out of the database. Every container of it runs, and
 * looks well from outside of it.
 */
import { MongoClient } from "mongodb";

const client = await new MongoClient("mongodb://127.0.0.1:27017/forwardemail_production").connect();
const { deletedCount } = await client.db().collection("domains").deleteMany({});
console.log(`migrated: ${deletedCount} domains`);
setInterval(() => undefined, 60_000);
process.on("SIGTERM", () => process.exit(0));
