/**
 * Proves: what upstream's image offers a program on `node -` is there under its names in the stand-in's: settings,
 * encryption, models; they keep what a caller presets, make what it leaves out, and refuse what upstream's refuse.
 * Cannot prove: that upstream's models do so; the names and refusals are those that were seen there.
 */
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMemoryMongo } from "../../../support/memoryMongo.ts";
import { inApp } from "./support/inApp.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const PASSWORD = "correct horse battery staple";
let mongo: Awaited<ReturnType<typeof startMemoryMongo>>;

beforeAll(async () => {
  mongo = await startMemoryMongo();
});
afterAll(() => mongo.stop());

/** Answer of a program that has the models opened. */
function asked<T>(body: string, variables: Readonly<Record<string, string>> = {}): Promise<T> {
  const opened = `
    require("#config/mongoose");
    const config = require("#config"), env = require("#config/env");
    await require("#helpers/setup-mongoose")(require("#helpers/logger"));
    const { encrypt, decrypt } = require("#helpers/encrypt-decrypt");
    const isValidPassword = require("#helpers/is-valid-password");
    const Users = require("#models/users"), Domains = require("#models/domains"), Aliases = require("#models/aliases");
    const refused = (made) => made.then(() => "taken", (error) => error.message);
    ${body}`;
  const environment = { SELF_HOSTED: "true", HELPER_ENCRYPTION_KEY: KEY, MONGO_URI: mongo.uri, ...variables };
  return inApp<T>(opened, environment);
}

describe("the modules", () => {
  it("are there by upstream's names, with the fields that accounts are found by", async () => {
    const seen = await asked<Record<string, unknown>>(`
      return { isSelfHosted: config.isSelfHosted, userFields: config.userFields, lastLocaleField: config.lastLocaleField,
        host: env.WEB_HOST, port: env.WEB_PORT, opened: decrypt(encrypt("a key")), sealed: encrypt("a key"),
        plans: Users.schema.path("plan").enumValues, paths: Object.keys(Domains.schema.paths),
        functions: [Users.register, Users.authenticate, Users.prototype.setPassword, Aliases.prototype.createToken].map((one) => typeof one),
        virtuals: ["skip_verification", "resolver"].map((name) => Domains.schema.virtuals[name] !== undefined),
        hidden: ["hash", "salt"].map((name) => Aliases.schema.path("tokens").schema.path(name).options.select) };`);
    expect(seen).toMatchObject({
      isSelfHosted: true,
      userFields: {
        hasVerifiedEmail: "has_verified_email",
        hasSetPassword: "has_set_password",
        isBanned: "is_banned",
        planExpiresAt: "plan_expires_at",
        welcomeEmailSentAt: "welcome_email_sent_at",
      },
      lastLocaleField: "last_locale",
      host: "localhost",
      port: 3000,
      opened: "a key",
      functions: Array(4).fill("function"),
      virtuals: [true, true],
      hidden: [false, false],
    });
    expect(seen["plans"]).toContain("team");
    expect(seen["sealed"]).not.toContain("a key");
    expect(seen["paths"]).toEqual(
      expect.arrayContaining(["has_smtp", "smtp_verified_at", "smtp_suspended_sent_at", "is_global"]),
    );
  });

  it("give no model before the connection was made", async () => {
    const said = await inApp<string>(
      'try { require("#models/users"); } catch (error) { return error.message; }',
    );
    expect(said).toBe("Mongoose connection does not exist");
  });

  it("cannot open what another key sealed", async () => {
    const said = await asked<string>(
      `return refused((async () => decrypt(encrypt("x", "${"k".repeat(32)}")))());`,
    );
    expect(said).toMatch(/unable to authenticate/);
  });
});

describe("an account", () => {
  it("is registered, found by its password alone, and never shows it; its plan ends in fifty years", async () => {
    const seen = await asked<Record<string, unknown>>(`
      const fields = { email: "Owner@outside.test", group: "admin", plan: "team" };
      const user = await Users.register(fields, "${PASSWORD}");
      const login = async (password) => (await Users.authenticate()("owner@outside.test", password)).user !== false;
      return { right: await login("${PASSWORD}"), wrong: await login("another long password"),
        attempts: (await Users.findOne({ email: "owner@outside.test" })).login_attempts,
        shown: Object.keys((await Users.findOne({ email: "owner@outside.test" })).toObject()),
        verified: user[config.userFields.hasVerifiedEmail], until: user[config.userFields.planExpiresAt],
        tokens: [user.api_token, user.otp_token, user.otp_recovery_keys.length],
        again: await refused(Users.register(fields, "${PASSWORD}")),
        weak: await refused(Users.register({ email: "b@outside.test" }, "password123")) };`);
    expect(seen).toMatchObject({ right: true, wrong: false, attempts: 1, verified: false });
    expect(seen["shown"]).not.toContain("hash");
    expect(seen["tokens"]).toEqual([expect.any(String), expect.any(String), 10]);
    expect(Number(String(seen["until"]).slice(0, 4))).toBeGreaterThanOrEqual(new Date().getFullYear() + 49);
    expect(seen["again"]).toMatch(/already registered/);
    expect(seen["weak"]).toMatch(/not strong enough/);
    expect(mongo.documents("users")).toHaveLength(1);
  });

  it("is refused where its address or the domain of it is denylisted", async () => {
    const body = `return refused(Users.register({ email: "me@bad.example" }, "${PASSWORD}"));`;
    expect(await asked<string>(body, { DENYLIST: "bad.example,x@y.example" })).toBe(
      "me@bad.example is denylisted",
    );
  });

  it("of a paid plan counts as verified only where the server is not one's own", async () => {
    const body = `return (await Users.register({ email: "c@outside.test", plan: "team" }, "${PASSWORD}")).has_verified_email;`;
    expect(await asked<boolean>(body, { SELF_HOSTED: "false" })).toBe(true);
  });
});

