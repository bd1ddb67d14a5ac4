/**
 * What the stand-in keeps in MongoDB. Processes that only look into accounts, domains and aliases do it here, without the
 * models: half a dozen of them share a small host.
 */
import { MongoClient, type Collection } from "mongodb";
import type { Alias } from "./models/aliases.ts";
import type { Domain } from "./models/domains.ts";
import type { User } from "./models/users.ts";
import type { Settings } from "./settings.ts";

/** A message on its way out, one a recipient. */
export interface QueuedMessage {
  readonly _id: string;
  /** `user` and `system` mail is signed and gated; `forward` passes what came in. */
  readonly kind: "user" | "system" | "forward";
  readonly domain: string;
  /** Return path. */
  readonly sender: string;
  readonly recipient: string;
  readonly raw: Buffer;
  readonly status: "queued" | "sent" | "rejected";
  readonly attempts: number;
  readonly nextTry: Date;
  /** Why it is still here, or how it ended. */
  readonly reason: string;
  readonly created_at: Date;
}

/** The open database. */
export interface Database {
  readonly users: Collection<User>;
  readonly domains: Collection<Domain>;
  readonly aliases: Collection<Alias>;
  readonly queue: Collection<QueuedMessage>;
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
    // Upstream keeps them in a database of their own, under these names.
    queue: client.db(settings.emailsDatabase).collection("emails"),
    close: () => client.close(),
  };
}
