/** web: pages for people (port 3000). The first account to register is the administrator's. */
import { Redis } from "ioredis";
import { openDatabase } from "../database.ts";
import { addAlias, addDomain, verifyDomain, Refusal } from "../domain/domains.ts";
import { checklist } from "../domain/checklist.ts";
import { domainNamed } from "../domain/domains.ts";
import { endOnSignal, listen, readTls } from "../process.ts";
import { normalName, readSettings } from "../settings.ts";
import { accountsOn } from "./accounts.ts";
import { checklistPage, domainsPage, formPage } from "./pages.ts";
import { serve, type Answer, type Call, type Routes } from "./router.ts";

const settings = readSettings();
endOnSignal();
const tls = readTls(settings, "WEB");
const database = await openDatabase(settings);
const redis = new Redis({ ...settings.redis, lazyConnect: true });
await redis.connect();
const accounts = accountsOn(database, redis, settings);

const routes: Routes = {
  "GET /": () => Promise.resolve({ body: formPage("Forward Email (stand-in)", "/login", "Log in") }),
  "GET /register": () => Promise.resolve({ body: formPage("Register", "/register", "Register") }),
  "GET /login": () => Promise.resolve({ body: formPage("Log in", "/login", "Log in") }),
  "POST /register": async (call) => loggedIn(call, await accounts.register(call.fields)),
  "POST /login": async (call) => loggedIn(call, await accounts.logIn(call.fields)),
  "GET /my-account/domains": async (call) => {
    await accounts.required(call);
    const names = (await database.domains.find().sort({ _id: 1 }).toArray()).map((domain) => domain._id);
    return { body: call.wantsJson ? { domains: names } : domainsPage(names) };
  },
  "POST /my-account/domains": async (call) => {
    await accounts.administrator(call);
    const domain = await addDomain(database, settings, normalName(call.fields["domain"] ?? ""));
    return done(call, { name: domain._id }, `/setup/dns/${domain._id}`);
  },
  "POST /my-account/domains/:domain/aliases": async (call) => {
    await accounts.administrator(call);
    const alias = await addAlias(database, {
      domain: call.parameters["domain"] ?? "",
      name: (call.fields["name"] ?? "").toLowerCase(),
      recipients: listOf(call.fields["recipients"]),
    });
    return { body: alias };
  },
  "GET /setup/dns/:domain": async (call) => {
    await accounts.administrator(call);
    const name = call.parameters["domain"] ?? "";
    const answer = await checklist(settings, await domainNamed(database, name));
    return { body: call.wantsJson ? answer : checklistPage(name, answer.checklist) };
  },
  "POST /setup/dns/:domain/verify": async (call) => {
    await accounts.administrator(call);
    const name = call.parameters["domain"] ?? "";
    return done(call, await verifyDomain(database, settings, name), `/setup/dns/${name}`);
  },
};

await listen(serve(tls, routes, accounts.gate), settings.ports.WEB);

function loggedIn(call: Call, session: { cookie: string; admin: boolean }): Answer {
  const headers = { "set-cookie": session.cookie };
  if (call.wantsJson) return { headers, body: { admin: session.admin } };
  return { status: 303, headers: { ...headers, location: "/my-account/domains" } };
}

function done(call: Call, body: object, page: string): Answer {
  return call.wantsJson ? { body } : { status: 303, headers: { location: page } };
}

/** Addresses given as one text, with commas between. */
function listOf(text = ""): string[] {
  const addresses = text
    .split(",")
    .map((address) => address.trim())
    .filter(Boolean);
  for (const address of addresses) {
    if (!/^[^@\s]+@[^@\s]+$/.test(address))
      throw new Refusal(400, `${JSON.stringify(address)} is not an address`);
  }
  return addresses;
}
