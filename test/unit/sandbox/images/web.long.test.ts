/**
 * Proves: the stand-in's web interface and API are as strict as upstream's were seen to be: pages live below a locale,
 * a bot keeps no session, the first account has to be verified, the next is an ordinary one, the gate drops, sending is
 * approved by the administrator, and a first password by HTTP wipes the mailbox; system mail logs in as an alias.
 * Cannot prove: that upstream's pages look so; their ways and answers are those that were read or seen.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, makeWorld, type Said, type World } from "./support/processes.ts";

const OWNER = { email: "owner@outside.test", password: "correct horse battery staple" };
const SECOND = { email: "second@outside.test", password: "staple battery horse correct" };
const GATE = { authorization: `Basic ${Buffer.from("keeper:of the gate").toString("base64")}` };

/** The processes share the machine with whatever else is tested. */
const STARTED_WITHIN_MS = 120_000;
let world: World;
const web = (method: string, path: string, options?: Parameters<typeof call>[3]): Promise<Said> =>
  call(world.ports["WEB"], method, path, options);
const api = (method: string, path: string, options?: Parameters<typeof call>[3]): Promise<Said> =>
  call(world.ports["API"], method, path, options);

/** Calls of one who is logged in. */
async function as(who: typeof OWNER) {
  const { cookie = "" } = await web("POST", "/en/login", { fields: who, headers: GATE });
  return (method: string, path: string, fields?: Readonly<Record<string, string>>) =>
    web(method, path, { headers: { ...GATE, cookie }, ...(fields === undefined ? {} : { fields }) });
}

const user = (email: string) => world.mongo.documents("users").find((one) => one["email"] === email);
const domain = () => world.mongo.documents("domains").find((one) => one["name"] === "example.com") ?? {};

beforeAll(async () => {
  world = await makeWorld();
  const gate = {
    AUTH_BASIC_ENABLED: "true",
    AUTH_BASIC_USERNAME: "keeper",
    AUTH_BASIC_PASSWORD: "of the gate",
  };
  await Promise.all([world.start("web.js", gate), world.start("api.js"), world.start("smtp.js")]);
}, STARTED_WITHIN_MS);
afterAll(() => world.stop());

describe("before anybody has registered", () => {
  it("the gate is closed, in front of pages and of what is none", async () => {
    for (const path of ["/en/login", "/login", "/"]) expect((await web("GET", path)).status).toBe(401);
  });

  it("a page without a locale leads to the one below `en`, and a form without is not found", async () => {
    expect(await web("GET", "/setup/dns/example.com", { headers: GATE })).toMatchObject({
      status: 301,
      location: "/en/setup/dns/example.com",
    });
    expect((await web("POST", "/login", { headers: GATE, fields: OWNER })).status).toBe(404);
    expect((await web("GET", "/en/login", { headers: GATE })).status).toBe(200);
  });
});

