/**
 * Proves: a bundle opens by what it was locked by and by nothing else; a file that lost its end, one with a bit turned at
 * any of many places, and one that is none of age are told as that, without a word of what is in them; the text is read
 * only in this format, and a fault in it is named.
 * Cannot prove: that age's format is kept; test/unit/readers/recoveryBundle.long.test.ts has age itself read it.
 */
import { describe, expect, test } from "vitest";
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import { readBundle } from "../../../../cli/recoveryBundle/format.ts";
import { keyKind, lock, open, refuseRecipient, type Key } from "../../../../cli/recoveryBundle/lock.ts";
import { bundleWith } from "./support.ts";

const TEXT = JSON.stringify(bundleWith());
/** Of scrypt, small: what is tried here is not how long it takes. */
const QUICK = 4;
const PASSPHRASE = { passphrase: "right and long enough" };

async function refusal(bytes: Uint8Array, key: Key = PASSPHRASE): Promise<string> {
  const text = await open(bytes, key).catch((error: unknown) => (error as Error).message);
  return text === TEXT ? "opened" : text;
}

test("a passphrase opens what it locked, and another one does not", async () => {
  const { bytes, key } = await lock(TEXT, PASSPHRASE, QUICK);
  expect(keyKind(bytes)).toBe("passphrase");
  expect(await open(bytes, key)).toBe(TEXT);
  expect(await refusal(bytes, { passphrase: "wrong" })).toBe("the passphrase does not open the bundle");
});

test.each([
  ["X25519", generateX25519Identity],
  ["post-quantum", generateHybridIdentity],
])("an identity of %s opens what is for it", async (_, generate) => {
  const [own, other] = [await generate(), await generate()];
  const recipients = [await identityToRecipient(own)];
  const { bytes, key } = await lock(TEXT, { recipients });
  expect(keyKind(bytes)).toBe("identity");
  expect(await open(bytes, key)).toBe(TEXT);
  expect(await open(bytes, { identities: [other, own] })).toBe(TEXT);
  expect(await refusal(bytes, { identities: [other] })).toBe("the bundle is for other recipients");
  // What it is looked at by, once, is as strong.
  const hybrid = generate === generateHybridIdentity;
  expect(
    Buffer.from(bytes)
      .toString("latin1")
      .match(/^-> \S+/gm),
  ).toEqual(Array(2).fill(hybrid ? "-> mlkem768x25519" : "-> X25519"));
});

test.each(["", "age1", "ssh-ed25519 AAAA", `age1${"q".repeat(58)}`])("«%s» is no recipient", (text) => {
  expect(refuseRecipient(text)).toMatch(/is no recipient of age/);
});

describe("a damaged file", () => {
  test("that lost its end opens nowhere", async () => {
    const { bytes } = await lock(TEXT, PASSPHRASE, QUICK);
    expect(await refusal(bytes)).toBe("opened");
    for (const length of [bytes.length - 1, bytes.length - 17, 300, 160, 30])
      expect([length, await refusal(bytes.subarray(0, length))]).toEqual([
        length,
        "the bundle is damaged or cut short",
      ]);
  });

  test("with one bit turned opens nowhere", async () => {
    const { bytes } = await lock(TEXT, PASSPHRASE, QUICK);
    for (let at = 22; at < bytes.length; at += 37) {
      const turned = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect([at, await refusal(turned)]).toEqual([at, expect.stringMatching(/damaged|does not open/)]);
    }
  });

  test.each(["", "age", "PK\u0003\u0004", '{"format":"mailstead recovery bundle"}'])(
    "«%s» is none of age",
    (text) => {
      expect(keyKind(Buffer.from(text))).toBeUndefined();
    },
  );
});

describe("the text", () => {
  test.each([
    ["x", /is no recovery bundle/],
    ["[]", /is no recovery bundle/],
    [JSON.stringify({ ...bundleWith(), version: 0 }), /of format 0, and this Mailstead reads format 1 alone/],
    [JSON.stringify({ ...bundleWith(), version: 2 }), /of format 2/],
    [JSON.stringify({ ...bundleWith(), state: 1 }), /not whole: state$/],
    [JSON.stringify({ ...bundleWith(), stack: "../x" }), /not whole: stack$/],
  ])("%.60s is refused", (text, said) => {
    expect(() => readBundle(text)).toThrow(said);
  });

  test("is read as it was written", () => {
    expect(readBundle(TEXT)).toEqual(bundleWith());
  });
});
