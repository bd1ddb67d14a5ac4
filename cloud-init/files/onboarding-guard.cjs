/*
 * First piece of the onboarding, which runs inside of the container web: looks whether this release of Forward Email is as
 * it is expected to be, before anything is changed. The pieces share one object, `globalThis.mailstead`; onboarding.sh
 * hands them to `node -` one after the other, as one program.
 */
"use strict";
(() => {
  const { createHash } = require("node:crypto");

  /** Something that is left to a person, by its code and what it is about. */
  class Left extends Error {
    constructor(code, about) {
      super(about);
      this.code = code;
    }
  }

  function need(isThere, what) {
    if (!isThere) throw new Left("unexpected", what);
  }

  function load(path) {
    try {
      return require(path);
    } catch (error) {
      throw new Left("unexpected", `${path} cannot be loaded (${error.message.split("\n")[0]})`);
    }
  }

  function checkConfig(config) {
    need(config.isSelfHosted === true, "#config isSelfHosted is not true");
    const fields = ["hasVerifiedEmail", "hasSetPassword", "isBanned", "planExpiresAt", "welcomeEmailSentAt"];
    for (const field of fields)
      need(typeof config.userFields?.[field] === "string", `#config userFields.${field}`);
    need(typeof config.lastLocaleField === "string", "#config lastLocaleField");
  }

  /**
   * The environment is ours: one that cannot be read is passed over by the app without a word, and the key of the domain
   * would be sealed with a key that everyone knows.
   */
  function checkEnvironment(env, { webHost, keyDigest }) {
    if (String(env.WEB_HOST) !== webHost) throw new Left("environment", `its WEB_HOST is ${env.WEB_HOST}`);
    const digest = createHash("sha256").update(String(env.HELPER_ENCRYPTION_KEY)).digest("hex");
    if (digest !== keyDigest) throw new Left("environment", "its HELPER_ENCRYPTION_KEY is another");
  }

  function checkSeal({ encrypt, decrypt }) {
    need(typeof encrypt === "function" && typeof decrypt === "function", "#helpers/encrypt-decrypt");
    const text = "the quick brown fox";
    const sealed = encrypt(text);
    need(
      sealed !== text && decrypt(sealed) === text,
      "#helpers/encrypt-decrypt does not open what it sealed",
    );
  }

  function checkPaths(model, name, paths) {
    for (const path of paths) {
      const found = path
        .split("/")
        .reduce((schema, part) => schema?.path?.(part)?.schema ?? schema?.path?.(part), model.schema);
      need(found !== undefined && found !== null, `#models/${name} ${path}`);
    }
  }

  const hasTeam = (model) => model.schema.path("plan").enumValues?.includes("team") === true;

  function checkUsers(Users, { userFields, lastLocaleField }) {
    const { hasVerifiedEmail, hasSetPassword, isBanned, planExpiresAt, welcomeEmailSentAt } = userFields;
    checkPaths(Users, "users", [
      ...["email", "group", "plan", lastLocaleField],
      ...[hasVerifiedEmail, hasSetPassword, isBanned, planExpiresAt, welcomeEmailSentAt],
    ]);
    need(hasTeam(Users), "#models/users plan team");
    for (const name of ["register", "authenticate"])
      need(typeof Users[name] === "function", `#models/users ${name}`);
    need(typeof Users.prototype.setPassword === "function", "#models/users setPassword");
  }

  function checkDomains(Domains) {
    checkPaths(Domains, "domains", [
      ...["name", "members/user", "members/group", "plan", "is_global", "has_smtp", "smtp_verified_at"],
      ...["smtp_suspended_sent_at", "verification_record", "dkim_key_selector", "dkim_private_key"],
      ...["dkim_public_key", "dkim_modulus_length", "return_path"],
    ]);
    need(hasTeam(Domains), "#models/domains plan team");
    for (const name of ["skip_verification", "resolver"])
      need(Domains.schema.virtuals[name] !== undefined, `#models/domains ${name}`);
  }

  function checkAliases(Aliases) {
    checkPaths(Aliases, "aliases", [
      ...["name", "domain", "user", "has_imap", "is_enabled", "recipients", "tokens/hash", "tokens/salt"],
    ]);
    need(typeof Aliases.prototype.createToken === "function", "#models/aliases createToken");
  }

  /** The parts of the app, where each of them is as expected; throws what is not. Opens no connection. */
  function inspect(settings) {
    const config = load("#config");
    checkConfig(config);
    checkEnvironment(load("#config/env"), settings);
    const seal = load("#helpers/encrypt-decrypt");
    checkSeal(seal);
    // The models belong to the connection that this makes.
    load("#config/mongoose");
    const [logger, setupMongoose, isValidPassword] = ["logger", "setup-mongoose", "is-valid-password"].map(
      (name) => load(`#helpers/${name}`),
    );
    need(typeof setupMongoose === "function", "#helpers/setup-mongoose");
    need(typeof isValidPassword === "function", "#helpers/is-valid-password");
    const [Users, Domains, Aliases] = ["users", "domains", "aliases"].map((name) => load(`#models/${name}`));
    checkUsers(Users, config);
    checkDomains(Domains);
    checkAliases(Aliases);
    return {
      ...{ config, encrypt: seal.encrypt, isValidPassword, Users, Domains, Aliases },
      connect: () => setupMongoose(logger),
    };
  }

  /** The one line that a piece answers with, `mailstead ANSWER` or `mailstead left CODE ABOUT`, and the end of the process. */
  function answer(work) {
    return work
      .catch((error) =>
        error instanceof Left
          ? `left ${error.code} ${error.message}`
          : `left failed ${String(error.message).split("\n")[0]}`,
      )
      .then((line) =>
        process.stdout.write(`mailstead ${line}\n`, () => {
          process.exit(0);
        }),
      );
  }

  globalThis.mailstead = { Left, answer, inspect, load, need };
})();
