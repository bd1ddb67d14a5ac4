/** Who may use mail: the conditions of every login, by IMAP, POP3, SMTP and DAV, and of every message that is sent. */
import type { WithId } from "mongodb";
import type { Database } from "../database.ts";
import type { Alias } from "../models/aliases.ts";
import type { Domain } from "../models/domains.ts";
import { passwordMatches } from "../secrets.ts";
import { verificationsAt } from "./lookup.ts";

/** What a login opens. */
export interface Access {
  /** Whole address, lower case. */
  readonly address: string;
  readonly domain: WithId<Domain>;
  readonly alias: WithId<Alias>;
}

/** Why a message is refused, with the code of SMTP. */
export interface NotSent {
  readonly code: number;
  readonly reason: string;
}

/** Answers what the login opens, or why it is refused. Throws where the DNS does not answer. */
export async function logIn(database: Database, user: string, password: string): Promise<Access | string> {
  const address = user.trim().toLowerCase();
  const [name = "", host = ""] = address.split("@");
  const domain = await verifiedDomain(database, host);
  if (typeof domain === "string") return domain;
  if (domain.is_global) return `${host} is a global domain, which has no logins`;
  if (!(await hasValidAdmin(database, domain)))
    return `${host} has a past due balance or does not have a valid admin`;
  const alias = await database.aliases.findOne({ domain: domain._id, name });
  if (alias?.is_enabled !== true) return `${address} does not exist`;
  const owner = await database.users.findOne({ _id: alias.user });
  if (owner === null || owner.is_banned) return `the account of ${address} is banned or gone`;
  const isRight = alias.tokens.some(
    ({ hash, salt }) => hash !== undefined && salt !== undefined && passwordMatches(password, { hash, salt }),
  );
  return isRight ? { address, domain, alias } : "the password is wrong";
}

/** The domain with the one token that the DNS answers. Without it, or with two, nobody logs in. */
async function verifiedDomain(database: Database, host: string): Promise<WithId<Domain> | string> {
  const tokens = await verificationsAt(host);
  const [token] = tokens;
  if (token === undefined) return `${host} has no verification record`;
  if (tokens.length > 1) return `${host} has multiple verification records`;
  const domain = await database.domains.findOne({ name: host, verification_record: token });
  if (domain === null) return `${host} is not known by its verification record`;
  return domain.plan === "free" ? `${host} is on the free plan` : domain;
}

async function hasValidAdmin(database: Database, domain: Domain): Promise<boolean> {
  const ids = domain.members.filter(({ group }) => group === "admin").map(({ user }) => user);
  const admins = await database.users.find({ _id: { $in: ids } }).toArray();
  return admins.some(
    (admin) =>
      admin.plan !== "free" &&
      admin.has_verified_email &&
      !admin.is_banned &&
      (admin.plan_expires_at?.getTime() ?? 0) > Date.now(),
  );
}

/** Why a message of the domain is refused after a login that passed; nothing where it is taken. */
export function notSent(domain: Domain): NotSent | undefined {
  if (domain.smtp_suspended_sent_at)
    return { code: 550, reason: `5.7.1 ${domain.name} is suspended from sending` };
  if (!domain.has_smtp)
    return { code: 535, reason: `5.7.1 ${domain.name} is pending admin approval for sending` };
  return undefined;
}
