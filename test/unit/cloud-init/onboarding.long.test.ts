/**
 * Proves: by the stand-in's models, the onboarding makes account, domain and aliases with the values of the plan; run
 * again it changes nothing; what a person made or changed is adopted or named, and stays; each refusal is told as what it
 * is; no secret is printed.
 * Cannot prove: that upstream's own models do the same: the stand-in's are made after what was seen of them.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hasOwnPassword, LEFT_CODES } from "../../../stack/mail/onboardingLeft.ts";
import { startMemoryMongo } from "../../support/memoryMongo.ts";
import { inApp } from "../sandbox/images/support/inApp.ts";
import {
  CONTACT,
  DOMAIN,
  hashOfAll,
  KEY,
  onboard,
  replaced,
  settingsText,
  told,
  VALUES,
} from "./support/onboardingRun.ts";

type Mongo = Awaited<ReturnType<typeof startMemoryMongo>>;
let mongo: Mongo;

beforeEach(async () => {
  mongo = await startMemoryMongo();
});
afterEach(() => mongo.stop());

const ALL = [
  `account ${CONTACT}`,
  `domain ${DOMAIN}`,
  ...["support", "postmaster", "abuse", "dmarc", "you", "info"].map((name) => `alias ${name}`),
];

/** What the models say of the database. */
function asked<T>(body: string): Promise<T> {
  return inApp<T>(
    `require("#config/mongoose");
    await require("#helpers/setup-mongoose")(require("#helpers/logger"));
    const { decrypt } = require("#helpers/encrypt-decrypt");
    const isValidPassword = require("#helpers/is-valid-password");
    const Users = require("#models/users"), Domains = require("#models/domains"), Aliases = require("#models/aliases");
    ${body}`,
    { SELF_HOSTED: "true", HELPER_ENCRYPTION_KEY: KEY, MONGO_URI: mongo.uri },
  );
}

describe("from nothing", () => {
  test("account, domain and aliases are made with the values of the plan, a line each, and no secret is printed", async () => {
    const run = await onboard(mongo.uri);
    expect(told(run)).toEqual(ALL.map((one) => `made ${one}`));
    expect(run.code).toBe(0);
    expect(JSON.parse((run.lines.at(-1) ?? "").replace(/^result /, ""))).toEqual({
      ...{ domain: DOMAIN, made: ALL, found: [], left: [] },
    });
    for (const name of [
      "accountPassword",
      "smtpTransportPassword",
      "mailboxPassword.you",
      "domainDkimPrivateKey",
    ])
      expect(run.printed).not.toContain(VALUES[name as keyof typeof VALUES]);
    const seen = await asked<Record<string, unknown>>(`
      const login = (await Users.authenticate()("${CONTACT}", "${VALUES.accountPassword}")).user;
      const domain = await Domains.findOne({ name: "${DOMAIN}" });
      const aliases = await Promise.all(["support", "abuse", "you", "info"].map((name) =>
        Aliases.findOne({ name }).select("+tokens.hash +tokens.salt")));
      const crypto = require("node:crypto");
      const signs = crypto.createPublicKey(decrypt(domain.dkim_private_key)).export({ type: "spki", format: "der" });
      return { group: login.group, plan: login.plan, verified: login.has_verified_email, kyc: login.has_passed_kyc,
        member: String(domain.members[0].user) === String(login._id),
        domain: [domain.plan, domain.has_smtp, domain.is_global, domain.verification_record, domain.dkim_key_selector,
          domain.dkim_modulus_length, domain.return_path],
        keys: [signs.toString("base64"), domain.dkim_public_key.toString("base64")],
        recipients: aliases.map(({ has_imap, recipients }) => [has_imap, ...recipients]),
        passwords: [await isValidPassword(aliases[0].tokens, "${VALUES.smtpTransportPassword}"), aliases[1].tokens.length,
          await isValidPassword(aliases[2].tokens, "${VALUES["mailboxPassword.you"]}"), aliases[3].tokens.length] };`);
    expect(seen).toEqual({
      ...{ group: "admin", plan: "team", verified: true, kyc: true, member: true },
      domain: ["team", true, false, VALUES.siteVerification, "fe-mailstead", 2048, "fe-bounces"],
      keys: [VALUES.domainDkimPublicKey, VALUES.domainDkimPublicKey],
      recipients: [
        [false, CONTACT],
        [false, CONTACT],
        [true],
        [false, "you@example.net", "they@example.net"],
      ],
      passwords: [true, 0, true, 0],
    });
  });

  test("run again it finds everything, and changes nothing", async () => {
    await onboard(mongo.uri);
    const before = hashOfAll(mongo);
    const again = await onboard(mongo.uri);
    expect(told(again)).toEqual(ALL.map((one) => `found ${one}`));
    expect(hashOfAll(mongo)).toBe(before);
  });

  test("a mailbox that is added is made, and one that is taken out stays", async () => {
    await onboard(mongo.uri);
    const settings = settingsText({ mailboxes: [{ name: "new", forwardTo: ["me@example.net"] }] });
    const run = await onboard(mongo.uri, { settings });
    expect(told(run).filter((line) => !line.startsWith("found "))).toEqual(["made alias new"]);
    expect(mongo.documents("aliases").map(({ name }) => name as string)).toContain("you");
  });
});

