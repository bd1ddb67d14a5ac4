/** What people do with accounts, domains and aliases, by the models: in the web interface and by the API. */
import { Resolver } from "node:dns/promises";
import "../config/mongoose.ts";
import setupMongoose from "../helpers/setup-mongoose.ts";
import logger from "../helpers/logger.ts";
import isValidPassword from "../helpers/is-valid-password.ts";
import Aliases, { type AliasDocument } from "../models/aliases.ts";
import Domains, { type DomainDocument } from "../models/domains.ts";
import Users, { type UserDocument } from "../models/users.ts";
import type { Settings } from "../settings.ts";
import { rekeyMailbox, resetMailbox } from "../store/client.ts";
import { Refusal } from "./refusal.ts";

export { type UserDocument } from "../models/users.ts";

/** Opens the connection of the models. */
export async function openModels(): Promise<void> {
  await setupMongoose(logger);
}

/** What the models refuse is the caller's fault. */
async function orRefused<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(400, (error as Error).message);
  }
}

/** Registers an account: the first one is the administrator's, with a plan that mail needs; all others are ordinary. */
export async function register(fields: Readonly<Record<string, string>>): Promise<UserDocument> {
  const isFirst = (await Users.countDocuments({})) === 0;
  const rights = isFirst ? ({ group: "admin", plan: "team" } as const) : {};
  const account = { email: fields["email"] ?? "", has_set_password: true, ...rights };
  return orRefused(() => Users.register(account, fields["password"] ?? ""));
}

/** The account of an address and a password; refused with 401. */
export async function accountOf(email: string, password: string): Promise<UserDocument> {
  const { user, error } = await Users.authenticate()(email, password);
  if (user === false) throw new Refusal(401, error?.message ?? "");
  return user;
}

/** An account by its id, or by its API token; null where there is none. */
export async function findAccount(
  by: { _id: string } | { api_token: string } | { email: string },
): Promise<UserDocument | null> {
  return Users.findOne(by);
}

/** Whether there is an administrator. */
export async function hasAdministrator(): Promise<boolean> {
  return (await Users.findOne({ group: "admin" })) !== null;
}

/** Domains that an account is a member of; all of them for the server's administrator's own pages. */
export async function domainsOf(user?: UserDocument): Promise<DomainDocument[]> {
  return Domains.find(user === undefined ? {} : { "members.user": user._id });
}

/** The account's domain of this name, or refuses. */
export async function domainNamed(user: UserDocument, name: string): Promise<DomainDocument> {
  const domain = await Domains.findOne({ name, "members.user": user._id });
  if (domain === null) throw new Refusal(404, `the domain ${name} has not been added`);
  return domain;
}

/** Adds a domain. */
export async function addDomain(user: UserDocument, name: string): Promise<DomainDocument> {
  if ((await Domains.findOne({ name, "members.user": user._id })) !== null)
    throw new Refusal(400, `the domain ${name} was added already`);
  const members = [{ user: user._id, group: "admin" as const }];
  const domain = new Domains({ name, members, plan: user.plan });
  domain.resolver = new Resolver({ timeout: 3000, tries: 2 });
  return orRefused(() => domain.save());
}

/** Allows or forbids sending. */
export async function approve(id: string, has_smtp: boolean): Promise<DomainDocument> {
  const domain = (await domainsOf()).find((one) => one.id === id || one.name === id);
  if (domain === undefined) throw new Refusal(404, `there is no domain ${id}`);
  domain.has_smtp = has_smtp;
  domain.skip_verification = true;
  return orRefused(() => domain.save());
}

/** Adds an alias, without a password. */
export async function addAlias(
  user: UserDocument,
  domain: DomainDocument,
  fields: { readonly name: string; readonly recipients: readonly string[]; readonly has_imap: boolean },
): Promise<AliasDocument> {
  const alias = new Aliases({
    ...fields,
    recipients: [...fields.recipients],
    domain: domain._id,
    user: user._id,
  });
  return orRefused(() => alias.save());
}

/** Aliases of a domain. */
export async function aliasesOf(domain: DomainDocument): Promise<AliasDocument[]> {
  return Aliases.find({ domain: domain._id });
}

/** The alias of this name or id. */
export async function aliasNamed(domain: DomainDocument, name: string): Promise<AliasDocument> {
  const aliases = await Aliases.find({ domain: domain._id }).select("+tokens.hash +tokens.salt");
  const alias = aliases.find((one) => one.id === name || one.name === name);
  if (alias === undefined) throw new Refusal(404, `${name}@${domain.name} does not exist`);
  return alias;
}

/**
 * Gives an alias a new password. With the one that it has, its mailbox is encrypted anew; without, its mailbox is made
 * anew, and **what is in it is gone**, as upstream does it.
 */
export async function generatePassword(
  settings: Settings,
  address: string,
  alias: AliasDocument,
  fields: Readonly<Record<string, string>>,
): Promise<{ username: string; password: string }> {
  const old = fields["password"] ?? "";
  if (old !== "" && !(await isValidPassword(alias.tokens, old)))
    throw new Refusal(400, "the password is not the alias's");
  alias.set("tokens", []);
  const created = alias.createToken(fields["description"], fields["new_password"], [address]);
  const password = await orRefused(() => created);
  if (alias.has_imap)
    await (old === ""
      ? resetMailbox(settings, alias.id, password)
      : rekeyMailbox(settings, alias.id, old, password));
  await orRefused(() => alias.save());
  return { username: address, password };
}
