/**
 * Proves: by the stand-in's models, the question of `status` tells what the server has of a domain that the deploy made:
 * approval, suspension, the sender and its password, addresses, record and key as the DNS answers them; each with its harm
 * and a next step. It changes nothing and tells no secret. A release that is not as expected, another `.env` and no answer
 * in time are one word each.
 * Cannot prove: that upstream's own models are as the stand-in's.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMemoryMongo } from "../../support/memoryMongo.ts";
import { DOMAIN, hashOfAll, onboard, replaced } from "./support/onboardingRun.ts";
import { ask, findings, notWell, PUBLISHED, RECORD } from "./support/stateHost.ts";

type Mongo = Awaited<ReturnType<typeof startMemoryMongo>>;

describe("a domain that the deploy made", () => {
  let mongo: Mongo;
  beforeAll(async () => {
    mongo = await startMemoryMongo();
    await onboard(mongo.uri);
  });
  afterAll(() => mongo.stop());

  test("all is well: each part is said, and nothing was changed", async () => {
    const before = hashOfAll(mongo);
    const all = await findings({ uri: mongo.uri });
    expect(notWell(all)).toEqual([]);
    expect(all.map(({ subject }) => subject)).toEqual([
      "account",
      "sending",
      "address support",
      "verification record",
      "DKIM key of the domain",
    ]);
    expect(all.at(-1)?.seen).toBe("fe-mailstead, 2048 bits, is answered");
    expect(hashOfAll(mongo)).toBe(before);
  });

  const CHANGES: readonly (readonly [
    what: string,
    collection: string,
    name: string,
    change: object,
    said: RegExp,
    cure: RegExp,
  ])[] = [
    [
      "no approval",
      "domains",
      "",
      { has_smtp: false },
      /^bad sending: .*not approved.* every message is refused$/,
      /approve it at https:\S+admin/,
    ],
    [
      "a suspension",
      "domains",
      "",
      { smtp_suspended_sent_at: new Date() },
      /^bad sending: .*suspended/,
      /admin\/domains/,
    ],
    ["the free plan", "domains", "", { plan: "free" }, /^bad domain: .*lets nobody log in/, /admin\/domains/],
    [
      "an unverified account",
      "users",
      "",
      { has_verified_email: false },
      /^bad account: .*nobody of it can log in/,
      /type the code/,
    ],
    [
      "a sender with another password",
      "aliases",
      "support",
      { tokens: [] },
      /^bad address support: .*own mail does not leave/,
      /mailbox password support/,
    ],
    [
      "a sender under another name",
      "aliases",
      "support",
      { name: "help" },
      /^bad address support: .*is not there.*does not leave/,
      /--replace/,
    ],
    [
      "a mailbox under another name",
      "aliases",
      "you",
      { name: "me" },
      /^bad address you: .*is not there.*refused/,
      /--replace/,
    ],
    [
      "an address that is off",
      "aliases",
      "info",
      { is_enabled: false },
      /^bad address info: .*switched off/,
      /switch it on/,
    ],
    [
      "a forward to others",
      "aliases",
      "info",
      { recipients: ["me@example.net"] },
      /^bad address info: .*elsewhere/,
      /mailstead:mailboxes/,
    ],
    [
      "another token",
      "domains",
      "",
      { verification_record: "Other12345" },
      /^bad verification record: the zone has \w+, and the server wants Other12345: nobody/,
      /dns.verification 'Other12345'/,
    ],
    [
      "another selector",
      "domains",
      "",
      { dkim_key_selector: "fe-own" },
      /^bad DKIM key.*fe-own\._domainkey\.example\.com does not answer.*does not leave/,
      /^copy selector and key/,
    ],
  ];

  test.each(CHANGES)("%s", async (_, collection, name, change, said, cure) => {
    const [document] = mongo.documents(collection).filter((one) => name === "" || one["name"] === name);
    if (document === undefined) throw new Error("there is none to change");
    const kept = { ...document };
    Object.assign(document, change);
    const all = (await findings({ uri: mongo.uri })).filter(({ state }) => state !== "ok");
    for (const key of Object.keys(change)) if (!(key in kept)) Reflect.deleteProperty(document, key);
    Object.assign(document, kept);
    expect(notWell(all)).toEqual([expect.stringMatching(said)]);
    expect(all[0]?.fix).toMatch(cure);
  });

  test.each([
    [
      "no record",
      { [DOMAIN]: ["v=spf1 a -all"] },
      /required, and .* is not answered: nobody can log in, by IMAP, POP3 or SMTP/,
      /^pulumi up publishes it/,
    ],
    [
      "two records",
      { [DOMAIN]: [RECORD, "forward-email-site-verification=zzzz"] },
      /there are 2 of them: nobody/,
      /audit names/,
    ],
    [
      "another key",
      { [`fe-mailstead._domainkey.${DOMAIN}`]: ["v=DKIM1; p=abcd"] },
      /^bad DKIM key/,
      /publishes it; where/,
    ],
  ] as const)("in the DNS %s", async (_, change, said, cure) => {
    const all = (await findings({ uri: mongo.uri, dns: { ...PUBLISHED, ...change } })).filter(
      ({ state }) => state !== "ok",
    );
    expect(notWell(all)).toEqual([expect.stringMatching(said)]);
    expect(all[0]?.fix).toMatch(cure);
  });

  test("a resolver that does not answer is no fault of the records", async () => {
    const all = await findings({ uri: mongo.uri, dns: null });
    expect(notWell(all)).toEqual([
      expect.stringMatching(/^warn verification record: the host's resolver does not answer/),
      expect.stringMatching(/^warn DKIM key .* does not answer$/),
    ]);
  });

  test.each([
    [
      "a module that is not there",
      { before: replaced("#models/aliases") },
      "unexpected",
      /#models\/aliases cannot be loaded/,
    ],
    [
      "another key than in the host's .env",
      { key: "another-key-of-thirty-two-letter" },
      "environment",
      /HELPER_ENCRYPTION_KEY/,
    ],
    [
      "no container",
      { docker: "echo 'No such container: web' >&2; exit 1" },
      "no-answer",
      /within 90 seconds/,
    ],
  ] as const)("%s: told in one word, and nothing else fails", async (_, host, code, about) => {
    const { live, last } = await ask({ uri: mongo.uri, ...host });
    expect(live).toMatchObject({ code, about: expect.stringMatching(about) as string });
    expect(last).toEqual({});
  });
});
