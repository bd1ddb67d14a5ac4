/*
 * Holds, lists, sends and drops what an old snapshot's outbound queue would send again. Runs inside of the container web, by
 * the app's own model of its queue. Prints `mailstead result` and JSON, or `mailstead left CODE ABOUT`, where nothing was
 * changed.
 *
 * A message is held by its date, which the app sends it by: a message with a later one waits for it, whatever state it is in.
 * The date that it had, and of which restore it is, stand in a field beside, which the app passes over.
 */
"use strict";
(() => {
  const { createHash } = require("node:crypto");

  /** The year is beyond any that the app waits for, and a date that its database can hold. */
  const NEVER = new Date("9999-01-01T00:00:00Z");
  /** States in which a message has still to leave. */
  const WAITING = ["pending", "queued", "deferred"];
  const HELD = "mailstead_held";
  const DAY_MS = 24 * 3600 * 1000;
  const LIMIT_SECONDS = 80;
  const LONGEST = 200;

  /** Something that is left to a person, by its code and what it is about. */
  class Left extends Error {
    constructor(code, about) {
      super(about);
      this.code = code;
    }
  }

  const plain = (text) =>
    String(text ?? "")
      .replace(/[^\x20-\x7e\u00a1-\uffff]+/g, " ")
      .slice(0, LONGEST);

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

  /** One that the app cannot read is passed over without a word: another database would be looked at than the one in use. */
  function checkEnvironment(env, { webHost, keyDigest }) {
    if (String(env.WEB_HOST) !== webHost) throw new Left("environment", `its WEB_HOST is ${env.WEB_HOST}`);
    const digest = createHash("sha256").update(String(env.HELPER_ENCRYPTION_KEY)).digest("hex");
    if (digest !== keyDigest) throw new Left("environment", "its HELPER_ENCRYPTION_KEY is another");
  }

  /** What the hold goes by, as every release has had it that was read. */
  function checkModel({ schema, db, collection }) {
    const states = schema?.path("status")?.enumValues ?? [];
    for (const state of [...WAITING, "rejected"])
      need(states.includes(state), `#models/emails status ${state}`);
    for (const [path, kind] of [
      ...[
        ["date", "Date"],
        ["created_at", "Date"],
        ["locked_at", "Date"],
        ["is_locked", "Boolean"],
      ],
      ...[["envelope.from", "String"], ["envelope.to"], ["messageId", "String"], ["accepted"]],
    ])
      need(
        kind === undefined ? schema.path(path) : schema.path(path)?.instance === kind,
        `#models/emails ${path}`,
      );
    need(typeof db?.asPromise === "function", "#models/emails has no connection");
    need(typeof collection?.collectionName === "string", "#models/emails has no collection");
  }

  /** The queue's own collection and the time for which a message is tried; opens the app's connections. */
  async function open(settings) {
    const config = load("#config");
    checkEnvironment(load("#config/env"), settings);
    load("#config/mongoose");
    const [logger, setupMongoose] = [load("#helpers/logger"), load("#helpers/setup-mongoose")];
    const Emails = load("#models/emails");
    checkModel(Emails);
    need(Number.isFinite(config.maxRetryDuration), "#config maxRetryDuration");
    await setupMongoose(logger);
    need(typeof Emails.db.db?.collection === "function", "#models/emails is not connected");
    // The driver's own, which takes a field that the model does not know of.
    return {
      emails: Emails.db.db.collection(Emails.collection.collectionName),
      retryMs: config.maxRetryDuration,
    };
  }

  /** Without texts, which may be large. */
  async function waiting({ emails }) {
    const options = { projection: { message: 0, headers: 0, rejectedErrors: 0 } };
    return emails.find({ status: { $in: WAITING } }, options).toArray();
  }

  const isHeld = (email) => email[HELD]?.date instanceof Date;

  /** What was in the queue at the moment `before`: the app's clock then and the one of now may differ. */
  async function hold(queue, { before, snapshot }) {
    const until = new Date(before);
    need(Number.isFinite(until.getTime()), `the moment ${before}`);
    const isOld = (email) => !(email.created_at > until);
    const old = (await waiting(queue)).filter(isOld);
    for (const { _id, date } of old.filter((email) => !isHeld(email)))
      await queue.emails.updateOne(
        { _id, [HELD]: { $exists: false } },
        { $set: { date: NEVER, [HELD]: { date, snapshot, at: new Date() } } },
      );
    const left = (await waiting(queue)).filter(
      (email) => isOld(email) && !(isHeld(email) && email.date >= NEVER),
    );
    if (left.length > 0) throw new Left("unexpected", `${left.length} messages cannot be held`);
    return { held: old.length };
  }

  function shown({ _id, envelope, accepted = [], subject, messageId, created_at, ...email }) {
    const has = accepted.map((address) => String(address).toLowerCase());
    const to = [envelope?.to ?? []].flat().map(plain);
    return {
      id: String(_id),
      queuedAt: created_at instanceof Date ? created_at.toISOString() : "",
      from: plain(envelope?.from),
      to: to.filter((address) => !has.includes(address.toLowerCase())),
      subject: plain(subject),
      messageId: plain(messageId),
      date: email[HELD].date.toISOString(),
      snapshot: plain(email[HELD].snapshot),
    };
  }

  async function allHeld(queue) {
    const held = (await waiting(queue)).filter(isHeld);
    return held.toSorted((a, b) => a.created_at - b.created_at);
  }

  /**
   * The date that a message leaves with: its own as long as the app would still try it for a day. With an older one it would
   * be given up without a try.
   */
  function dateToSend(date, retryMs) {
    const now = new Date();
    return date.getTime() + retryMs - DAY_MS > now.getTime() ? date : now;
  }

  /** States are set as the app's own job and its own pages set them. One that waits for its domain goes on waiting. */
  const CHANGES = {
    send: (email, { retryMs }) => ({
      $set: {
        date: dateToSend(email[HELD].date, retryMs),
        is_locked: false,
        ...(email.status === "pending" ? {} : { status: "queued" }),
      },
      $unset: { [HELD]: "", locked_by: "", locked_at: "" },
    }),
    drop: (email) => ({
      $set: { date: email[HELD].date, is_locked: false, status: "rejected" },
      $unset: { locked_by: "", locked_at: "" },
    }),
  };

  /** All that are named are held, or nothing is done. */
  async function settle(queue, settings) {
    const held = await allHeld(queue);
    const known = new Set(held.map(({ _id }) => String(_id)));
    const unknown = (settings.ids ?? []).filter((id) => !known.has(id));
    if (unknown.length > 0) throw new Left("unknown", unknown.join(" "));
    const chosen = held.filter(({ _id }) => settings.ids?.includes(String(_id)) ?? true);
    if (settings.dryRun !== true)
      for (const email of chosen)
        await queue.emails.updateOne(
          { _id: email._id, [HELD]: { $exists: true } },
          CHANGES[settings.do](email, queue),
        );
    return { messages: chosen.map(shown) };
  }

  const DEEDS = {
    hold,
    list: async (queue) => ({ messages: (await allHeld(queue)).map(shown) }),
    send: settle,
    drop: settle,
  };

  const print = (line) => process.stdout.write(`mailstead ${line}\n`, () => process.exit(0));

  globalThis.mailstead = {
    queue: (settings) => {
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
      open(settings)
        .then((queue) => DEEDS[settings.do](queue, settings))
        .then((result) => print(`result ${JSON.stringify(result)}`), stop);
    },
  };
})();
