/*
 * Which file is the mailbox of an address, and whether a password is that of the address. Runs inside of the container web,
 * behind the pieces of the onboarding that look whether the app is as expected and what is there; changes nothing. Prints
 * `mailstead found FILE`, or `mailstead left CODE ABOUT`.
 */
"use strict";
(() => {
  const { Left, answer, inspect, load, need, findAccount, findDomain, findAlias } = globalThis.mailstead;

  /** Name of the mailbox's file, by the app's own word. */
  function fileOf(alias, storage) {
    const getPathToDatabase = load("#helpers/get-path-to-database");
    need(typeof getPathToDatabase === "function", "#helpers/get-path-to-database");
    const { id, storage_location } = alias;
    const path = getPathToDatabase({ id, storage_location });
    need(path === `${storage}/${id}.sqlite`, `#helpers/get-path-to-database answers ${path}`);
    return `${id}.sqlite`;
  }

  async function find(settings) {
    const { email, domain: name, address, password, storage } = settings;
    const app = inspect(settings);
    await app.connect();
    const account = await findAccount(app, email);
    const domain = account && (await findDomain(app, { name }, account, email));
    const alias = domain && (await findAlias(app, domain, address));
    if (!alias || !alias.has_imap) throw new Left("no-mailbox", address);
    if (!(await app.isValidPassword(alias.tokens, password))) throw new Left("wrong-password", address);
    return fileOf(alias, storage);
  }

  globalThis.mailstead.findMailbox = (settings) => answer(find(settings).then((file) => `found ${file}`));
})();