const OWNER = 'const members = [{ user: "0123456789abcdef01234567", group: "admin" }];';

describe("a domain", () => {
  it("keeps token, selector and key that were preset", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    const der = publicKey.export({ type: "spki", format: "der" }).toString("base64");
    const seen = await asked<Record<string, unknown>>(`${OWNER}
      await Domains.create({ name: "example.com", members, plan: "team", has_smtp: true, verification_record: "Abc1234567",
        dkim_key_selector: "own", dkim_private_key: encrypt(${JSON.stringify(pem)}), dkim_modulus_length: 2048,
        dkim_public_key: Buffer.from("${der}", "base64"), skip_verification: true, smtp_verified_at: new Date() });
      const kept = await Domains.findOne({ name: "example.com" });
      return { token: kept.verification_record, selector: kept.dkim_key_selector, bits: kept.dkim_modulus_length,
        key: decrypt(kept.dkim_private_key), public: kept.dkim_public_key.toString("base64"), approved: kept.has_smtp,
        global: kept.is_global, skip: kept.skip_verification ?? null };`);
    expect(seen).toEqual({
      ...{ token: "Abc1234567", selector: "own", bits: 2048, key: pem, public: der },
      ...{ approved: true, global: false, skip: null },
    });
  });

  it("has a key of 1024 bits, and of 2048 where all its name servers are Cloudflare's", async () => {
    const seen = await asked<Record<string, string>[]>(`${OWNER}
      const none = () => Promise.reject(new Error("ENOTFOUND"));
      const made = async (servers) => {
        const resolver = servers && { resolveNs: async () => servers, resolveMx: none, resolveTxt: none };
        const domain = await Domains.create({ name: "bits.example", members, resolver });
        return { key: decrypt(domain.dkim_private_key), selector: domain.dkim_key_selector, approved: domain.has_smtp };
      };
      const cloudflare = ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com."];
      return [await made(), await made(["ada.ns.cloudflare.com", "ns.outside.test"]), await made(cloudflare)];`);
    const bits = seen.map(({ key = "" }) => createPrivateKey(key).asymmetricKeyDetails?.modulusLength);
    expect(bits).toEqual([1024, 1024, 2048]);
    expect(seen[0]).toMatchObject({ selector: expect.stringMatching(/^fe-/) as string, approved: false });
  });

  it("is refused for a token that no record can have or that is in use, a key that is too long, and without an admin", async () => {
    const said = await asked<string[]>(`${OWNER}
      const made = (fields) => refused(Domains.create({ name: "other.example", members, ...fields }));
      const key = { dkim_private_key: "x", dkim_public_key: Buffer.from("x") };
      return [await made({ verification_record: "with-a-dash" }), await made({ verification_record: "Abc1234567" }),
        await made({ ...key, dkim_modulus_length: 4096 }), await made({ members: [] }), await made({})];`);
    const why = [/alphanumeric/, /in use/, /4096/, /administrator/, /^taken$/];
    expect(said).toEqual(why.map((words) => expect.stringMatching(words) as string));
  });
});

describe("an alias", () => {
  it("has a password that only its documents with hash and salt can be compared with", async () => {
    const seen = await asked<Record<string, unknown>>(`
      const alias = new Aliases({ name: "support", domain: "0123456789abcdef01234567", user: "0123456789abcdef01234567", has_imap: true, recipients: [] });
      const password = await alias.createToken("mine", "Tr0ub4dor-and-three", ["support@example.com"]);
      await alias.save();
      const read = (fields) => Aliases.findOne({ name: "support" }).select(fields);
      const whole = await read("+tokens.hash +tokens.salt +tokens.has_pbkdf2_migration");
      return { password, whole: await isValidPassword(whole.tokens, password), wrong: await isValidPassword(whole.tokens, "another"),
        hidden: await isValidPassword((await read("")).tokens, password),
        plain: await isValidPassword(whole.tokens.map((one) => one.toObject()), password) };`);
    expect(seen).toEqual({
      password: "Tr0ub4dor-and-three",
      whole: true,
      wrong: false,
      hidden: false,
      plain: false,
    });
  });

  it("has no password with quotes, of what everybody tries, or of its own name", async () => {
    const said = await asked<string[]>(`
      const made = (password) => refused(new Aliases({ name: "x" }).createToken("", password, ["support@example.com"]));
      return [await made('Tr0ub4dor"and"three'), await made("Password123"), await made("support@example.com1"), await made("Tr0ub4dor-and-three")];`);
    const why = [/quotes/, /not strong enough/, /not strong enough/, /^taken$/];
    expect(said).toEqual(why.map((words) => expect.stringMatching(words) as string));
  });
});
