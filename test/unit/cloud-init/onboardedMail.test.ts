/**
 * Proves: after the onboarding alone the stand-in's own servers let the mailbox in, by SMTP and by IMAP, and take its
 * message; the sender of the server's own mail too; nobody else. `mailbox-password.cjs` changes the password by the stand-in's
 * own API, after which the new one works and the old one does not.
 * Cannot prove: that upstream's servers decide so; the stand-in's are made after what was seen of them.
 */
import { once } from "node:events";
import { connect as connectPlain } from "node:net";
import { connect } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readAsset } from "../../../components/assets.ts";
import { WANTED_FREE } from "../../../sandbox/images/app/store/mailbox.ts";
import { makeWorld, type World } from "../sandbox/images/support/processes.ts";
import { CONTACT, DOMAIN, KEY, onboard, runInApp, VALUES } from "./support/onboardingRun.ts";

const YOU = `you@${DOMAIN}`;
const NOW = VALUES["mailboxPassword.you"] ?? "";
const NEXT = "Ku5tRq9vXa2mWz7cEb4hPy8d";

let world: World;

beforeAll(async () => {
  world = await makeWorld();
  const text = `forward-email-site-verification=${VALUES.siteVerification ?? ""}`;
  world.surround({ dns: { [`${DOMAIN} TXT`]: [["v=spf1 a -all"], [text]] }, free: WANTED_FREE });
  const variables = { HELPER_ENCRYPTION_KEY: KEY };
  await Promise.all(
    ["smtp.js", "imap.js", "sqlite.js", "api.js"].map((script) => world.start(script, variables)),
  );
  await onboard(world.mongo.uri);
}, 240_000);
afterAll(() => world.stop());

/** Codes of the answers to lines of SMTP, or tags of IMAP's, each line after the answer to the one before. */
async function talk(port: number | undefined, lines: readonly string[], answer: RegExp): Promise<string[]> {
  const socket = connect({ host: "127.0.0.1", port: port ?? 0, rejectUnauthorized: false });
  const heard: string[] = [];
  let text = "";
  return new Promise((done, fail) => {
    socket.setTimeout(20_000, () => socket.destroy(new Error(`no answer within 20 s, after ${text}`)));
    socket.on("error", fail);
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = answer.exec(text);
      if (found === null) return;
      text = "";
      heard.push(found[1] ?? "");
      const next = lines[heard.length - 1];
      if (next !== undefined) socket.write(`${next}\r\n`);
      else {
        socket.destroy();
        done(heard);
      }
    });
  });
}

function smtp(user: string, password: string): Promise<string[]> {
  const plain = Buffer.from(`\0${user}\0${password}`).toString("base64");
  const message = `From: ${user}\r\nTo: friend@outside.test\r\nSubject: hello\r\n\r\nhello\r\n.`;
  const lines = [
    ...["EHLO client.example", `AUTH PLAIN ${plain}`, `MAIL FROM:<${user}>`, "RCPT TO:<friend@outside.test>"],
    ...["DATA", message],
  ];
  return talk(world.ports["SMTP"], lines, /^(\d{3}) .*\r\n$/m);
}

async function imap(user: string, password: string): Promise<string | undefined> {
  return (await talk(world.ports["IMAP"], [`a LOGIN "${user}" "${password}"`], /^(?:\*|a) (OK|NO)/m)).at(-1);
}

const SENT = ["220", "250", "235", "250", "250", "354", "250"];

test("the mailbox logs in and sends, and so does the sender of the server's own mail", async () => {
  expect(await smtp(YOU, NOW)).toEqual(SENT);
  expect(await imap(YOU, NOW)).toBe("OK");
  expect(await smtp(`support@${DOMAIN}`, VALUES.smtpTransportPassword ?? "")).toEqual(SENT);
});

test.each([
  ["another password", YOU, NEXT],
  ["an address that only forwards", `abuse@${DOMAIN}`, NOW],
])("%s does not", async (_, user, password) => {
  expect((await smtp(user, password))[2]).toBe("535");
  expect(await imap(user, password)).toBe("NO");
});

test("the password is changed by the API with the old one, and the new one works", async () => {
  const settings = {
    ...{ webHost: DOMAIN, keyDigest: VALUES.helperKeyDigest, email: CONTACT, domain: DOMAIN, address: "you" },
    ...{ api: { host: `api.${DOMAIN}`, port: world.ports["API"] }, password: NOW, newPassword: NEXT },
  };
  const pieces = ["onboarding-guard.cjs", "onboarding-look.cjs", "mailbox-password.cjs"].map(readAsset);
  const call = `globalThis.mailstead.changePassword(${JSON.stringify(settings)});\n`;
  const { lines } = await runInApp(world.mongo.uri, pieces.join("") + call);
  expect(lines).toEqual(["changed"]);
  expect([await imap(YOU, NEXT), await imap(YOU, NOW)]).toEqual(["OK", "NO"]);
});

test("many programs at once are all let in, and one that resets its connection ends nobody else's", async () => {
  const password = NEXT;
  for (let round = 1; round <= 3; round += 1) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => imap(YOU, password)));
    expect(answers).toEqual(Array.from({ length: 10 }, () => "OK"));
    const below = connectPlain(world.ports["IMAP"] ?? 0, "127.0.0.1");
    const program = connect({ socket: below, rejectUnauthorized: false });
    await once(program, "data");
    program.write("a LOGOUT\r\n", () => below.resetAndDestroy());
    await once(below, "close");
  }
  expect(await imap(YOU, password)).toBe("OK");
});
