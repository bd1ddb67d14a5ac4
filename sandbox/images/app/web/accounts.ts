/** Sessions (kept in Redis), what each account may do, and the basic-auth gate in front of all pages. */
import { randomInt } from "node:crypto";
import type { Redis } from "ioredis";
import config from "../config/index.ts";
import { accountOf, findAccount, hasAdministrator, register, type UserDocument } from "../domain/accounts.ts";
import { Refusal } from "../domain/refusal.ts";
import { sendSystemMail } from "../mail/system.ts";
import { log, reasonOf } from "../process.ts";
import { randomHex, same } from "../secrets.ts";
import type { Settings } from "../settings.ts";
import { basicCredentials, type Answer, type Call } from "./router.ts";

/** A session lasts a day. */
const SESSION_SECONDS = 24 * 3600;
const VERIFIED = config.userFields.hasVerifiedEmail;
/** As upstream's isbot has them, with what this project's programs say. An empty agent is none, and browsers' are not. */
const BOT = /^(curl|wget|node|mailstead|python|go-http)|bot|crawler|spider|http/i;

/** What the pages need of accounts. */
export interface Accounts {
  gate(call: Call): Promise<Answer | undefined>;
  /** Headers that begin a session; none for a bot. */
  register(call: Call): Promise<Readonly<Record<string, string>>>;
  logIn(call: Call): Promise<Readonly<Record<string, string>>>;
  /** The account that is logged in. */
  loggedIn(call: Call): Promise<UserDocument>;
  /** The account that is logged in, with an e-mail address that was verified. */
  verified(call: Call): Promise<UserDocument>;
  administrator(call: Call): Promise<UserDocument>;
}

/** Accounts by the models, sessions in Redis. */
export function accountsOn(redis: Redis, settings: Settings): Accounts {
  const loggedIn = async (call: Call): Promise<UserDocument> => {
    const id = /(?:^|; )session=([0-9a-f]+)/.exec(call.headers.cookie ?? "")?.[1];
    const account = id === undefined ? null : await redis.get(`session:${id}`);
    const found = account === null ? null : await findAccount({ _id: account });
    if (found === null) throw new Refusal(401, "Please log in to view the page you requested.");
    return found;
  };
  const begin = async (call: Call, account: UserDocument): Promise<Record<string, string>> => {
    if (BOT.test(call.headers["user-agent"] ?? "")) return {};
    const id = randomHex(48);
    await redis.set(`session:${id}`, account.id, "EX", SESSION_SECONDS);
    return { "set-cookie": `session=${id}; Path=/; HttpOnly; Secure; SameSite=Strict` };
  };
  const verified = async (call: Call): Promise<UserDocument> => mustBeVerified(await loggedIn(call));
  return {
    loggedIn,
    verified,
    gate: (call) => gate(settings, call),
    register: async (call) => begin(call, await register(call.fields)),
    logIn: async (call) =>
      begin(call, await accountOf(call.fields["email"] ?? "", call.fields["password"] ?? "")),
    administrator: async (call) => {
      const account = await verified(call);
      if (account.group !== "admin")
        throw new Refusal(403, "You do not belong to the administrative user group.");
      return account;
    },
  };
}

/** The account, once its e-mail address was verified. */
export function mustBeVerified(account: UserDocument): UserDocument {
  if (!account[VERIFIED]) throw new Refusal(403, "Please verify your email address to continue.");
  return account;
}

/** In front of the web interface until there is an administrator; and then too, where AUTH_BASIC_ALWAYS asks for it. */
async function gate(settings: Settings, call: Call): Promise<Answer | undefined> {
  const wanted = settings.basicAuth;
  if (wanted === undefined) return undefined;
  if (!wanted.always && (await hasAdministrator())) return undefined;
  const given = basicCredentials(call.headers);
  if (same(given.user, wanted.user) && same(given.password, wanted.password)) return undefined;
  return { status: 401, headers: { "www-authenticate": 'Basic realm="set-up"' }, body: "Unauthorized" };
}

/** Sends a PIN to an account's address. Where that mail fails, the address counts as verified. */
export async function sendPin(settings: Settings, account: UserDocument): Promise<"sent" | "verified"> {
  if (account[VERIFIED]) return "verified";
  account.verification_pin = String(randomInt(100_000, 1_000_000));
  await account.save();
  const text = `Your PIN for ${settings.webHost} is ${account.verification_pin}`;
  try {
    await sendSystemMail(settings, { to: account.email, subject: "Verify your e-mail address", text });
    return "sent";
  } catch (error) {
    log("system mail failed", { reason: reasonOf(error) });
    account[VERIFIED] = true;
    await account.save();
    return "verified";
  }
}

/** Sends a link by which an account's owner sets another password; nothing where there is no such account. */
export async function sendReset(settings: Settings, email: string): Promise<void> {
  const account = await findAccount({ email: email.toLowerCase() });
  if (account === null) return;
  const text = `Set another password: https://${settings.webHost}/en/reset-password/${randomHex(32)}`;
  await sendSystemMail(settings, { to: account.email, subject: "Reset your password", text });
}

/** Takes the PIN that was sent. */
export async function takePin(account: UserDocument, pin: string): Promise<void> {
  const wanted = account.verification_pin ?? "";
  if (!account[VERIFIED] && (wanted === "" || !same(pin, wanted)))
    throw new Refusal(400, "The PIN is not the one that was sent.");
  account[VERIFIED] = true;
  await account.save();
}
