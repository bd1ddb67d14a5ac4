/** Accounts, sessions (kept in Redis) and the basic-auth gate in front of all pages until there is an administrator. */
import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { Account, Database } from "../database.ts";
import { Refusal } from "../domain/domains.ts";
import { enqueue } from "../mail/queue.ts";
import { hashPassword, passwordMatches, randomHex, same } from "../secrets.ts";
import type { Settings } from "../settings.ts";
import { basicCredentials, type Answer, type Call } from "./router.ts";

/** A session lasts a day. */
const SESSION_SECONDS = 24 * 3600;
const SHORTEST_PASSWORD = 12;

/** A session that was just begun. */
export interface Session {
  readonly cookie: string;
  readonly admin: boolean;
}

/** What the pages need of accounts. */
export interface Accounts {
  readonly gate: (call: Call) => Promise<Answer | undefined>;
  register(fields: Call["fields"]): Promise<Session>;
  logIn(fields: Call["fields"]): Promise<Session>;
  required(call: Call): Promise<Account>;
  administrator(call: Call): Promise<Account>;
}

/** Accounts in the database, sessions in Redis. */
export function accountsOn(database: Database, redis: Redis, settings: Settings): Accounts {
  const required = async (call: Call): Promise<Account> => {
    const id = /(?:^|; )session=([0-9a-f]+)/.exec(call.headers.cookie ?? "")?.[1];
    const account = id === undefined ? null : await redis.get(`session:${id}`);
    const found = account === null ? null : await database.accounts.findOne({ _id: account });
    if (found === null) throw new Refusal(401, "log in first");
    return found;
  };
  const begin = async (account: Account): Promise<Session> => {
    const id = randomHex(48);
    await redis.set(`session:${id}`, account._id, "EX", SESSION_SECONDS);
    return { cookie: `session=${id}; Path=/; HttpOnly; Secure; SameSite=Strict`, admin: account.admin };
  };
  return {
    required,
    gate: (call) => gate(database, settings, call),
    register: async (fields) => begin(await register(database, settings, fields)),
    logIn: async (fields) => begin(await find(database, fields)),
    administrator: async (call) => {
      const account = await required(call);
      if (!account.admin) throw new Refusal(403, "only the administrator may do this");
      return account;
    },
  };
}

async function gate(database: Database, settings: Settings, call: Call): Promise<Answer | undefined> {
  const wanted = settings.basicAuth;
  if (wanted === undefined) return undefined;
  if (!wanted.always && (await database.accounts.findOne({ admin: true })) !== null) return undefined;
  const given = basicCredentials(call.headers);
  if (same(given.user, wanted.user) && same(given.password, wanted.password)) return undefined;
  return { status: 401, headers: { "www-authenticate": 'Basic realm="set-up"' }, body: "Unauthorized" };
}

async function register(database: Database, settings: Settings, fields: Call["fields"]): Promise<Account> {
  const { email, password } = credentials(fields);
  if (password.length < SHORTEST_PASSWORD) {
    throw new Refusal(400, `the password needs ${String(SHORTEST_PASSWORD)} characters or more`);
  }
  if ((await database.accounts.findOne({ email })) !== null) throw new Refusal(400, `${email} is registered`);
  const account: Account = {
    _id: randomUUID(),
    email,
    passwordHash: hashPassword(password),
    admin: (await database.accounts.countDocuments()) === 0,
  };
  await database.accounts.insertOne(account);
  await welcome(database, settings, email);
  return account;
}

async function find(database: Database, fields: Call["fields"]): Promise<Account> {
  const { email, password } = credentials(fields);
  const account = await database.accounts.findOne({ email });
  if (account === null || !passwordMatches(password, account.passwordHash)) {
    throw new Refusal(401, "unknown address or wrong password");
  }
  return account;
}

function credentials(fields: Call["fields"]): { email: string; password: string } {
  const email = (fields["email"] ?? "").trim().toLowerCase();
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw new Refusal(400, "the e-mail address is not one");
  return { email, password: fields["password"] ?? "" };
}

/** The host's own mail, which `default._domainkey` signs. */
async function welcome(database: Database, settings: Settings, email: string): Promise<void> {
  const lines = [
    `From: ${settings.transport.user}`,
    `To: ${email}`,
    "Subject: Welcome",
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${randomUUID()}@${settings.webHost}>`,
    "",
    `Your account at ${settings.webHost} is there.`,
    "",
  ];
  await enqueue(database, {
    kind: "system",
    domain: settings.webHost,
    sender: `bounces-${randomHex(12)}@fe-bounces.${settings.webHost}`,
    recipients: [email],
    raw: Buffer.from(lines.join("\r\n")),
  });
}
