/*
 * Changes the password of an address by the app's own API, which encrypts its mailbox anew. Runs inside of the container web,
 * behind the pieces of the onboarding that look whether the app is as expected and what is there. With a wrong old password
 * nothing is asked of the API: without the right one it would throw the mailbox away. Prints `mailstead changed`,
 * `mailstead same`, or `mailstead left CODE ABOUT`.
 */
"use strict";
(() => {
  const https = require("node:https");
  const { Left, answer, inspect, findAccount, findDomain, findAlias } = globalThis.mailstead;
  // A large mailbox is copied whole.
  const LIMIT_SECONDS = 600;

  /** One call; the certificate is not asked, as it goes to this very host. */
  function post({ port, host, path, user }, fields) {
    const body = JSON.stringify(fields);
    const headers = { host, "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const to = { host: "127.0.0.1", port, servername: host, rejectUnauthorized: false };
    return new Promise((resolve, reject) => {
      const call = https.request(
        { ...to, path, headers, method: "POST", auth: `${user}:`, timeout: LIMIT_SECONDS * 1000 },
        (answer) => {
          const pieces = [];
          answer.on("data", (piece) => pieces.push(piece));
          answer.on("end", () =>
            resolve({ status: answer.statusCode, text: Buffer.concat(pieces).toString("utf8") }),
          );
        },
      );
      call.on("timeout", () => call.destroy(new Error(`no answer within ${LIMIT_SECONDS} seconds`)));
      call.on("error", reject);
      call.end(body);
    });
  }

  /** Why the API refused, without what it was given. */
  function reason({ status, text }, secrets) {
    let message = text;
    try {
      message = JSON.parse(text).message ?? text;
    } catch {
      // Not JSON: as it is.
    }
    const plain = secrets.reduce((line, secret) => line.replaceAll(secret, "…"), String(message));
    return `${status} ${plain.replace(/[^\x20-\x7e\u00a1-\uffff]+/g, " ").slice(0, 200)}`;
  }

  async function change(settings) {
    const { email, domain: name, address, api, password, newPassword } = settings;
    const app = inspect(settings);
    await app.connect();
    const account = await findAccount(app, email);
    const domain = account && (await findDomain(app, { name }, account, email));
    const alias = domain && (await findAlias(app, domain, address));
    if (!alias) throw new Left("no-address", address);
    if (await app.isValidPassword(alias.tokens, newPassword)) return "same";
    if (!(await app.isValidPassword(alias.tokens, password))) throw new Left("wrong-password", address);
    const path = `/v1/domains/${encodeURIComponent(domain.name)}/aliases/${alias.id}/generate-password`;
    const user = account[app.config.userFields.apiToken];
    const answer = await post({ ...api, path, user }, { password, new_password: newPassword });
    if (answer.status !== 200)
      throw new Left("refused", reason(answer, [password, newPassword, String(user)]));
    return "changed";
  }

  globalThis.mailstead.changePassword = (settings) => answer(change(settings));
})();
