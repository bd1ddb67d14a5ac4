/**
 * Proves: by the app's stand-in, `mailbox-find.cjs` names the file of a mailbox for the right password alone;
 * `mailbox-read.cjs` reads a copy of it, with what waited for its owner, byte for byte; `mailbox-restore.py` puts all of it
 * into folders beside the live ones by IMAP, each message once however often and wherever it broke off; and each of them
 * stops with the reason where a password, a module or an answer is not as expected.
 * Cannot prove: that upstream's own modules do the same, and what the host does around them (test/sandbox/first/kept.ts).
 */
import { spawn, type ChildProcess } from "node:child_process";
import { cpSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { buffer, text } from "node:stream/consumers";
import { createServer } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readAsset } from "../../../components/assets.ts";
import { Cannot } from "../../../sandbox/images/app/store/cannot.ts";
import type { OpenedMailbox } from "../../../sandbox/images/app/store/client.ts";
import { imapSession } from "../../../sandbox/images/app/store/imap.ts";
import { talk } from "../../../sandbox/images/app/store/lines.ts";
import * as store from "../../../sandbox/images/app/store/mailbox.ts";
import { startMemoryMongo } from "../../support/memoryMongo.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { openedAt } from "../sandbox/images/support/openedMailbox.ts";
import { APP } from "../sandbox/images/support/inApp.ts";
import { certificateFor } from "../stack/support/validRaw.ts";
import { CONTACT, DOMAIN, KEY, onboard, replaced, runInApp, VALUES } from "./support/onboardingRun.ts";

const PASSWORD = VALUES["mailboxPassword.you"] ?? "";
const ID = "0123456789abcdef01234567";
const MARK = "mailstead-mark ";
const ROOT = "Restored 2026-11-28 1a2b3c4d";
const SETTINGS = { webHost: DOMAIN, keyDigest: VALUES.helperKeyDigest, email: CONTACT, domain: DOMAIN };

describe("which file it is", () => {
  let mongo: Awaited<ReturnType<typeof startMemoryMongo>>;
  beforeAll(async () => {
    mongo = await startMemoryMongo();
    await onboard(mongo.uri, { variables: { SQLITE_STORAGE_PATH: "sqlite_storage" } });
  });
  afterAll(() => mongo.stop());

  async function find(changes: object = {}, before = ""): Promise<string | undefined> {
    const settings = { ...SETTINGS, address: "you", password: PASSWORD, storage: "/mnt/sqlite_storage" };
    const pieces = ["onboarding-guard.cjs", "onboarding-look.cjs", "mailbox-find.cjs"].map(readAsset);
    const call = `globalThis.mailstead.findMailbox(${JSON.stringify({ ...settings, ...changes })});\n`;
    return (await runInApp(mongo.uri, before + pieces.join("") + call)).lines.at(-1);
  }

  test("that of the address, for its password alone", async () => {
    expect(await find()).toMatch(/^found [0-9a-f]{24}\.sqlite$/);
    expect(await find({ password: "another" })).toBe("left wrong-password you");
  });

  test.each(["nobody", "info"])("%s has no mailbox", async (address) => {
    expect(await find({ address })).toBe(`left no-mailbox ${address}`);
  });

  test("another place, or another way to name it, is refused", async () => {
    expect(await find({ storage: "/mnt/elsewhere" })).toMatch(
      /^left unexpected #helpers\/get-path-to-database/,
    );
    const before = replaced("#helpers/get-path-to-database");
    expect(await find({}, before)).toMatch(
      /^left unexpected #helpers\/get-path-to-database cannot be loaded/,
    );
  });
});

const mail = (subject: string, head = "", body = "text"): Buffer =>
  Buffer.from(`Subject: ${subject}\r\n${head}\r\n${body}\r\n`);
const FIRST = mail("first", "Message-ID: <first@x>\r\n");
const NAMELESS = mail("no name");
const PICTURE = Buffer.concat([
  mail("picture", 'Message-ID:\r\n <picture@x>\r\nContent-Type: multipart/mixed; boundary="x"\r\n'),
  Buffer.from([0, 255, 13, 10, 200]),
]);
const WAITS = mail("waits", "Message-ID: <waits@x>\r\n");
const DATE = new Date("2026-03-02T04:05:06Z");

let storage: string;
let copy: string;

/** A mailbox with folders, and a copy of its files as a backup has it: each message twice where its name tells none apart. */
beforeEach(async () => {
  const folder = temporaryFolder();
  [storage, copy] = [join(folder, "live"), join(folder, "copy")];
  await store.deliver(storage, ID, FIRST);
  const db = await store.openMailbox(storage, ID, PASSWORD);
  if (db === undefined) throw new Error("no mailbox");
  for (const raw of [NAMELESS, NAMELESS]) store.append(db, "INBOX", { flags: [], date: DATE, raw });
  store.create(db, 'Äpfel & "co"');
  store.append(db, 'Äpfel & "co"', { flags: ["\\Seen", "\\Recent", "$Label"], date: DATE, raw: PICTURE });
  await store.deliver(storage, ID, WAITS);
  cpSync(storage, copy, { recursive: true, filter: (path) => !path.endsWith("-shm") });
});

