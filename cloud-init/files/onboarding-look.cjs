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

  /**
   * The domain, where the account is its administrator. The database may hold a name more than once.
   *
   * @throws Left where another account holds the name
   */
  async function findDomain({ Domains }, { name }, account, email) {
    const names = [...new Set([name, domainToUnicode(name)])];
    const found = await Domains.find({ name: { $in: names } });
    const isOurs = ({ members }) =>
      account !== null &&
      members.some(({ user, group }) => group === "admin" && idOf(user) === idOf(account));
    if (!found.every(isOurs)) throw new Left("domain-of-others", email);
    return found[0];
  }

  function judgeDomain(domain, { token, published }) {
    const key = Buffer.from(domain.dkim_public_key ?? "").toString("base64");
    const isPublished = published.some(
      ({ selector, publicKey }) => selector === domain.dkim_key_selector && publicKey === key,
    );
    const faults = [
      [domain.verification_record !== token, "domain-token", domain.verification_record],
      [!isPublished, "domain-key", domain.dkim_key_selector],
      [domain.plan === "free", "domain-closed", "its plan is free"],
      [domain.is_global === true, "domain-closed", "it is a global one"],
      [domain.has_smtp !== true, "domain-not-approved", ""],
      [Boolean(domain.smtp_suspended_sent_at), "domain-suspended", ""],
    ];
    return faults.flatMap(([isFault, code, about]) => (isFault ? [new Left(code, about)] : []));
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
    ...{ findAccount, judgeAccount, findDomain, judgeDomain, findAlias, judgeAlias },
  });
})();