/** One change by a person, and what is said of it; nothing where it is simply adopted. */
const CHANGES: readonly (readonly [
  what: string,
  collection: string,
  name: string,
  change: object,
  left: string[],
])[] = [
  [
    "an account that was not verified",
    "users",
    "",
    { has_verified_email: false },
    [`account-unverified ${CONTACT}`],
  ],
  ["a banned account", "users", "", { is_banned: true }, [`account-refused ${CONTACT}`]],
  ["an account of the free plan", "users", "", { plan: "free" }, [`account-refused ${CONTACT}`]],
  ["another password of the account", "users", "", { hash: "x", salt: "y" }, []],
  ["another token", "domains", "", { verification_record: "Other12345" }, ["domain-token Other12345"]],
  ["another selector", "domains", "", { dkim_key_selector: "fe-own" }, ["domain-key fe-own"]],
  ["approval taken away", "domains", "", { has_smtp: false }, ["domain-not-approved"]],
  ["sending suspended", "domains", "", { smtp_suspended_sent_at: new Date() }, ["domain-suspended"]],
  ["a global domain", "domains", "", { is_global: true }, ["domain-closed it is a global one"]],
  ["a domain of the free plan", "domains", "", { plan: "free" }, ["domain-closed its plan is free"]],
  ["no date of a check", "domains", "", { smtp_verified_at: null }, []],
  ["another return path", "domains", "", { return_path: "bounces" }, []],
  ["a switched-off address", "aliases", "you", { is_enabled: false }, ["alias-off you"]],
  ["a mailbox that became a forward", "aliases", "you", { has_imap: false }, ["alias-differs you"]],
  ["a mailbox that also forwards", "aliases", "you", { recipients: ["me@example.net"] }, []],
  ["a forward to others", "aliases", "info", { recipients: ["me@example.net"] }, ["alias-differs info"]],
  ["postmaster to somebody else", "aliases", "postmaster", { recipients: ["me@example.net"] }, []],
  ["abuse with a mailbox", "aliases", "abuse", { has_imap: true }, []],
  ["another password of the sender", "aliases", "support", { tokens: [] }, ["support-password support"]],
  ["a mailbox without a password", "aliases", "you", { tokens: [] }, ["mailbox-without-password you"]],
  [
    "another password of a mailbox",
    "aliases",
    "you",
    { tokens: [{ description: "", hash: "aa", salt: "bb" }] },
    ["mailbox-password you"],
  ],
];

describe("what a person changed stays", () => {
  // One server for all: each change is taken back after it.
  let own: Mongo;
  beforeAll(async () => {
    own = await startMemoryMongo();
    await onboard(own.uri);
  });
  afterAll(() => own.stop());

  test.each(CHANGES)("%s", async (_, collection, name, change, left) => {
    const [document] = own.documents(collection).filter((one) => name === "" || one["name"] === name);
    if (document === undefined) throw new Error("there is none to change");
    const kept = { ...document };
    Object.assign(document, change);
    const before = hashOfAll(own);
    const run = await onboard(own.uri);
    expect(told(run).filter((line) => line.startsWith("left "))).toEqual(left.map((line) => `left ${line}`));
    expect(told(run).filter((line) => line.startsWith("made "))).toEqual([]);
    expect(hashOfAll(own)).toBe(before);
    for (const key of Object.keys(change)) if (!(key in kept)) Reflect.deleteProperty(document, key);
    Object.assign(document, kept);
    for (const line of left) expect(LEFT_CODES).toContain(line.split(" ")[0]);
  });
});

