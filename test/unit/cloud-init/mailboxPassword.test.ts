/**
 * Proves: the program asks the API for a new password with the old one and the account's token, and only when the old one is
 * right by the app's own function; a refusal is told without what was given.
 * Cannot prove: that the API encrypts the mailbox anew: here it is a server of the test, which takes down what it is asked.
 */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readAsset } from "../../../components/assets.ts";
import { startMemoryMongo } from "../../support/memoryMongo.ts";
import { certificateFor } from "../stack/support/validRaw.ts";
import { CONTACT, DOMAIN, onboard, runInApp, VALUES } from "./support/onboardingRun.ts";

const NOW = VALUES["mailboxPassword.you"] ?? "";
const NEXT = "Ku5tRq9vXa2mWz7cEb4hPy8d";
const PIECES = ["onboarding-guard.cjs", "onboarding-look.cjs", "mailbox-password.cjs"];

let mongo: Awaited<ReturnType<typeof startMemoryMongo>>;
let asked: { method: string; path: string; host: string; user: string; body: unknown }[] = [];
let answer = { status: 200, body: {} as object };
const { certificate, privateKey } = certificateFor([`api.${DOMAIN}`]);
const api = createServer({ cert: certificate, key: privateKey }, (request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const [, basic = ""] = (request.headers.authorization ?? "").split(" ");
    asked.push({
      method: request.method ?? "",
      path: request.url ?? "",
      host: request.headers.host ?? "",
      user: Buffer.from(basic, "base64").toString(),
      body: JSON.parse(Buffer.concat(pieces).toString()) as unknown,
    });
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
});

beforeAll(async () => {
  mongo = await startMemoryMongo();
  await onboard(mongo.uri);
  await new Promise<void>((ready) => api.listen(0, "127.0.0.1", ready));
});
beforeEach(() => {
  asked = [];
  answer = { status: 200, body: {} };
});
afterAll(async () => {
  api.close();
  await mongo.stop();
});

async function change(password: string, newPassword: string, address = "you"): Promise<readonly string[]> {
  const settings = {
    ...{ webHost: DOMAIN, keyDigest: VALUES.helperKeyDigest, email: CONTACT, domain: DOMAIN, address },
    ...{ api: { host: `api.${DOMAIN}`, port: (api.address() as AddressInfo).port }, password, newPassword },
  };
  const program = PIECES.map(readAsset).join("");
  const call = `globalThis.mailstead.changePassword(${JSON.stringify(settings)});\n`;
  const { lines, printed } = await runInApp(mongo.uri, program + call);
  for (const secret of [password, newPassword]) expect(printed).not.toContain(secret);
  return lines;
}

test("with the right old password the API is asked for the new one, as the account", async () => {
  expect(await change(NOW, NEXT)).toEqual(["changed"]);
  const [alias] = mongo.documents("aliases").filter(({ name }) => name === "you");
  expect(asked).toEqual([
    {
      method: "POST",
      path: `/v1/domains/${DOMAIN}/aliases/${String(alias?._id)}/generate-password`,
      host: `api.${DOMAIN}`,
      user: `${String(mongo.documents("users")[0]?.["api_token"])}:`,
      body: { password: NOW, new_password: NEXT },
    },
  ]);
});

test.each([
  ["a wrong old password", "no-such-password", NEXT, "you", "left wrong-password you"],
  ["an address without a password", NOW, NEXT, "abuse", "left wrong-password abuse"],
  ["an address that is not there", NOW, NEXT, "nobody", "left no-address nobody"],
  ["a password that it has already", "anything-else", NOW, "you", "same"],
])("%s: nothing is asked of the API", async (_, old, next, address, said) => {
  expect(await change(old, next, address)).toEqual([said]);
  expect(asked).toEqual([]);
});

test("a refusal is told without the passwords", async () => {
  answer = { status: 400, body: { message: `no room for ${NEXT}` } };
  expect(await change(NOW, NEXT)).toEqual(["left refused 400 no room for …"]);
});
