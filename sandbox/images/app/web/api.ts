/** api: the same for programs (port 4000), with an API secret as the user name of Basic authentication. */
import { openDatabase, type QueuedMessage } from "../database.ts";
import { addAlias, addDomain, domainNamed, Refusal, renewPassword, verifyDomain } from "../domain/domains.ts";
import { endOnSignal, listen, readTls } from "../process.ts";
import { same } from "../secrets.ts";
import { normalName, readSettings } from "../settings.ts";
import { basicCredentials, serve, type Answer, type Call, type Routes } from "./router.ts";

const settings = readSettings();
endOnSignal();
const tls = readTls(settings, "API");
const database = await openDatabase(settings);

const routes: Routes = {
  "GET /v1/test": () => Promise.resolve({ body: { ok: true } }),
  "GET /v1/domains": async () => {
    const domains = await database.domains.find().sort({ _id: 1 }).toArray();
    // As upstream: keys and return path are not shown.
    return { body: domains.map((domain) => ({ name: domain._id, verified: domain.verified })) };
  },
  "POST /v1/domains": async (call) => {
    const domain = await addDomain(database, settings, normalName(call.fields["domain"] ?? ""));
    return { body: { name: domain._id, verified: domain.verified } };
  },
  "GET /v1/domains/:domain": async (call) => {
    const domain = await domainNamed(database, call.parameters["domain"] ?? "");
    return { body: { name: domain._id, verified: domain.verified } };
  },
  "GET /v1/domains/:domain/verify-records": async (call) => {
    const answer = await verifyDomain(database, settings, call.parameters["domain"] ?? "");
    return { status: answer.verified ? 200 : 400, body: answer };
  },
  "GET /v1/domains/:domain/verify-smtp": async (call) => {
    const answer = await verifyDomain(database, settings, call.parameters["domain"] ?? "");
    return { status: answer.complete ? 200 : 400, body: answer };
  },
  "GET /v1/domains/:domain/aliases": async (call) => {
    const aliases = await database.aliases.find({ domain: call.parameters["domain"] ?? "" }).toArray();
    return {
      body: aliases.map(({ _id, hasImap, recipients }) => ({ address: _id, has_imap: hasImap, recipients })),
    };
  },
  "POST /v1/domains/:domain/aliases": createAlias,
  "POST /v1/domains/:domain/aliases/:name/generate-password": async (call) => {
    const address = `${call.parameters["name"] ?? ""}@${call.parameters["domain"] ?? ""}`;
    return { body: { username: address, password: await renewPassword(database, address) } };
  },
  "GET /v1/emails": async () => {
    const messages = await database.queue.find().sort({ created_at: 1 }).toArray();
    return { body: messages.map(shown) };
  },
};

await listen(serve(tls, routes, authorise), settings.ports.API);

async function createAlias(call: Call): Promise<Answer> {
  const recipients = (call.fields["recipients"] ?? "").split(",").filter(Boolean);
  const hasImap = call.fields["has_imap"];
  const alias = await addAlias(database, {
    domain: call.parameters["domain"] ?? "",
    name: (call.fields["name"] ?? "").toLowerCase(),
    recipients,
    ...(hasImap === undefined ? {} : { hasImap: hasImap === "true" }),
  });
  return { body: alias };
}

function authorise(call: Call): Promise<undefined> {
  if (call.path === "/v1/test") return Promise.resolve(undefined);
  const { user } = basicCredentials(call.headers);
  if (settings.apiSecrets.some((secret) => same(secret, user))) return Promise.resolve(undefined);
  throw new Refusal(401, "the API secret is missing or wrong");
}

function shown(message: QueuedMessage): object {
  const { _id, kind, domain, recipient, status, attempts, reason, created_at: created } = message;
  return {
    id: _id,
    kind,
    domain,
    recipient,
    status,
    attempts,
    reason,
    created_at: created.toISOString(),
  };
}
