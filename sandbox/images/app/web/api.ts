/** api: the same for programs (port 4000), with an account's API token as the user name of Basic authentication. */
import type { WithId } from "mongodb";
import { openDatabase } from "../database.ts";
import * as accounts from "../domain/accounts.ts";
import { Refusal } from "../domain/refusal.ts";
import { verifyDomain } from "../domain/verify.ts";
import type { DomainDocument } from "../models/domains.ts";
import type { Email } from "../models/emails.ts";
import { endOnSignal, listen, readTls } from "../process.ts";
import { normalName, readSettings } from "../settings.ts";
import { mustBeVerified } from "./accounts.ts";
import { aliasFields, shownAlias } from "./aliasFields.ts";
import { basicCredentials, serve, type Call, type Routes } from "./router.ts";

const settings = readSettings();
endOnSignal();
const tls = readTls(settings, "API");
const database = await openDatabase(settings);
await accounts.openModels();

async function caller(call: Call): Promise<accounts.UserDocument> {
  const { user: api_token } = basicCredentials(call.headers);
  const account = api_token === "" ? null : await accounts.findAccount({ api_token });
  if (account === null) throw new Refusal(401, "the API token is missing or wrong");
  return mustBeVerified(account);
}

async function own(call: Call): Promise<DomainDocument> {
  return accounts.domainNamed(await caller(call), call.parameters["domain"] ?? "");
}

/** As upstream: keys and return path are not shown. */
function shown({
  id,
  name,
  plan,
  has_mx_record,
  has_txt_record,
  has_smtp,
  verification_record,
}: DomainDocument): object {
  return { id: id, name, plan, has_mx_record, has_txt_record, has_smtp, verification_record };
}

async function looked(call: Call) {
  const domain = await database.domains.findOne({ name: (await own(call)).name });
  if (domain === null) throw new Refusal(404, "the domain is gone");
  return verifyDomain(database, settings, domain);
}

const routes: Routes = {
  "GET /v1/test": () => Promise.resolve({ body: { ok: true } }),
  // Open to everybody from the start, as upstream's is.
  "POST /v1/account": async (call) => {
    const { id, email, group, api_token } = await accounts.register(call.fields);
    return { body: { id: id, email, group, api_token } };
  },
  "GET /v1/account": async (call) => {
    const { id, email, group } = await caller(call);
    return { body: { id: id, email, group } };
  },
  "GET /v1/domains": async (call) => ({ body: (await accounts.domainsOf(await caller(call))).map(shown) }),
  "POST /v1/domains": async (call) => {
    const name = normalName(call.fields["domain"] ?? "");
    return { body: shown(await accounts.addDomain(await caller(call), name)) };
  },
  "GET /v1/domains/:domain": async (call) => ({ body: shown(await own(call)) }),
  "GET /v1/domains/:domain/verify-records": async (call) => {
    const answer = await looked(call);
    return { status: answer.receives ? 200 : 400, body: answer };
  },
  "GET /v1/domains/:domain/verify-smtp": async (call) => {
    const answer = await looked(call);
    return { status: answer.complete ? 200 : 400, body: answer };
  },
  "GET /v1/domains/:domain/aliases": async (call) => ({
    body: (await accounts.aliasesOf(await own(call))).map(shownAlias),
  }),
  "POST /v1/domains/:domain/aliases": async (call) => {
    const alias = await accounts.addAlias(await caller(call), await own(call), aliasFields(call));
    return { body: shownAlias(alias) };
  },
  "POST /v1/domains/:domain/aliases/:alias/generate-password": async (call) => {
    const domain = await own(call);
    const alias = await accounts.aliasNamed(domain, call.parameters["alias"] ?? "");
    const address = `${alias.name}@${domain.name}`;
    return { body: await accounts.generatePassword(settings, address, alias, call.fields) };
  },
  "GET /v1/emails": async (call) => {
    const ids = (await accounts.domainsOf(await caller(call))).map(({ _id }) => _id);
    const messages = await database.emails
      .find({ domain: { $in: ids } })
      .sort({ created_at: 1 })
      .toArray();
    return { body: messages.map(shownMessage) };
  },
};

await listen(serve(tls, routes), settings.ports.API);

function shownMessage(email: WithId<Email>): object {
  const { _id, status, envelope, subject, date, accepted, created_at: created } = email;
  return {
    id: _id.toHexString(),
    status,
    envelope,
    subject,
    date,
    accepted,
    created_at: created.toISOString(),
  };
}