describe("the first account", () => {
  it("is the administrator's, unverified, and refused by pages and API", async () => {
    const { status, body } = await web("POST", "/en/register", { headers: GATE, fields: OWNER });
    expect([status, body]).toEqual([200, { redirectTo: "/en/my-account" }]);
    expect(user(OWNER.email)).toMatchObject({ group: "admin", plan: "team", has_verified_email: false });
    const owner = await as(OWNER);
    for (const path of ["/en/my-account/domains", "/en/setup/dns/example.com", "/en/admin/domains"])
      expect((await owner("GET", path)).body).toEqual({
        message: "Please verify your email address to continue.",
      });
    const headers = {
      authorization: `Basic ${Buffer.from(`${String(user(OWNER.email)?.["api_token"])}:`).toString("base64")}`,
    };
    expect((await api("GET", "/v1/domains", { headers })).status).toBe(403);
  });

  it("counts as verified where the PIN's mail fails, as there is no alias yet to send it", async () => {
    expect((await (await as(OWNER))("GET", "/en/verify")).body).toEqual({ redirectTo: "/en/my-account" });
    expect(user(OWNER.email)?.["has_verified_email"]).toBe(true);
    expect((await (await as(OWNER))("GET", "/en/my-account/domains")).body).toEqual({ domains: [] });
  });

  it("opens the gate", async () => {
    expect((await web("GET", "/en/login")).status).toBe(200);
  });

  it.each(["curl/8.14.1", "node", "mailstead", "Googlebot/2.1"])(
    "logs in with %s, and is not known after",
    async (agent) => {
      const headers = { "user-agent": agent };
      const login = await web("POST", "/en/login", { headers, fields: OWNER });
      expect(login).toMatchObject({ status: 200, cookie: undefined });
      expect(await web("GET", "/en/setup/dns/example.com", { headers })).toMatchObject({
        status: 401,
        body: { message: "Please log in to view the page you requested." },
      });
    },
  );

  it.each([undefined, "", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"])(
    "has a session with the agent %j",
    async (agent) => {
      const headers = agent === undefined ? {} : { "user-agent": agent };
      expect((await web("POST", "/en/login", { headers, fields: OWNER })).cookie).toMatch(/^session=/);
    },
  );
});

describe("a domain of the first account", () => {
  it("has a key of 1024 bits, no approval, and a checklist of the fields that upstream's has", async () => {
    const owner = await as(OWNER);
    expect((await owner("POST", "/en/my-account/domains", { domain: "example.com" })).body).toEqual({
      redirectTo: "/en/my-account/domains/example.com",
    });
    expect(domain()).toMatchObject({ plan: "team", has_smtp: false, dkim_modulus_length: 1024 });
    const { body } = await owner("GET", "/en/setup/dns/example.com");
    expect(body["complete"]).toBe(false);
    for (const item of body["checklist"] as object[])
      expect(Object.keys(item).toSorted()).toEqual(["expected", "key", "name", "pass", "required", "type"]);
  });

  it("gets its aliases' first passwords only with 20 GB of room, and a second one with the first", async () => {
    await world.start("sqlite.js");
    const owner = await as(OWNER);
    const aliases = "/en/my-account/domains/example.com/aliases";
    await owner("POST", aliases, { name: "alice", has_imap: "true" });
    const renew = (fields: Readonly<Record<string, string>>) =>
      owner("POST", `${aliases}/alice/generate-password`, fields);
    expect(await renew({})).toMatchObject({
      status: 507,
      body: { message: "0 GB are free, and 20 GB are wanted" },
    });
    world.surround({ free: 20 * 1024 ** 3 });
    const { body } = await renew({});
    expect(body).toEqual({
      username: "alice@example.com",
      password: expect.stringMatching(/^.{24}$/) as string,
    });
    const password = String(body["password"]);
    expect((await renew({ password: "wrong", new_password: "another-Long-one-2" })).status).toBe(400);
    expect((await renew({ password, new_password: "another-Long-one-2" })).body).toEqual({
      username: "alice@example.com",
      password: "another-Long-one-2",
    });
    expect((await renew({ password, new_password: "a-third-Long-one-3" })).status).toBe(400);
  });

  it("is approved by the administrator alone", async () => {
    const owner = await as(OWNER);
    const { body } = await owner("GET", "/en/admin/domains");
    const [{ id }] = body["domains"] as [{ id: string }];
    await owner("PUT", `/en/admin/domains/${id}`, { has_smtp: "true" });
    expect(domain()["has_smtp"]).toBe(true);
  });
});

describe("who registers next", () => {
  it("is an ordinary user, in the web interface and by the API, which is open to strangers", async () => {
    await web("POST", "/en/register", { fields: SECOND });
    expect(user(SECOND.email)).toMatchObject({ group: "user", plan: "free" });
    const { body } = await api("POST", "/v1/account", { fields: { ...SECOND, email: "third@outside.test" } });
    expect(body).toMatchObject({ group: "user" });
  });

  it("gets a PIN by mail, sent by a login as the alias of the server's own mail, and is verified by it", async () => {
    const owner = await as(OWNER);
    const text = `forward-email-site-verification=${String(domain()["verification_record"])}`;
    world.surround({ dns: { "example.com TXT": [[text]] } });
    const aliases = "/en/my-account/domains/example.com/aliases";
    await owner("POST", aliases, { name: "support", recipients: OWNER.email });
    await owner("POST", `${aliases}/support/generate-password`, { new_password: "transport-password-1" });
    const second = await as(SECOND);
    expect((await second("GET", "/en/verify")).body).toEqual({ message: "A PIN was sent." });
    const [mail] = world.mongo.documents("emails");
    expect(mail).toMatchObject({
      status: "queued",
      envelope: { from: "support@example.com", to: [SECOND.email] },
    });
    const [, pin = ""] = /Your PIN for example\.com is (\d{6})/.exec(String(mail?.["message"])) ?? [];
    expect((await second("POST", "/en/verify", { pin: "000000" })).status).toBe(400);
    expect((await second("POST", "/en/verify", { pin })).status).toBe(200);
    expect(user(SECOND.email)?.["has_verified_email"]).toBe(true);
  });

  it("counts as verified where the certificate of the server's SMTP is not one that everybody trusts", async () => {
    const strict = await makeWorld();
    try {
      // The same database and SMTP server, asked by a web process that does not know who signed the certificate.
      await strict.start("web.js", {
        MONGO_URI: world.mongo.uri,
        NODE_EXTRA_CA_CERTS: "",
        SMTP_TRANSPORT_PORT: String(world.ports["SMTP"]),
      });
      const fourth = { ...SECOND, email: "fourth@outside.test" };
      const { cookie = "" } = await call(strict.ports["WEB"], "POST", "/en/register", { fields: fourth });
      const { body } = await call(strict.ports["WEB"], "GET", "/en/verify", { headers: { cookie } });
      expect(body).toEqual({ redirectTo: "/en/my-account" });
    } finally {
      await strict.stop();
    }
  });

  it("sees no page of the administrator's, and not his domains", async () => {
    const second = await as(SECOND);
    expect((await second("GET", "/en/admin/domains")).status).toBe(403);
    expect((await second("GET", "/en/setup/dns/example.com")).status).toBe(403);
    expect((await second("GET", "/en/my-account/domains/example.com/aliases")).status).toBe(404);
  });
});

it("AUTH_BASIC_ALWAYS keeps the gate closed", async () => {
  const gate = {
    AUTH_BASIC_ENABLED: "true",
    AUTH_BASIC_USERNAME: "keeper",
    AUTH_BASIC_PASSWORD: "of the gate",
  };
  const other = await makeWorld();
  try {
    await other.start("web.js", { ...gate, AUTH_BASIC_ALWAYS: "true", MONGO_URI: world.mongo.uri });
    expect((await call(other.ports["WEB"], "GET", "/en/login")).status).toBe(401);
  } finally {
    await other.stop();
  }
});