describe("the account's password", () => {
  test("another one than ours is told, and no attempt is counted", async () => {
    await onboard(mongo.uri);
    const settings = settingsText().replace(VALUES.accountPassword ?? "", "Another4Password7of9ours");
    const before = hashOfAll(mongo);
    const run = await onboard(mongo.uri, { settings });
    expect(told(run)[0]).toBe(`found account ${CONTACT}, with a password of its own`);
    expect(hasOwnPassword(told(run).join("\n"))).toBe(true);
    expect(hasOwnPassword(told(await onboard(mongo.uri)).join("\n"))).toBe(false);
    expect(hashOfAll(mongo)).toBe(before);
  });

  test("where the app does not say, it is the one that was made", async () => {
    await onboard(mongo.uri);
    const before = `require("#config/mongoose"); const Users = require("#models/users");
      Users.prototype.authenticate = async () => ({ user: false, error: Object.assign(new Error(), { name: "AttemptTooSoonError" }) });`;
    expect(told(await onboard(mongo.uri, { before }))[0]).toBe(`found account ${CONTACT}`);
  });
});

describe("what a person made", () => {
  test("a key of the domain's own is good where the zone has it", async () => {
    await onboard(mongo.uri);
    Object.assign(mongo.documents("domains")[0] ?? {}, { dkim_key_selector: "fe-own" });
    const dkim = [{ selector: "fe-own", publicKey: VALUES.domainDkimPublicKey }];
    const run = await onboard(mongo.uri, { settings: settingsText({ "dns.dkim": dkim }) });
    expect(told(run).filter((line) => line.startsWith("left "))).toEqual([]);
  });

  test("what a person made in the web interface is adopted, and completed by what is not there", async () => {
    await asked(`
      const user = await Users.register({ email: "${CONTACT}", group: "admin", plan: "team" }, "correct horse battery staple");
      const domain = await Domains.create({ name: "${DOMAIN}", members: [{ user: user._id, group: "admin" }], plan: "team" });
      const alias = new Aliases({ name: "you", domain: domain._id, user: user._id, has_imap: true });
      await alias.createToken("", "another long password of people".replaceAll(" ", "-"));
      await alias.save();
      return "made";`);
    const [before] = ["users", "domains"].map((name) => JSON.stringify(mongo.documents(name)));
    const you = JSON.stringify(mongo.documents("aliases"));
    const run = await onboard(mongo.uri);
    const [domain] = mongo.documents("domains");
    expect(told(run)).toEqual([
      `found account ${CONTACT}, with a password of its own`,
      ...[`left account-unverified ${CONTACT}`, `found domain ${DOMAIN}`],
      `left domain-token ${String(domain?.["verification_record"])}`,
      `left domain-key ${String(domain?.["dkim_key_selector"])}`,
      ...["left domain-not-approved", "made alias support", "made alias postmaster", "made alias abuse"],
      ...["made alias dmarc", "found alias you", "left mailbox-password you", "made alias info"],
    ]);
    expect(JSON.stringify(mongo.documents("users"))).toBe(before);
    expect(JSON.stringify(mongo.documents("aliases").filter(({ name }) => name === "you"))).toBe(you);
  });
});

describe("refusals", () => {
  test("a domain that another account holds: nothing is made, no account either", async () => {
    await asked(`
      const user = await Users.register({ email: "they@example.net", group: "admin", plan: "team" }, "correct horse battery staple");
      await Domains.create({ name: "${DOMAIN}", members: [{ user: user._id, group: "admin" }], plan: "team" });
      return "made";`);
    const before = hashOfAll(mongo);
    expect(told(await onboard(mongo.uri))).toEqual([`left domain-of-others ${CONTACT}`]);
    expect(hashOfAll(mongo)).toBe(before);
  });

  test("a denylisted address of the account", async () => {
    const run = await onboard(mongo.uri, { variables: { DENYLIST: "example.org" } });
    expect(told(run)).toEqual([`left denylisted ${CONTACT}`]);
    expect(mongo.documents("users")).toEqual([]);
  });

  test("a weak password of a mailbox is named, and the other addresses are made", async () => {
    const mailboxes = [{ name: "you" }, { name: "info", forwardTo: ["me@example.net"] }];
    const settings = settingsText({ mailboxes }).replace(VALUES["mailboxPassword.you"] ?? "", "password123");
    const run = await onboard(mongo.uri, { settings });
    expect(told(run).slice(-2)).toEqual(["left weak-password you", "made alias info"]);
  });

  test("what stops it is said, without what was given", async () => {
    const before = replaced(
      "#helpers/setup-mongoose",
      `() => Promise.reject(new Error("no ${VALUES.accountPassword}\\nat"))`,
    );
    const run = await onboard(mongo.uri, { before });
    expect(told(run)).toEqual(["left failed no … at"]);
    expect(run.code).toBe(0);
  });
});
