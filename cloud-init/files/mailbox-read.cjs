/*
 * Reads a mailbox's files as a snapshot had them, a copy of them that is this program's alone: the app's own modules open the
 * encryption, which writes, and put the messages together. Runs in a container of its own with the app's image, behind the
 * first piece of the onboarding.
 *
 * On standard output: lines that begin with the mark, each JSON. `{messages}` comes first; then one a message, `{folder, flags,
 * date, bytes}`, with that many bytes behind it; `{end: true}` last, or `{left: CODE, about}` where it stops.
 */
"use strict";
(() => {
  const { basename } = require("node:path");
  const { existsSync } = require("node:fs");
  const { Left, inspect, load, need } = globalThis.mailstead;

  // What the app logs must not come between.
  const out = process.stdout.write.bind(process.stdout);
  process.stdout.write = (...words) => process.stderr.write(...words);

  /** Resolves once it has been taken, so that no more than a message waits here. */
  function say(mark, value, bytes = Buffer.alloc(0)) {
    const line = Buffer.from(`${mark}${JSON.stringify(value)}\n`);
    return new Promise((resolve, reject) => {
      out(Buffer.concat([line, bytes]), (error) => (error ? reject(error) : resolve()));
    });
  }

  function loadModel(name, columns) {
    const model = load(`#models/${name}`);
    for (const column of columns)
      need(model.mapping?.[column] !== undefined, `#models/${name} has no column ${column}`);
    return model;
  }

  /** The app's modules that know its mailboxes, where each is as expected. */
  function inspectMailboxes() {
    const [setupPragma, { syncConvertResult }, Indexer, AttachmentStorage] = [
      ...["setup-pragma", "mongoose-to-sqlite", "indexer", "attachment-storage"].map((name) =>
        load(`#helpers/${name}`),
      ),
    ];
    need(typeof setupPragma === "function", "#helpers/setup-pragma");
    need(typeof syncConvertResult === "function", "#helpers/mongoose-to-sqlite syncConvertResult");
    need(typeof Indexer?.prototype?.getContents === "function", "#helpers/indexer getContents");
    need(typeof AttachmentStorage?.prototype?.get === "function", "#helpers/attachment-storage get");
    return {
      ...{ setupPragma, syncConvertResult },
      Database: load("better-sqlite3-multiple-ciphers"),
      indexer: new Indexer({ attachmentStorage: new AttachmentStorage() }),
      Mailboxes: loadModel("mailboxes", ["_id", "path"]),
      Messages: loadModel("messages", ["_id", "mailbox", "uid", "idate", "flags", "mimeTree"]),
      TemporaryMessages: loadModel("temporary-messages", ["_id", "date", "raw"]),
    };
  }

  /** Whose the app takes the questions to be, as in its own export of a mailbox. */
  const INSTANCE = { constructor: { name: "SQLite" }, wsp: { [Symbol.for("isWSP")]: true } };

  /** A session with a database that is open. @throws Left where the password is another */
  async function open({ Database, setupPragma }, path, password, code) {
    const db = new Database(path, { fileMustExist: true });
    const session = { user: { password, alias_id: basename(path, ".sqlite") } };
    try {
      await setupPragma(db, session);
    } catch (error) {
      const isPassword =
        error.responseCode === 535 || error.invalid_password === true || error.code === "SQLITE_NOTADB";
      throw isPassword ? new Left(code, "") : error;
    }
    return Object.assign(session, { db });
  }

  function hasTable({ db }, name) {
    return (
      db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined
    );
  }

  async function bytesOf(stream) {
    const pieces = [];
    for await (const piece of stream) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  }

  /** One message of its own file: a row is asked for by itself, as its attachments are asked for meanwhile. */
  async function readMessage(app, session, id) {
    const row = session.db.prepare("SELECT * FROM Messages WHERE _id = ?").get(id);
    const { mimeTree, flags, idate } = app.syncConvertResult(app.Messages, row);
    mimeTree[Symbol.for("instance")] = INSTANCE;
    mimeTree[Symbol.for("session")] = session;
    const { value } = app.indexer.getContents(mimeTree, false, {}, INSTANCE, session);
    return { flags: [...flags], date: idate, raw: await bytesOf(value) };
  }

  /** What its owner had: the folder of each message, and how it is read. */
  function listOwn(app, session) {
    if (!hasTable(session, "Messages")) return [];
    const asked =
      "SELECT Messages._id AS id, Mailboxes.path AS folder FROM Messages JOIN Mailboxes ON Messages.mailbox = Mailboxes._id " +
      "ORDER BY Mailboxes.path, Messages.uid";
    const rows = session.db.prepare(asked).all();
    return rows.map(({ id, folder }) => ({ folder, read: () => readMessage(app, session, id) }));
  }

  /** What had arrived, and waited for its owner's next login. */
  function listWaiting(app, session) {
    if (!hasTable(session, "TemporaryMessages")) return [];
    const rows = session.db.prepare("SELECT _id AS id FROM TemporaryMessages ORDER BY date, _id").all();
    const readOne = (id) => {
      const row = session.db.prepare("SELECT * FROM TemporaryMessages WHERE _id = ?").get(id);
      const { raw, date } = app.syncConvertResult(app.TemporaryMessages, row);
      return { flags: [], date, raw };
    };
    return rows.map(({ id }) => ({ folder: "INBOX", read: () => readOne(id) }));
  }

  async function list(app, settings) {
    const { encrypt } = inspect(settings);
    const { API_SECRETS } = load("#config/env");
    const [secret] = [API_SECRETS].flat();
    const { path, password } = settings;
    const waiting = path.replace(/\.sqlite$/, "-tmp.sqlite");
    return [
      ...(existsSync(path) ? listOwn(app, await open(app, path, encrypt(password), "other-password")) : []),
      ...(existsSync(waiting)
        ? listWaiting(app, await open(app, waiting, encrypt(String(secret)), "other-secret"))
        : []),
    ];
  }

  async function read(settings) {
    const { mark } = settings;
    // Their connection is made before any model is loaded.
    load("#config/mongoose");
    const app = inspectMailboxes();
    const messages = await list(app, settings);
    await say(mark, { messages: messages.length });
    for (const { folder, read: readOne } of messages) {
      const { flags, date, raw } = await readOne();
      await say(mark, { folder, flags, date: date.toISOString(), bytes: raw.length }, raw);
    }
    await say(mark, { end: true });
  }

  globalThis.mailstead.readMailbox = (settings) =>
    read(settings)
      .catch((error) => {
        const code = error instanceof Left ? error.code : "failed";
        return say(settings.mark, { left: code, about: String(error.message).split("\n")[0] });
      })
      .then(() => process.exit(0));
})();
