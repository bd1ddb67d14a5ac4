/**
 * Proves: the queue's gates hold a message for each missing or wrong record, with a reason that names it, and let it go
 * when all is right; SPF, DKIM and DMARC are really evaluated, over records that the test gives.
 * Cannot prove: that a real resolver answers so, nor delivery.
 */
import { generateKeyPairSync } from "node:crypto";
import { dkimSign } from "../../../../sandbox/node_modules/mailauth/lib/dkim/sign.js";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Domain } from "../../../../sandbox/images/app/models/domains.ts";
import type { Departure } from "../../../../sandbox/images/app/mail/gates.ts";
import type { Settings } from "../../../../sandbox/images/app/settings.ts";

type Records = Map<string, string[]>;
const { records, address } = vi.hoisted(() => ({
  records: new Map<string, string[]>(),
  address: "203.0.113.10",
}));

vi.mock("../../../../sandbox/images/app/domain/lookup.ts", () => {
  const at = (name: string, type: string): string[] => records.get(`${name} ${type}`) ?? [];
  return {
    firstIpv4: () => address,
    textsAt: (name: string) => Promise.resolve(at(name, "TXT")),
    cnameOf: (name: string) => Promise.resolve(at(name, "CNAME")),
    mailauthResolver: (name: string, type: string) => {
      const target = at(name, "CNAME")[0] ?? name;
      const found = at(target, type);
      if (found.length === 0) return Promise.reject(Object.assign(new Error("none"), { code: "ENOTFOUND" }));
      return Promise.resolve(type === "TXT" ? found.map((text) => [text]) : found);
    },
  };
});
const { heldBecause } = await import("../../../../sandbox/images/app/mail/gates.ts");

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicKey = keys.publicKey.export({ type: "spki", format: "der" }).toString("base64");
const key = {
  domain: "example.com",
  selector: "fe-abc",
  privateKey: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  publicKey,
};
const settings = { webHost: "example.com", smtpHost: "smtp.example.com" } as Settings;
const domain = { name: "example.com", verification_record: "token" } as Domain;
const signature = { signingDomain: key.domain, selector: key.selector, privateKey: key.privateKey };
const text = "From: anna@example.com\r\nTo: bob@outside.test\r\nSubject: hello\r\n\r\nhello\r\n";
const { signatures } = await dkimSign(text, { ...signature, signatureData: [signature] });
const departure: Departure = {
  raw: Buffer.from(signatures + text),
  key,
  sender: "b@fe-bounces.example.com",
  domain,
};

const right: Readonly<Record<string, string[]>> = {
  "fe-bounces.example.com CNAME": ["example.com"],
  "example.com TXT": ["v=spf1 a -all", "forward-email-site-verification=token"],
  "example.com A": [address],
  "fe-bounces.example.com A": [address],
  "fe-abc._domainkey.example.com TXT": [`v=DKIM1; k=rsa; p=${publicKey};`],
  "_dmarc.example.com TXT": ["v=DMARC1; p=reject"],
};

beforeEach(() => {
  const target: Records = records;
  target.clear();
  for (const [name, values] of Object.entries(right)) target.set(name, values);
});

describe("a signed message", () => {
  it("leaves when every record is right", async () => {
    expect(await heldBecause(settings, departure)).toBeUndefined();
  });

  it("leaves with a DKIM record that has no final semicolon", async () => {
    records.set("fe-abc._domainkey.example.com TXT", [`v=DKIM1; k=rsa; p=${publicKey}`]);
    expect(await heldBecause(settings, departure)).toBeUndefined();
  });

  const verification = "forward-email-site-verification=token";
  it.each<[string, string, string[], RegExp]>([
    [
      "no return path",
      "fe-bounces.example.com CNAME",
      [],
      /^INVALID_RETURN_PATH: fe-bounces\.example\.com.*found none/,
    ],
    [
      "a return path elsewhere",
      "fe-bounces.example.com CNAME",
      ["mx.example.com"],
      /^INVALID_RETURN_PATH.*found mx/,
    ],
    ["no verification", "example.com TXT", ["v=spf1 a -all"], /^VERIFICATION: example\.com needs exactly/],
    [
      "two verifications",
      "example.com TXT",
      ["v=spf1 a -all", verification, verification],
      /^VERIFICATION.*found 2/,
    ],
    [
      "a plain forwarding text",
      "example.com TXT",
      ["v=spf1 a -all", verification, "forward-email=a:b@c"],
      /^VERIFICATION/,
    ],
    ["no DKIM key", "fe-abc._domainkey.example.com TXT", [], /^DKIM: fe-abc\._domainkey\.example\.com/],
    [
      "tags in another order",
      "fe-abc._domainkey.example.com TXT",
      [`k=rsa; v=DKIM1; p=${publicKey};`],
      /^DKIM/,
    ],
    ["a further tag", "fe-abc._domainkey.example.com TXT", [`v=DKIM1; k=rsa; t=s; p=${publicKey};`], /^DKIM/],
    [
      "another key",
      "fe-abc._domainkey.example.com TXT",
      [`v=DKIM1; k=rsa; p=${publicKey.replace("A", "B")};`],
      /^DKIM/,
    ],
    [
      "no DMARC",
      "_dmarc.example.com TXT",
      [],
      /^DMARC: _dmarc\.example\.com needs exactly one policy, found 0/,
    ],
    ["DMARC for a part", "_dmarc.example.com TXT", ["v=DMARC1; p=none; pct=50"], /^DMARC.*has pct/],
    [
      "SPF for another address",
      "example.com TXT",
      ["v=spf1 ip4:192.0.2.1 -all", verification],
      /^AUTHENTICATION: SPF fail/,
    ],
    ["no SPF", "example.com TXT", [verification], /^AUTHENTICATION: SPF none/],
  ])("waits with %s", async (_what, name, values, reason) => {
    records.set(name, values);
    expect(await heldBecause(settings, departure)).toMatch(reason);
  });

  it("waits when it was changed after it was signed", async () => {
    const raw = Buffer.from(`${signatures}${text}more\r\n`);
    expect(await heldBecause(settings, { ...departure, raw })).toMatch(/^AUTHENTICATION: DKIM fail/);
  });
});

describe("the host's own mail", () => {
  it("needs no verification record, and everything else", async () => {
    const own: Departure = { raw: departure.raw, key, sender: departure.sender };
    records.set("example.com TXT", ["v=spf1 a -all"]);
    expect(await heldBecause(settings, own)).toBeUndefined();
    records.set("fe-bounces.example.com CNAME", []);
    expect(await heldBecause(settings, own)).toMatch(/^INVALID_RETURN_PATH/);
  });
});
