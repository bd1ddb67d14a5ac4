/*
 * Last piece of the onboarding: account, domain, aliases, in this order, each looked for first. It prints a line for each
 * thing that it made, found or left to a person, and at last `result` and the same as JSON. Lines begin with `mailstead `:
 * the app itself may print others. No secret is in any of them.
 */
"use strict";
(() => {
  const { Left, inspect, ...steps } = globalThis.mailstead;
  const LIMIT_SECONDS = 150;
  const LONGEST = 300;

  /** Takes down what happens. */
  function makeReport(settings) {
    const { account, domain, aliases } = settings;
    const secrets = [account.password, domain.privateKey, ...aliases.map(({ password }) => password)];
    /** One line, without what is secret. */
    const plain = (text) =>
      secrets
        .filter((secret) => secret !== undefined)
        .reduce((line, secret) => line.replaceAll(secret, "…"), String(text))
        .replace(/[^\x20-\x7e\u00a1-\uffff]+/g, " ")
        .slice(0, LONGEST);
    const said = { domain: domain.name, made: [], found: [], left: [] };
    const print = (line) => process.stdout.write(`mailstead ${line}\n`);
    const tell = (list, what) => {
      said[list].push(plain(what));
      print(`${list} ${plain(what)}`);
    };
    const leave = ({ code, message }) => {
      said.left.push({ code, about: plain(message) });
      print(`left ${code} ${plain(message)}`.trimEnd());
    };
    return {
      made: (what) => tell("made", what),
      found: (what) => tell("found", what),
      leave: (error) => leave(error instanceof Left ? error : new Left("failed", error?.message ?? error)),
      end: () =>
        process.stdout.write(`mailstead result ${JSON.stringify(said)}\n`, () => {
          // The models hold connections and timers.
          process.exit(0);
        }),
    };
  }

  async function account(app, { account: wanted }, there, report) {
    if (there === null) {
      const made = await steps.makeAccount(app, wanted);
      report.made(`account ${wanted.email}`);
      return made;
    }
    const isOwn = (await steps.hasPassword(app, there, wanted.password)) === false;
    report.found(`account ${there.email}${isOwn ? ", with a password of its own" : ""}`);
    steps.judgeAccount(there, app).forEach(report.leave);
    return there;
  }

  async function domain(app, { domain: wanted }, there, owner, report) {
    if (there === undefined) {
      const made = await steps.makeDomain(app, wanted, owner);
      report.made(`domain ${wanted.name}`);
      return made;
    }
    report.found(`domain ${wanted.name}`);
    [...steps.judgeRecords(there, wanted), ...steps.judgeUse(there)].forEach(report.leave);
    return there;
  }

  async function alias(app, wanted, place, owner, report) {
    const there = await steps.findAlias(app, place, wanted.name);
    if (there === null) {
      await steps.makeAlias(app, wanted, place, owner);
      report.made(`alias ${wanted.name}`);
      return;
    }
    report.found(`alias ${wanted.name}`);
    (await steps.judgeAlias(there, wanted, app)).forEach(report.leave);
  }

  async function onboard(settings, report) {
    const app = inspect(settings);
    await app.connect();
    const { email } = settings.account;
    const known = await steps.findAccount(app, email);
    // Before the account is made: where others hold the domain, nothing is.
    const held = await steps.findDomain(app, settings.domain, known, email);
    const owner = await account(app, settings, known, report);
    const place = await domain(app, settings, held, owner, report);
    for (const wanted of settings.aliases) {
      try {
        await alias(app, wanted, place, owner, report);
      } catch (error) {
        report.leave(error);
      }
    }
  }

  function run(settings) {
    const report = makeReport(settings);
    const stop = (error) => {
      report.leave(error);
      report.end();
    };
    process.once("uncaughtException", stop);
    setTimeout(
      () => stop(new Error(`it took more than ${LIMIT_SECONDS} seconds`)),
      LIMIT_SECONDS * 1000,
    ).unref();
    onboard(settings, report).then(report.end, stop);
  }

  globalThis.mailstead.run = run;
})();