interface Read {
  readonly password?: string;
  readonly before?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** All that the program writes. */
async function read({ password = PASSWORD, before = "", variables = {} }: Read = {}): Promise<Buffer> {
  const settings = { ...SETTINGS, password, path: join(copy, `${ID}.sqlite`), mark: MARK };
  const program = ["onboarding-guard.cjs", "mailbox-read.cjs"].map(readAsset).join("");
  const env = {
    PATH: process.env["PATH"],
    ENV_PATH: "/dev/null/.env",
    SELF_HOSTED: "true",
    WEB_HOST: DOMAIN,
  };
  const child = spawn(process.execPath, ["-"], {
    cwd: APP,
    env: { ...env, HELPER_ENCRYPTION_KEY: KEY, ...variables },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.end(`${before}\n${program}globalThis.mailstead.readMailbox(${JSON.stringify(settings)});\n`);
  return buffer(child.stdout);
}

const { certificate, privateKey } = certificateFor(["imap.example.com"]);
/** What a test changes in how the live mailbox answers. */
let answers: Partial<OpenedMailbox> = {};
const server = createServer({ cert: certificate, key: privateKey }, (socket) => {
  const session = imapSession(async (user, password) => {
    const db = await store.openMailbox(storage, ID, PASSWORD);
    if (db === undefined || user !== `you@${DOMAIN}` || password !== PASSWORD) return undefined;
    return { ...openedAt(db), ...answers };
  });
  void talk(socket, session).catch(() => socket.destroy());
});
beforeAll(() => new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready)));
afterAll(() => server.close());
beforeEach(() => {
  answers = {};
});

const endOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.on("close", (code) => {
      resolve(code ?? -1);
    });
  });

