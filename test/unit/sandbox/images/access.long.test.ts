/**
 * Proves: under which conditions the stand-in lets somebody log in by SMTP, IMAP and POP3, and takes his message: each row
 * of the table that was seen at upstream, with its answers.
 * Cannot prove: that upstream still has the same table; it was seen at one version.
 */
import { createRequire } from "node:module";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Nodemailer from "../../../../sandbox/node_modules/@types/nodemailer/index.d.ts";
import { hashPassword } from "../../../../sandbox/images/app/secrets.ts";
import { BSON } from "../../../support/memoryMongo.ts";
import { makeWorld, type World } from "./support/processes.ts";

const { createTransport } = createRequire(import.meta.resolve("../../../../sandbox/package.json"))(
  "nodemailer",
) as typeof Nodemailer;

const TOKEN = "forward-email-site-verification=abcdef1234";
const ALICE = { user: "alice@example.com", pass: "a password of hers" };
/** The processes share the machine with whatever else is tested. */
const STARTED_WITHIN_MS = 120_000;
let world: World;

beforeAll(async () => {
  world = await makeWorld();
  await Promise.all(["smtp.js", "imap.js", "pop3.js", "sqlite.js"].map((script) => world.start(script)));
}, STARTED_WITHIN_MS);
afterAll(() => world.stop());

interface Scene {
  readonly texts: string[];
  readonly domain: Record<string, unknown>;
  readonly admin: Record<string, unknown>;
  readonly alias: Record<string, unknown>;
}

/** All as it has to be. */
function good(): Scene {
  const [admin, domain, alias] = [new BSON.ObjectId(), new BSON.ObjectId(), new BSON.ObjectId()];
  return {
    texts: ["v=spf1 a -all", TOKEN],
    admin: {
      ...{ _id: admin, email: "owner@outside.test", group: "admin", plan: "team" },
      ...{ has_verified_email: true, is_banned: false, plan_expires_at: new Date(Date.now() + 1e9) },
    },
    domain: {
      ...{ _id: domain, name: "example.com", plan: "team", members: [{ user: admin, group: "admin" }] },
      ...{
        verification_record: "abcdef1234",
        has_smtp: true,
        smtp_verified_at: new Date(),
        is_global: false,
      },
    },
    alias: {
      ...{ _id: alias, name: "alice", domain, user: admin, is_enabled: true, has_imap: true },
      tokens: [hashPassword(ALICE.pass)],
    },
  };
}

function place({ texts, domain, admin, alias }: Scene): void {
  for (const [name, document] of Object.entries({ users: admin, domains: domain, aliases: alias })) {
    const documents = world.mongo.documents(name);
    documents.splice(0, documents.length, document);
  }
  world.surround({ dns: { "example.com TXT": texts.map((text) => [text]) } });
}

/** `queued`, or at which command of SMTP it was refused, and how. */
async function sent(auth: typeof ALICE): Promise<string> {
  const transport = createTransport({
    ...{ host: "127.0.0.1", port: world.ports["SMTP"] ?? 0, secure: true, auth },
    tls: { rejectUnauthorized: false },
  });
  try {
    await transport.sendMail({ from: auth.user, to: "friend@outside.test", subject: "hello", text: "hello" });
    return "queued";
  } catch (error) {
    const { code, responseCode } = error as { code: string; responseCode?: number };
    return `${code === "EAUTH" ? "login" : "message"} ${responseCode}`;
  } finally {
    transport.close();
  }
}

/** Last line of a protocol of lines, after what was said. */
async function told(port: number | undefined, lines: readonly string[], last: RegExp): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    let heard = "";
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer within 10 s, after ${heard}`)));
    socket.on("error", fail).on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      const found = last.exec(heard)?.[0];
      if (found === undefined) return;
      socket.destroy();
      done(found);
    });
    socket.write(lines.map((line) => `${line}\r\n`).join(""));
  });
}

const byImap = ({ user, pass }: typeof ALICE): Promise<string> =>
  told(world.ports["IMAP"], [`a LOGIN "${user}" "${pass}"`], /^a (OK|NO)/m);
const byPop3 = ({ user, pass }: typeof ALICE): Promise<string> =>
  told(
    world.ports["POP3"],
    [`USER ${user}`, `PASS ${pass.replaceAll(" ", "_")}`],
    /^\+OK.*\r\n\+OK.*\r\n(\+OK|-ERR)/m,
  );

const ROWS: readonly [string, (scene: Scene) => void, string][] = [
  ["all is as it has to be", () => undefined, "queued"],
  ["sending is not approved", ({ domain }) => (domain["has_smtp"] = false), "message 535"],
  ["sending was not verified", ({ domain }) => delete domain["smtp_verified_at"], "queued"],
  ["sending was suspended", ({ domain }) => (domain["smtp_suspended_sent_at"] = new Date()), "message 550"],
  ["the domain's plan is free", ({ domain }) => (domain["plan"] = "free"), "login 535"],
  ["the domain is a global one", ({ domain }) => (domain["is_global"] = true), "login 535"],
  ["there is no verification text", ({ texts }) => texts.splice(1), "login 535"],
  ["there are two", ({ texts }) => texts.push(TOKEN.replace("abc", "bbc")), "login 535"],
  ["it is there twice", ({ texts }) => texts.push(TOKEN), "login 535"],
  ["it is another's", ({ texts }) => (texts[1] = TOKEN.replace("abc", "bbc")), "login 535"],
  [
    "the admin's plan is over",
    ({ admin }) => (admin["plan_expires_at"] = new Date(Date.now() - 1)),
    "login 535",
  ],
  ["the admin's plan is free", ({ admin }) => (admin["plan"] = "free"), "login 535"],
  ["the admin is not verified", ({ admin }) => (admin["has_verified_email"] = false), "login 535"],
  ["the admin is banned", ({ admin }) => (admin["is_banned"] = true), "login 535"],
  ["the admin is an ordinary user", ({ admin }) => (admin["group"] = "user"), "queued"],
  ["the alias is disabled", ({ alias }) => (alias["is_enabled"] = false), "login 535"],
  ["the password is another", ({ alias }) => (alias["tokens"] = [hashPassword("another")]), "login 535"],
  ["the alias has no password", ({ alias }) => (alias["tokens"] = []), "login 535"],
];

describe("mail, when", () => {
  it.each(ROWS)("%s", async (_when, change, expected) => {
    const scene = good();
    change(scene);
    place(scene);
    expect(await sent(ALICE)).toBe(expected);
    expect(await byImap(ALICE)).toBe(expected.startsWith("login") ? "a NO" : "a OK");
  });

  it("the alias is nobody's", async () => {
    place(good());
    expect(await sent({ ...ALICE, user: "nobody@example.com" })).toBe("login 535");
  });

  it("POP3 asks, by the same conditions", async () => {
    const scene = good();
    scene.alias["tokens"] = [hashPassword(ALICE.pass.replaceAll(" ", "_"))];
    place(scene);
    expect(await byPop3(ALICE)).toMatch(/\+OK$/);
    scene.texts.splice(1);
    place(scene);
    expect(await byPop3(ALICE)).toMatch(/-ERR$/);
  });
});
