/*
 * Third piece of the onboarding: makes what is not there. Account, domain and alias are each one new document, so that
 * whoever stops it at any moment leaves nothing half made.
 */
"use strict";
(() => {
  const { createPrivateKey } = require("node:crypto");
  const { Left } = globalThis.mailstead;

  /** How a refusal of the models is told from others: by its words, as it has no code in each version. */
  const REFUSALS = [
    ["weak-password", /strength|weak|strong enough/i],
    ["denylisted", /deny.?list/i],
  ];

  function refusal(error, about) {
    const words = `${error.name} ${error.message}`;
    const [code] = REFUSALS.find(([, pattern]) => pattern.test(words)) ?? [];
    return code === undefined
      ? new Left("refused", `${about}: ${error.message.split("\n")[0]}`)
      : new Left(code, about);
  }

  async function orRefusal(about, made) {
    try {
      return await made();
    } catch (error) {
      throw refusal(error, about);
    }
  }

  /** The first account, as if its owner had signed up, typed the code, and were an administrator. */
  function makeAccount({ Users, config }, { email, password }) {
    const { hasVerifiedEmail, hasSetPassword, welcomeEmailSentAt } = config.userFields;
    const fields = {
      ...{ email, group: "admin", plan: "team" },
      [hasVerifiedEmail]: true,
      [hasSetPassword]: true,
      [welcomeEmailSentAt]: new Date(),
      [config.lastLocaleField]: "en",
      ...(Users.schema.path("has_passed_kyc") === undefined ? {} : { has_passed_kyc: true }),
    };
    return orRefusal(email, () => Users.register(fields, password));
  }

  /** The domain with the values of the zone, approved for sending. */
  function makeDomain({ Domains, encrypt }, { name, token, selector, publicKey, privateKey }, account) {
    const key = createPrivateKey({ key: Buffer.from(privateKey, "base64"), format: "der", type: "pkcs8" });
    const domain = new Domains({
      name,
      members: [{ user: account._id, group: "admin" }],
      plan: "team",
      has_smtp: true,
      smtp_verified_at: new Date(),
      verification_record: token,
      dkim_key_selector: selector,
      dkim_private_key: encrypt(key.export({ type: "pkcs8", format: "pem" })),
      dkim_public_key: Buffer.from(publicKey, "base64"),
      dkim_modulus_length: key.asymmetricKeyDetails.modulusLength,
      return_path: "fe-bounces",
    });
    // The zone may not answer yet, and every record is of the same plan.
    domain.skip_verification = true;
    domain.locale = "en";
    // No mail to the administrators that says who made it.
    domain.__audit_metadata = { isSystem: true };
    return orRefusal(name, () => domain.save());
  }

  /** An alias with its first password. With any later one upstream would throw the mailbox away. */
  function makeAlias({ Aliases }, { name, forwardTo, password }, domain, account) {
    const alias = new Aliases({
      ...{ name, domain: domain._id, user: account._id },
      has_imap: forwardTo === undefined,
      recipients: forwardTo ?? [],
    });
    alias.locale = "en";
    return orRefusal(name, async () => {
      const address = `${name}@${domain.name}`;
      if (password !== undefined)
        await alias.createToken("Mailstead", password, [name, domain.name, address, account.email]);
      return alias.save();
    });
  }

  Object.assign(globalThis.mailstead, { makeAccount, makeDomain, makeAlias });
})();
