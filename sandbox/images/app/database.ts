/**
 * What the stand-in keeps in MongoDB. Processes that only look into accounts, domains and aliases do it here, without the
 * models: half a dozen of them share a small host.
 */
import { MongoClient, type Collection } from "mongodb";
import type { Alias } from "./models/aliases.ts";
import type { Domain } from "./models/domains.ts";
import type { Email } from "./models/emails.ts";
import type { User } from "./models/users.ts";
import type { Settings } from "./settings.ts";

/** The open database. */
export interface Database {
  readonly users: Collection<User>;
  readonly domains: Collection<Domain>;
  readonly aliases: Collection<Alias>;
  readonly emails: Collection<Email>;
  close(): Promise<void>;
}

/** Connects, and waits up to a minute for the server to answer. */
export async function openDatabase(settings: Settings): Promise<Database> {
  const client = new MongoClient(settings.mongoUri, {
    serverSelectionTimeoutMS: 60_000,
    maxPoolSize: 4,
    promoteBuffers: true,
  });
  await client.connect();
  const database = client.db();
  return {
    users: database.collection("users"),
    domains: database.collection("domains"),
    aliases: database.collection("aliases"),
    emails: database.collection("emails"),
    close: () => client.close(),
  };
}
