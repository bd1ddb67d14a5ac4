/*
 * Second piece of the onboarding: what is there already, and what of it keeps mail from working. It changes nothing, and
 * nothing that is there is changed later: a person may have made it so.
 */
"use strict";
(() => {
  const { domainToUnicode } = require("node:url");
  const { Left } = globalThis.mailstead;
  const idOf = (reference) => String(reference?._id ?? reference);

  async function findAccount({ Users }, email) {
    return Users.findOne({ email: email.toLowerCase() });
  }

  /**
   * Whether the account has this password; undefined where the app does not say, as after too many wrong ones. By the app's
   * own function, which counts attempts: this document of it is not saved, so that nothing is counted.
   */
  async function hasPassword({ Users }, { _id }, password) {
    const account = await Users.findOne({ _id }).select("+hash +salt");
    if (typeof account?.authenticate !== "function") return undefined;
    account.save = async () => account;
    const { user, error } = await account.authenticate(password);
    if (user) return true;
    return /IncorrectPassword|NoSaltValue/.test(error?.name) ? false : undefined;
  }

  /** What keeps everybody of an account out. */
  function judgeAccount(account, { config }) {
    const { hasVerifiedEmail, isBanned, planExpiresAt } = config.userFields;
    const ended = account[planExpiresAt] !== undefined && account[planExpiresAt] < new Date();
    return [
      ...(account[hasVerifiedEmail] === true ? [] : [new Left("account-unverified", account.email)]),
      ...(account[isBanned] === true || account.plan === "free" || ended
        ? [new Left("account-refused", account.email)]
        : []),
    ];
  }

  /** Domains of a name, which the database may hold more than once. */
  function findNamed({ Domains }, name) {
    return Domains.find({ name: { $in: [...new Set([name, domainToUnicode(name)])] } });
  }

  /**
   * The domain, where the account is its administrator.
   *
   * @throws Left where another account holds the name
   */
  async function findDomain(app, { name }, account, email) {
    const found = await findNamed(app, name);
    const isOurs = ({ members }) =>
      account !== null &&
      members.some(({ user, group }) => group === "admin" && idOf(user) === idOf(account));
    if (!found.every(isOurs)) throw new Left("domain-of-others", email);
    return found[0];
  }

  const keyOf = (domain) => Buffer.from(domain.dkim_public_key ?? "").toString("base64");

  const faultsOf = (faults) =>
    faults.flatMap(([isFault, code, about]) => (isFault ? [new Left(code, about)] : []));

  /** Whether the zone has what the server goes by. */
  function judgeRecords(domain, { token, published }) {
    const isPublished = published.some(
      ({ selector, publicKey }) => selector === domain.dkim_key_selector && publicKey === keyOf(domain),
    );
    return faultsOf([
      [domain.verification_record !== token, "domain-token", domain.verification_record],
      [!isPublished, "domain-key", domain.dkim_key_selector],
    ]);
  }

  /** Whether the server lets the domain be used. */
  function judgeUse(domain) {
    return faultsOf([
      [domain.plan === "free", "domain-closed", "its plan is free"],
      [domain.is_global === true, "domain-closed", "it is a global one"],
      [domain.has_smtp !== true, "domain-not-approved", ""],
      [Boolean(domain.smtp_suspended_sent_at), "domain-suspended", ""],
    ]);
  }

  /** The alias with what its password is told by, which other questions leave out. */
  async function findAlias({ Aliases }, domain, name) {
    const tokens = Aliases.schema.path("tokens").schema;
    const hidden = ["hash", "salt", "has_pbkdf2_migration"].filter((path) => tokens.path(path) !== undefined);
    return Aliases.findOne({ domain: domain._id, name }).select(
      hidden.map((path) => `+tokens.${path}`).join(" "),
    );
  }

  const sameList = (one, other) => [...one].sort().join(" ") === [...other].sort().join(" ");

  /** What becomes of mail to it is as configured. Where an alias of ours forwards to is its owner's. */
  function goesAsWanted(alias, { forwardTo, isOurs }) {
    if (isOurs) return true;
    if (forwardTo === undefined) return alias.has_imap === true;
    return sameList(
      alias.recipients.map((address) => address.toLowerCase()),
      forwardTo.map((address) => address.toLowerCase()),
    );
  }

  async function passwordFault(alias, { password, isOurs }, { isValidPassword }) {
    if (password === undefined) return undefined;
    if (alias.tokens.length > 0 && (await isValidPassword(alias.tokens, password))) return undefined;
    if (isOurs) return "support-password";
    return alias.tokens.length > 0 ? "mailbox-password" : "mailbox-without-password";
  }

  async function judgeAlias(alias, wanted, app) {
    const password = await passwordFault(alias, wanted, app);
    return [
      ...(alias.is_enabled === false ? ["alias-off"] : []),
      ...(goesAsWanted(alias, wanted) ? [] : ["alias-differs"]),
      ...(password === undefined ? [] : [password]),
    ].map((code) => new Left(code, wanted.name));
  }

  Object.assign(globalThis.mailstead, {
    ...{ findAccount, hasPassword, judgeAccount, findNamed, findDomain, keyOf, judgeRecords, judgeUse },
    ...{ findAlias, judgeAlias },
  });
})();
