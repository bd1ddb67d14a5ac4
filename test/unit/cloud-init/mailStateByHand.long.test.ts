/**
 * Proves: by the stand-in's models, the question of `status` names what a domain lacks that a person made, with the way to
 * it; a key is measured by itself; before there is a domain that is the next step. Whether strangers can sign up is seen at
 * the web interface itself.
 * Cannot prove: that upstream's own models and pages are as the stand-in's.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { judgeSignUp } from "../../../verify/host/liveState.ts";
import type { Finding } from "../../../verify/model/finding.ts";
import { startMemoryMongo } from "../../support/memoryMongo.ts";
import { inApp } from "../sandbox/images/support/inApp.ts";
import { makeWorld } from "../sandbox/images/support/processes.ts";
import { CONTACT, DOMAIN, KEY } from "./support/onboardingRun.ts";
import { ask, BY_HAND, findings, notWell } from "./support/stateHost.ts";

type Mongo = Awaited<ReturnType<typeof startMemoryMongo>>;

describe("a domain that a person made", () => {
  let mongo: Mongo;
  let key: { selector: string; record: string; token: string };
  beforeAll(async () => {
    mongo = await startMemoryMongo();
    key = await inApp(
      `require("#config/mongoose");
      await require("#helpers/setup-mongoose")(require("#helpers/logger"));
      const Users = require("#models/users"), Domains = require("#models/domains");
      const user = await Users.register({ email: "me@example.net", group: "admin", plan: "team" }, "correct horse battery staple");
      await Users.register({ email: "they@example.net", group: "user", plan: "team" }, "correct horse battery staple");
      const domain = await Domains.create({ name: "${DOMAIN}", members: [{ user: user._id, group: "admin" }], plan: "team" });
      return { selector: domain.dkim_key_selector, token: domain.verification_record,
        record: "v=DKIM1; k=rsa; p=" + domain.dkim_public_key.toString("base64") };`,
      { SELF_HOSTED: "true", HELPER_ENCRYPTION_KEY: KEY, MONGO_URI: mongo.uri },
    );
  });
  afterAll(() => mongo.stop());

  test("each thing that it lacks is named, with the way to it", async () => {
    const all = await findings({ uri: mongo.uri, dns: {} }, BY_HAND);
    const [account, approval, sender, token, record, bits] = all.filter(({ state }) => state !== "ok");
    expect([account, approval, sender].map((one) => one?.subject)).toEqual([
      "account",
      "sending",
      "address support",
    ]);
    expect(approval?.fix).toBe("approve it at https://example.com/en/admin/domains");
    expect(sender?.fix).toMatch(/make support@example\.com at .*SMTP_TRANSPORT_PASS/);
    expect(token?.fix).toBe(
      `pulumi config set --path mailstead:dns.verification '${key.token}' && pulumi up`,
    );
    expect(record).toMatchObject({
      state: "bad",
      fix: expect.stringMatching(/^copy selector and key from/) as string,
    });
    expect(bits).toMatchObject({
      state: "warn",
      seen: expect.stringMatching(/^has 1024 bits, .*RFC 8301/) as string,
    });
  });

  test("a key that says 2048 bits and has 1024 is seen by itself", async () => {
    const [document] = mongo.documents("domains");
    Object.assign(document ?? {}, { dkim_modulus_length: 2048 });
    const dns = { [`${key.selector}._domainkey.${DOMAIN}`]: [key.record] };
    const all = await findings({ uri: mongo.uri, dns }, BY_HAND);
    expect(notWell(all).at(-1)).toMatch(/^warn DKIM key of the domain: has 1024 bits/);
  });

  test("before there is one that is the next step; with a deploy that should have made it, a fault", async () => {
    const empty = await startMemoryMongo();
    try {
      expect(await findings({ uri: empty.uri }, BY_HAND)).toMatchObject([
        { state: "warn", fix: "sign up at https://example.com and add example.com" },
      ]);
      expect(await findings({ uri: empty.uri })).toMatchObject([
        { state: "bad", fix: expect.stringContaining("--replace") as string },
      ]);
    } finally {
      await empty.stop();
    }
  });

  test("where the deploy's account is another one, that is told", async () => {
    expect((await ask({ uri: mongo.uri })).live).toEqual({ code: "domain-of-others", about: CONTACT });
  });
});

test("sign-up is seen at the web interface: behind the gate, open without it, and untold where it is away", async () => {
  const world = await makeWorld();
  try {
    const gate = { AUTH_BASIC_ENABLED: "true", AUTH_BASIC_USERNAME: "admin", AUTH_BASIC_PASSWORD: "pass" };
    const said = async (): Promise<Finding> => {
      const { signUp, live } = await ask({ uri: world.mongo.uri, port: world.ports["WEB"] }, BY_HAND);
      return judgeSignUp(signUp, "left" in live ? live : undefined, BY_HAND);
    };
    expect(await said()).toMatchObject({
      state: "warn",
      seen: expect.stringMatching(/does not answer/) as string,
    });
    const closed = await world.start("web.js", gate);
    expect(await said()).toMatchObject({
      state: "ok",
      seen: expect.stringMatching(/keeps strangers out; accounts: 0/) as string,
    });
    closed.kill();
    await new Promise((ended) => closed.once("exit", ended));
    await world.start("web.js");
    expect(await said()).toMatchObject({
      state: "warn",
      fix: expect.stringContaining("mail.gate always") as string,
    });
  } finally {
    await world.stop();
  }
});
