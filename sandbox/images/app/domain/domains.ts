/** Domains and their aliases: made, verified, looked up. */
import { generateKeyPairSync } from "node:crypto";
import type { Alias, Database, Domain } from "../database.ts";
import { hashPassword, randomHex, seal } from "../secrets.ts";
import type { Settings } from "../settings.ts";
import { checklist } from "./checklist.ts";

/** What the caller did wrong, with the HTTP status to say so. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Adds a domain with a verification token and a DKIM key pair of its own, or answers the one that is there. */
export async function addDomain(database: Database, settings: Settings, name: string): Promise<Domain> {
  if (!/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/.test(name)) {
    throw new Refusal(400, `${JSON.stringify(name)} is not a domain name`);
  }
  const known = await database.domains.findOne({ _id: name });
  if (known !== null) return known;
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const domain: Domain = {
    _id: name,
    name,
    plan: "team",
    verification_record: randomHex(10),
    dkimSelector: `fe-${randomHex(10)}`,
    dkimPublicKey: keys.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
    dkimPrivateKey: seal(
      keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      settings.helperKey,
    ),
    verified: false,
    created: new Date(),
  };
  await database.domains.insertOne(domain);
  return domain;
}

/** Answers a domain, or refuses with 404. */
export async function domainNamed(database: Database, name: string): Promise<Domain> {
  const domain = await database.domains.findOne({ _id: name });
  if (domain === null) throw new Refusal(404, `the domain ${name} has not been added`);
  return domain;
}

/** Looks the domain's records up and remembers what was seen. */
export async function verifyDomain(
  database: Database,
  settings: Settings,
  name: string,
): Promise<Awaited<ReturnType<typeof checklist>> & { verified: boolean }> {
  const answer = await checklist(settings, await domainNamed(database, name));
  const verified = answer.checklist.filter((item) => item.receives).every((item) => item.pass);
  await database.domains.updateOne({ _id: name }, { $set: { verified } });
  return { ...answer, verified };
}

/** Adds an alias and answers its password, which is shown this once. */
export async function addAlias(
  database: Database,
  request: { domain: string; name: string; recipients: readonly string[]; hasImap?: boolean },
): Promise<{ address: string; password: string }> {
  await domainNamed(database, request.domain);
  if (!/^[a-z0-9][a-z0-9.+_-]{0,63}$/.test(request.name)) throw new Refusal(400, "the alias name is not one");
  const address = `${request.name}@${request.domain}`;
  if ((await database.aliases.findOne({ _id: address })) !== null)
    throw new Refusal(400, `${address} exists`);
  const password = randomHex(24);
  const alias: Alias = {
    _id: address,
    domain: request.domain,
    name: request.name,
    is_enabled: true,
    passwordHash: hashPassword(password),
    hasImap: request.hasImap ?? request.recipients.length === 0,
    recipients: request.recipients,
  };
  await database.aliases.insertOne(alias);
  return { address, password };
}

/** Gives an alias a new password. */
export async function renewPassword(database: Database, address: string): Promise<string> {
  const password = randomHex(24);
  const { matchedCount } = await database.aliases.updateOne(
    { _id: address },
    { $set: { passwordHash: hashPassword(password) } },
  );
  if (matchedCount === 0) throw new Refusal(404, `${address} does not exist`);
  return password;
}
