/** What the stand-in keeps in MongoDB. */
import { MongoClient, type Binary, type Collection } from "mongodb";
import type { PasswordHash } from "./secrets.ts";
import type { Settings } from "./settings.ts";

/** Someone who may log in to the web. */
export interface Account {
  readonly _id: string;
  readonly email: string;
  readonly passwordHash: PasswordHash;
  readonly admin: boolean;
}

/** A mail domain, with upstream's names for what others may ask for. `_id` is its name. */
export interface Domain {
  readonly _id: string;
  readonly name: string;
  /** Upstream takes no mail for domains of the plan `free`. */
  readonly plan: "team";
  readonly verification_record: string;
  readonly dkimSelector: string;
  /** SPKI in base64: the `p=` of the record. */
  readonly dkimPublicKey: string;
  /** PEM, sealed with HELPER_ENCRYPTION_KEY. */
  readonly dkimPrivateKey: string;
  /** MX and verification record were seen, by whom the web interface asked to look. Mail does not depend on it. */
  readonly verified: boolean;
  readonly created: Date;
}

/** An address. `_id` is the whole address, `domain` the domain's `_id`. */
export interface Alias {
  readonly _id: string;
  readonly domain: string;
  readonly name: string;
  readonly is_enabled: boolean;
  readonly passwordHash: PasswordHash;
  /** Mail is stored in a mailbox. */
  readonly hasImap: boolean;
  /** Addresses that mail is forwarded to. */
  readonly recipients: readonly string[];
}

/** A message on its way out, one a recipient. */
export interface QueuedMessage {
  readonly _id: string;
  /** `user` and `system` mail is signed and gated; `forward` passes what came in. */
  readonly kind: "user" | "system" | "forward";
  readonly domain: string;
  /** Return path. */
  readonly sender: string;
  readonly recipient: string;
  readonly raw: Binary;
  readonly status: "queued" | "sent" | "rejected";
  readonly attempts: number;
  readonly nextTry: Date;
  /** Why it is still here, or how it ended. */
  readonly reason: string;
  readonly created_at: Date;
}

/** The open database. */
export interface Database {
  readonly accounts: Collection<Account>;
  readonly domains: Collection<Domain>;
  readonly aliases: Collection<Alias>;
  readonly queue: Collection<QueuedMessage>;
  close(): Promise<void>;
}

/** Connects, and waits up to a minute for the server to answer. */
export async function openDatabase(settings: Settings): Promise<Database> {
  const client = new MongoClient(settings.mongoUri, { serverSelectionTimeoutMS: 60_000, maxPoolSize: 4 });
  await client.connect();
  const database = client.db();
  return {
    accounts: database.collection("accounts"),
    domains: database.collection("domains"),
    aliases: database.collection("aliases"),
    // Upstream keeps them in a database of their own, under these names.
    queue: client.db(settings.emailsDatabase).collection("emails"),
    close: () => client.close(),
  };
}
