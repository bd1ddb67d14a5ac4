/** web: pages for people (port 3000), each below a locale. The first account to register is the administrator's. */
import { Redis } from "ioredis";
import { openDatabase } from "../database.ts";
import * as accountsAndDomains from "../domain/accounts.ts";
import { checklist } from "../domain/checklist.ts";
import { Refusal } from "../domain/refusal.ts";
import { verifyDomain } from "../domain/verify.ts";
import { endOnSignal, listen, readTls } from "../process.ts";
import { normalName, readSettings } from "../settings.ts";
import { accountsOn, sendPin, sendReset, takePin } from "./accounts.ts";
import { aliasFields, shownAlias } from "./aliasFields.ts";
import { beforeRoutes, withLocale } from "./locale.ts";
import { checklistPage, domainsPage, formPage } from "./pages.ts";
import { serve, type Answer, type Call, type Routes } from "./router.ts";

const settings = readSettings();
endOnSignal();
const tls = readTls(settings, "WEB");
const database = await openDatabase(settings);
await accountsAndDomains.openModels();
const redis = new Redis({ ...settings.redis, lazyConnect: true });
await redis.connect();
const accounts = accountsOn(redis, settings);

const DOMAINS = "/en/my-account/domains";

/** The domain of a path that the caller may change, as the models give it. */
async function own(call: Call) {
  const user = await accounts.verified(call);
  const domain = await accountsAndDomains.domainNamed(user, call.parameters["domain"] ?? "");
  const isAdmin = domain.members.some((member) => member.user.equals(user._id) && member.group === "admin");
  if (!isAdmin) throw new Refusal(403, "only an administrator of the domain may do this");
  return { user, domain };
}

/** The same domain, as it is stored. */
async function stored(name: string) {
  const domain = await database.domains.findOne({ name });
  if (domain === null) throw new Refusal(404, `the domain ${name} has not been added`);
  return domain;
}

const pages: Routes = {
  "GET /": () => Promise.resolve({ body: formPage("Forward Email (stand-in)", "/en/login", "Log in") }),
  "GET /register": () => Promise.resolve({ body: formPage("Register", "/en/register", "Register") }),
  "GET /login": () => Promise.resolve({ body: formPage("Log in", "/en/login", "Log in") }),
  "POST /register": async (call) => done(call, "/en/my-account", await accounts.register(call)),
  "POST /login": async (call) => done(call, "/en/my-account", await accounts.logIn(call)),
  "GET /verify": async (call) => {
    const state = await sendPin(settings, await accounts.loggedIn(call));
    if (state === "verified") return done(call, "/en/my-account");
    return {
      body: call.wantsJson ? { message: "A PIN was sent." } : formPage("PIN", "/en/verify", "Verify"),
    };
  },
  "POST /verify": async (call) => {
    await takePin(await accounts.loggedIn(call), call.fields["pin"] ?? "");
    return done(call, "/en/my-account");
  },
  "POST /forgot-password": async (call) => {
    // Whether there is such an account is told to nobody.
    await sendReset(settings, call.fields["email"] ?? "");
    return done(call, "/en");
  },
  "GET /my-account": async (call) => {
    const { email, group } = await accounts.verified(call);
    return { body: call.wantsJson ? { email, group } : domainsPage([]) };
  },
};

const domainPages: Routes = {
  "GET /my-account/domains": async (call) => {
    const names = (await accountsAndDomains.domainsOf(await accounts.verified(call))).map(({ name }) => name);
    return { body: call.wantsJson ? { domains: names } : domainsPage(names) };
  },
  "POST /my-account/domains": async (call) => {
    const user = await accounts.verified(call);
    const { name } = await accountsAndDomains.addDomain(user, normalName(call.fields["domain"] ?? ""));
    return done(call, `${DOMAINS}/${name}`);
  },
  "POST /my-account/domains/:domain/verify-smtp": async (call) => {
    const { domain } = await own(call);
    const { complete } = await verifyDomain(database, settings, await stored(domain.name));
    if (!complete) throw new Refusal(400, `the records of ${domain.name} are not complete`);
    return done(call, `${DOMAINS}/${domain.name}`);
  },
  "GET /my-account/domains/:domain/aliases": async (call) => {
    const aliases = await accountsAndDomains.aliasesOf((await own(call)).domain);
    return { body: aliases.map(shownAlias) };
  },
  "POST /my-account/domains/:domain/aliases": async (call) => {
    const { user, domain } = await own(call);
    await accountsAndDomains.addAlias(user, domain, aliasFields(call));
    return done(call, `${DOMAINS}/${domain.name}/aliases`);
  },
  "POST /my-account/domains/:domain/aliases/:alias/generate-password": async (call) => {
    const { domain } = await own(call);
    const alias = await accountsAndDomains.aliasNamed(domain, call.parameters["alias"] ?? "");
    const address = `${alias.name}@${domain.name}`;
    return { body: await accountsAndDomains.generatePassword(settings, address, alias, call.fields) };
  },
};

const administrators: Routes = {
  "GET /setup/dns/:domain": async (call) => {
    await accounts.administrator(call);
    const name = call.parameters["domain"] ?? "";
    const answer = await checklist(settings, await stored(name));
    return { body: call.wantsJson ? answer : checklistPage(name, answer.checklist) };
  },
  "GET /admin/domains": async (call) => {
    await accounts.administrator(call);
    const domains = await accountsAndDomains.domainsOf();
    return {
      body: { domains: domains.map(({ id, name, has_smtp }) => ({ id: id, name, has_smtp })) },
    };
  },
  "PUT /admin/domains/:domain": changed,
  // A form has no PUT.
  "POST /admin/domains/:domain": changed,
};

async function changed(call: Call): Promise<Answer> {
  await accounts.administrator(call);
  await accountsAndDomains.approve(call.parameters["domain"] ?? "", call.fields["has_smtp"] === "true");
  return done(call, "/en/admin/domains");
}

const routes = withLocale({ ...pages, ...domainPages, ...administrators });
await listen(
  serve(
    tls,
    routes,
    beforeRoutes((call) => accounts.gate(call)),
  ),
  settings.ports.WEB,
);

/** As upstream ends a form: a program is told where a browser would go. */
function done(call: Call, page: string, headers: Readonly<Record<string, string>> = {}): Answer {
  if (call.wantsJson) return { headers, body: { redirectTo: page } };
  return { status: 303, headers: { ...headers, location: page } };
}
