/**
 * Proves: what may stand in `mailstead:mailboxes`, and each fault of it, told all at once; how given tokens and keys stand
 * beside those that the deploy makes, and what of the plan is there by the switch alone.
 * Cannot prove: that upstream takes every name and password that is taken here; its own refusal is named by the step.
 */
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import type { Plan } from "../../../../stack/model/plan.ts";
import { fill, findSlots } from "../../../../stack/values/slots.ts";
import { valueTemplate } from "../../../../stack/dns/types/recordData.ts";
import { configOf, planOf } from "../support/planOf.ts";
import { dkimKey, rawWith } from "../support/validRaw.ts";

const automatic = (changes: Readonly<Record<string, unknown>> = {}) =>
  rawWith({ onboarding: "automatic", ...changes });

function faults(changes: Readonly<Record<string, unknown>>): string[] {
  return parseConfig(automatic(changes)).issues.map(({ path, rule }) => `${path} ${rule}`);
}

describe("mailboxes", () => {
  test("names are kept in lower case, passwords and addresses as they are", () => {
    const { mailboxes } = configOf(
      automatic({
        mailboxes: [
          { name: "Jane.Doe" },
          { name: "old", password: "x;{$}~1234" },
          { name: "info", forwardTo: ["Me@Example.org"] },
        ],
      }),
    );
    expect(mailboxes).toEqual([
      { name: "jane.doe" },
      { name: "old", password: "x;{$}~1234" },
      { name: "info", forwardTo: ["Me@example.org"] },
    ]);
  });

  test.each(["a b", "a+b", ".a", "a.", "a..b", "*", "ä", "a@example.com", "", "x".repeat(65)])(
    "the name %j is refused",
    (name) => {
      expect(faults({ mailboxes: [{ name }] })).toEqual(["mailstead:mailboxes[0].name not-a-mailbox-name"]);
    },
  );

  test.each([
    "short",
    "has a blank",
    'quo"ted-text',
    "quo'ted-text",
    "back\\slash-text",
    "ümlaut-text",
    "x".repeat(129),
  ])("the password %j is refused, and not told", (password) => {
    const { issues } = parseConfig(automatic({ mailboxes: [{ name: "you", password }] }));
    expect(issues.map(({ path, rule }) => `${path} ${rule}`)).toEqual([
      "mailstead:mailboxes[0].password not-a-password",
    ]);
    expect(JSON.stringify(issues)).not.toContain(password);
  });

  test("every fault at once: doubles, names of ours, what cannot be, keys that are not there", () => {
    const mailboxes = [
      ...[
        { name: "you" },
        { name: "You" },
        { name: "postmaster" },
        { name: "dmarc", forwardTo: ["a@b.example"] },
      ],
      { name: "info", forwardTo: ["info@example.com"] },
      { name: "old", forwardTo: ["a@b.example"], password: "long-enough" },
      ...[{ name: "x", forwardto: ["a@b.example"] }, { forwardTo: [] }, "you"],
    ];
    const at = (index: number, rest: string) => `mailstead:mailboxes[${String(index)}]${rest}`;
    expect(faults({ mailboxes }).sort()).toEqual(
      [
        at(1, ".name duplicate-mailbox"),
        ...[at(2, ".name own-alias"), at(3, ".name own-alias")],
        ...[
          at(4, " forwards-to-itself"),
          at(5, " password-without-mailbox"),
          at(6, ".forwardto unknown-key"),
        ],
        ...[at(7, ".name missing"), at(7, ".forwardTo empty-list"), at(8, " wrong-kind")],
      ].sort(),
    );
  });

  test("without storage an address has to forward", () => {
    const mailboxes = [{ name: "you" }, { name: "info", forwardTo: ["a@b.example"] }];
    expect(faults({ mailboxes, "mail.storage": false })).toEqual(["mailstead:mailboxes[0] no-storage"]);
  });

  test("by hand nobody makes them", () => {
    const mailboxes = [{ name: "you" }];
    expect(faults({ onboarding: "by-hand", mailboxes })).toEqual(["mailstead:mailboxes mailboxes-by-hand"]);
  });

  test("a contact that would forward to itself, and a key with our selector", () => {
    const dkim = [{ selector: "fe-mailstead", publicKey: dkimKey(2048) }];
    expect(faults({ email: "abuse@example.com", "dns.dkim": dkim })).toEqual([
      "mailstead:email contact-in-domain",
      "mailstead:email contact-is-own-alias",
      "mailstead:dns.dkim[0].selector own-selector",
    ]);
  });
});

/** What the records of the onboarding say, with their level. */
function records({ records: all }: Plan): string[] {
  return all
    .filter(({ role }) => role === "site-verification" || role.startsWith("dkim-fe"))
    .map((record) => `${record.level} ${record.role} ${fill(valueTemplate(record), (name) => `<${name}>`)}`);
}

describe("records", () => {
  test("token and key of the deploy, required, are known by name before the first up", () => {
    expect(records(planOf(automatic()))).toEqual([
      "required dkim-fe-mailstead v=DKIM1; k=rsa; p=<domainDkimPublicKey>;",
      "required site-verification forward-email-site-verification=<siteVerification>",
    ]);
  });

  test("a given token takes its place, and a given key stands beside ours", () => {
    const publicKey = dkimKey(2048);
    const plan = planOf(
      automatic({
        "dns.verification": "Ab12Cd34",
        "dns.dkim": [{ selector: "fe-1", publicKey, use: "signing" }],
      }),
    );
    expect(records(plan)).toEqual([
      "required dkim-fe-mailstead v=DKIM1; k=rsa; p=<domainDkimPublicKey>;",
      `required dkim-fe-1 v=DKIM1; k=rsa; p=${publicKey};`,
      "required site-verification forward-email-site-verification=Ab12Cd34",
    ]);
    const input = plan.lastSteps[0]?.input ?? [];
    expect(findSlots(input)).not.toContain("siteVerification");
    expect(fill(input, () => "")).toContain('"token":"Ab12Cd34"');
  });

  test("a second token as a record of one's own is refused", () => {
    const text = "forward-email-site-verification=Ab12Cd34";
    const own = [{ role: "mine", type: "TXT", name: "@", text }];
    expect(faults({ "dns.records": own })).toEqual([]);
    expect(() => planOf(automatic({ "dns.records": own }))).toThrow(/verification-as-record/);
  });
});

test("what the step reads is JSON, whatever the late values are", () => {
  const mailboxes = [
    { name: "you" },
    { name: "old", password: "a;b{c}$d~e" },
    { name: "i", forwardTo: ["o'x@b.example"] },
  ];
  const input = planOf(automatic({ mailboxes })).lastSteps[0]?.input ?? [];
  const settings = JSON.parse(fill(input, (name) => `<${name}>`)) as Record<string, unknown>;
  expect(Object.keys(settings)).toEqual(["webHost", "keyDigest", "account", "domain", "aliases"]);
  expect(settings["aliases"]).toContainEqual({ name: "i", forwardTo: ["o'x@b.example"] });
  expect(settings["aliases"]).toContainEqual({ name: "old", password: "<mailboxPassword.old>" });
});

test("by hand there is none of it", () => {
  const { generated, onboarding, lastSteps, files } = planOf(rawWith({}));
  expect([generated.map(({ role }) => role), onboarding, lastSteps.map(({ role }) => role)]).toEqual([
    ["backup-password"],
    undefined,
    ["backups", "upgrades", "old-images", "moved-data"],
  ]);
  expect(files.filter(({ role }) => role.startsWith("onboarding"))).toEqual([]);
});
