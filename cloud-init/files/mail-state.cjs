/*
 * Asks the app what it has of the domain, and what of that keeps mail from working: its account, approval for sending, the
 * verification record as the DNS answers it, the key that signs, addresses. Runs inside of the container web, behind the
 * pieces of the onboarding that look whether the app is as expected and what is there. It changes nothing. Prints
 * `mailstead state` and the same as JSON, or `mailstead left CODE ABOUT`. No secret is in either.
 */
"use strict";
(() => {
  const { createPublicKey } = require("node:crypto");
  const { Resolver } = require("node:dns").promises;
  const { Left, inspect, ...look } = globalThis.mailstead;
  const LIMIT_SECONDS = 60;
  const LONGEST = 300;

  const plain = (text) =>
    String(text)
      .replace(/[^\x20-\x7e\u00a1-\uffff]+/g, " ")
      .slice(0, LONGEST);

  /** Texts of a name; null where nobody answers. */
  async function texts(name) {
    try {
      const found = await new Resolver({ timeout: 2000, tries: 2 }).resolveTxt(name);
      return found.map((pieces) => pieces.join("").trim());
    } catch (error) {
      return ["ENODATA", "ENOTFOUND"].includes(error.code) ? [] : null;
    }
  }

  /** Verification values that are answered; null where nobody answers. */
  async function verifications({ domain, prefix }) {
    const found = await texts(domain);
    return (
      found?.flatMap((text) => (text.startsWith(prefix) ? [plain(text.slice(prefix.length).trim())] : [])) ??
      null
    );
  }

  /** Whether the key that signs is the one that the DNS answers; null where nobody answers. */
  async function isKeyAnswered(domain, { domain: name }) {
    const found = await texts(`${domain.dkim_key_selector}._domainkey.${name}`);
    const keys = found?.flatMap((text) => /(?:^|;)\s*p=([^;]*)/.exec(text)?.[1].replace(/\s/g, "") ?? []);
    return keys?.includes(look.keyOf(domain)) ?? null;
  }

  /** Size of the key itself; as the database has it, where the key cannot be read. */
  function bitsOf(domain) {
    try {
      const key = Buffer.from(look.keyOf(domain), "base64");
      return createPublicKey({ key, format: "der", type: "spki" }).asymmetricKeyDetails.modulusLength;
    } catch {
      return domain.dkim_modulus_length;
    }
  }

  /** The domain: of the account, or where a person makes it, whosever it is. */
  async function findPlace(app, { domain: name, email }) {
    if (email === undefined) return (await look.findNamed(app, name))[0];
    return look.findDomain(app, { name }, await look.findAccount(app, email), email);
  }

  /** What keeps everybody of the domain out: one administrator in order is enough. */
  async function judgeAccounts(app, domain) {
    const ids = domain.members.flatMap(({ user, group }) => (group === "admin" ? [user] : []));
    const faults = (await app.Users.find({ _id: { $in: ids } })).map((one) => look.judgeAccount(one, app));
    return faults.some((list) => list.length === 0) ? [] : (faults[0] ?? []);
  }

  /** Addresses that have to be there. What the app sends by has the password that the app itself logs in with. */
  async function judgeAliases(app, domain, { aliases }) {
    const sender = require("#config/env").SMTP_TRANSPORT_PASS;
    const faults = [];
    for (const wanted of aliases) {
      const alias = await look.findAlias(app, domain, wanted.name);
      const password = wanted.name === "support" ? String(sender) : undefined;
      faults.push(
        ...(alias === null
          ? [new Left("alias-missing", wanted.name)]
          : await look.judgeAlias(alias, { ...wanted, password }, app)),
      );
    }
    return faults;
  }

  async function ask(settings) {
    const app = inspect(settings);
    await app.connect();
    const domain = await findPlace(app, settings);
    const accounts = await app.Users.countDocuments({});
    if (domain === undefined) return { accounts, members: 0, left: [] };
    const left = [
      ...(await judgeAccounts(app, domain)),
      ...look.judgeUse(domain),
      ...(await judgeAliases(app, domain, settings)),
    ];
    return {
      accounts,
      members: domain.members.length,
      domain: {
        token: plain(domain.verification_record),
        verifications: await verifications(settings),
        selector: plain(domain.dkim_key_selector),
        bits: bitsOf(domain),
        isKeyAnswered: await isKeyAnswered(domain, settings),
      },
      left: left.map(({ code, message }) => ({ code, about: plain(message) })),
    };
  }

  const print = (line) => process.stdout.write(`mailstead ${line}\n`, () => process.exit(0));

  globalThis.mailstead.askState = (settings) => {
    const stop = (error) => {
      const { code, message } =
        error instanceof Left ? error : new Left("failed", String(error?.message ?? error).split("\n")[0]);
      print(`left ${code} ${plain(message)}`.trimEnd());
    };
    process.once("uncaughtException", stop);
    setTimeout(
      () => stop(new Error(`it took more than ${LIMIT_SECONDS} seconds`)),
      LIMIT_SECONDS * 1000,
    ).unref();
    ask(settings).then((state) => print(`state ${JSON.stringify(state)}`), stop);
  };
})();