/** Puts what was read into the live mailbox: exit code and what was printed. */
async function put(frames: Buffer, password = PASSWORD): Promise<readonly [number, string]> {
  const { port } = server.address() as AddressInfo;
  const child = spawn("python3", ["-c", readAsset("mailbox-restore.py"), "put", ROOT], {
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const [input, , errors, secrets] = child.stdio;
  input.on("error", () => undefined);
  input.end(frames);
  (secrets as NodeJS.WritableStream).end(
    JSON.stringify({ port, address: `you@${DOMAIN}`, password, mark: MARK }),
  );
  const ended = endOf(child);
  const [printed, said] = await Promise.all([text(child.stdout), text(errors)]);
  expect(printed + said).not.toContain(password);
  return [await ended, printed.trim()];
}

/** Folder, flags and text of all that was brought back. */
async function brought(): Promise<readonly (readonly [string, readonly string[], Buffer])[]> {
  const db = await store.openMailbox(storage, ID, PASSWORD);
  if (db === undefined) throw new Error("no mailbox");
  const paths = store.foldersOf(db).map(({ path }) => path);
  const all = await Promise.all(
    paths
      .filter((path) => path.startsWith(ROOT))
      .map(async (path) => (await store.read(db, path)).map(({ flags, raw }) => [path, flags, raw] as const)),
  );
  return all.flat();
}

const INBOX = `${ROOT}/INBOX`;
const APPLES = `${ROOT}/Äpfel & "co"`;
const counts = (added: readonly [number, number]) => [
  { folder: INBOX, messages: 4, added: added[0] },
  { folder: APPLES, messages: 1, added: added[1] },
];

describe("brought back", () => {
  test("all of it, byte for byte, with flags and dates, and once: a second run adds nothing", async () => {
    const frames = await read();
    const [code, printed] = await put(frames);
    expect([code, JSON.parse(printed)]).toEqual([0, expect.arrayContaining(counts([4, 1]))]);
    const all = await brought();
    expect(all).toEqual(
      expect.arrayContaining([
        [INBOX, [], FIRST],
        [INBOX, [], WAITS],
        [APPLES, ["\\Seen", "$Label"], PICTURE],
      ]),
    );
    expect(all.filter(([, , raw]) => raw.equals(NAMELESS))).toHaveLength(2);
    expect(JSON.parse((await put(frames))[1])).toEqual(expect.arrayContaining(counts([0, 0])));
    expect(await brought()).toEqual(all);
    const db = await store.openMailbox(storage, ID, PASSWORD);
    const dates = db && (await store.read(db, APPLES)).map(({ idate }) => idate);
    expect(dates).toEqual([DATE.toISOString()]);
  });

  test("what the app logs does not come between, and what is in the mailbox stays", async () => {
    const before = 'setInterval(() => console.log("noise"), 1); console.log("noise");';
    const db = await store.openMailbox(storage, ID, PASSWORD);
    const inbox = db && (await store.read(db, "INBOX"));
    expect((await put(await read({ before })))[0]).toBe(0);
    expect(await brought()).toHaveLength(5);
    expect(db && (await store.read(db, "INBOX"))).toEqual(inbox);
  });

  test.each([1, 2, 3, 4])("broken off in message %i, it is said, and the next run goes on", async (at) => {
    const frames = await read();
    const begins = [...frames.toString("latin1").matchAll(/mailstead-mark \{"folder/g)].map(
      ({ index }) => index,
    );
    const [code, printed] = await put(frames.subarray(0, (begins[at] ?? 0) + 90));
    expect([code, printed]).toEqual([1, "the program that reads the mailbox ended in the middle"]);
    const part = (await brought()).length;
    expect(part).toBeLessThan(5);
    expect((await put(frames))[0]).toBe(0);
    expect(await brought()).toHaveLength(5);
  });
});

describe("not brought back", () => {
  test("the copy has another password: its owner alone can open it", async () => {
    expect(await put(await read({ password: "another one" }))).toEqual([1, "other-password"]);
    expect(await brought()).toEqual([]);
  });

  test("what waited is sealed with another API secret", async () => {
    const [code, printed] = await put(await read({ variables: { API_SECRETS: "another," } }));
    expect([code, printed]).toEqual([1, expect.stringContaining("API_SECRETS is another")]);
  });

  test.each([
    ["#helpers/setup-pragma", undefined, "#helpers/setup-pragma cannot be loaded"],
    ["#helpers/indexer", "class {}", "#helpers/indexer getContents"],
    ["#models/messages", "{ mapping: { _id: {}, mailbox: {} } }", "#models/messages has no column uid"],
  ])("the app's %s is not as expected", async (path, by, said) => {
    const [code, printed] = await put(await read({ before: replaced(path, by) }));
    expect([code, printed]).toEqual([1, expect.stringContaining(`unexpected ${said}`)]);
  });

  test("the live mailbox refuses the login", async () => {
    const [code, printed] = await put(await read(), "not the password");
    expect([code, printed]).toEqual([1, expect.stringContaining("AUTHENTICATIONFAILED")]);
  });

  test("the live mailbox is full, or says that it took what it has not", async () => {
    answers = { append: () => Promise.reject(new Cannot("OVERQUOTA", "Mailbox is over quota")) };
    expect(await put(await read())).toEqual([
      1,
      "the server refuses to take a message: [OVERQUOTA] Mailbox is over quota",
    ]);
    answers = { append: () => Promise.resolve() };
    expect(await put(await read())).toEqual([1, "5 messages are not there after all; run the command again"]);
  });
});

describe("which snapshot", () => {
  const snapshots = [
    { id: "aa11".padEnd(64, "0"), time: "2026-11-27T00:00:01.123456789Z" },
    { id: "aa22".padEnd(64, "0"), time: "2026-11-28T00:00:02.5+00:00" },
  ];
  async function ask(question: string, argument: string, input: string): Promise<readonly [number, string]> {
    const files = join(import.meta.dirname, "../../../cloud-init/files");
    const env = { ...process.env, PYTHONPATH: files };
    const child = spawn("python3", ["-c", readAsset("mailbox-restore.py"), question, argument], { env });
    child.stdin.end(input);
    const ended = endOf(child);
    const printed = (await text(child.stdout)).trim();
    return [await ended, printed];
  }
  const listed = `warning\n${JSON.stringify(snapshots)}\n`;
  const node = (name: string, size: number) =>
    JSON.stringify({ struct_type: "node", path: `/self-hosting/sqlite-data/${name}`, size });

  test.each([
    ["newest", 0, `${snapshots[1]?.id ?? ""} 2026-11-28T00:00:02Z`],
    ["aa11", 0, `${snapshots[0]?.id ?? ""} 2026-11-27T00:00:01Z`],
    ["aa", 1, "there is no snapshot aa of this domain"],
    ["bb", 1, "there is no snapshot bb of this domain"],
  ])("%s", async (wanted, code, said) => {
    expect(await ask("choose", wanted, listed)).toEqual([code, said]);
  });

  test("none was made yet", async () => {
    expect(await ask("choose", "newest", "[]")).toEqual([1, "there is no snapshot yet"]);
  });

  test("its size is that of all its files, and those of others are not among them", async () => {
    const lines = [node(`${ID}.sqlite`, 100), node(`${ID}.sqlite-wal`, 20), node(`${ID}-tmp.sqlite`, 3)];
    const others = [node("f".repeat(24) + ".sqlite", 5000), node(`${ID}.sqlite-shm`, 5000)];
    expect(await ask("size", `${ID}.sqlite`, [...lines, ...others].join("\n"))).toEqual([0, "123"]);
    expect((await ask("size", `${ID}.sqlite`, others.join("\n")))[0]).toBe(1);
    const [, parts] = await ask("parts", `${ID}.sqlite`, "");
    expect(parts.split("\n")).toHaveLength(4);
  });
});
