/**
 * Proves: what a stack tells people after an `up`: web address, settings for mail programs, the DNS table with what each
 * record is for and how much it matters, and the next steps; and which outputs are secret.
 * Cannot prove: values that are known only after resources exist; the test of the mail server and the sandbox do.
 */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import { rawWith } from "../unit/stack/support/validRaw.ts";
import { ZONE_ID } from "./support/declareSmall.ts";
import { runProgram, type ProgramRun } from "./support/wholeProgram.ts";

let outputs: NonNullable<ProgramRun["outputs"]>;

beforeAll(async () => {
  const run = await runProgram(rawWith({ "dns.zoneId": ZONE_ID }));
  expect(run.errors).toEqual([]);
  if (run.outputs === undefined) throw new Error("no outputs");
  ({ outputs } = run);
});

test("web address and settings for mail programs", () => {
  expect(outputs.webAddress).toBe("https://example.com");
  expect(outputs.clients.map(({ service, host, port, security }) => [service, host, port, security])).toEqual(
    [
      ["IMAP", "imap.example.com", 993, "TLS"],
      ["SMTP", "smtp.example.com", 465, "TLS"],
      ["POP3", "pop3.example.com", 995, "TLS"],
    ],
  );
});

test("the DNS table says what each record is for and how much it matters", () => {
  expect(
    outputs.records.map(({ level, name, type, purpose }) => `${level}: ${name} ${type}, ${purpose}`),
  ).toEqual([
    "required: example.com A, Web interface, and the address that mail leaves from, over IPv4",
    "required: example.com AAAA, Web interface, and the address that mail leaves from, over IPv6",
    "required: mx.example.com A, Host that takes mail for the domain, over IPv4",
    "required: mx.example.com AAAA, Host that takes mail for the domain, over IPv6",
    "recommended: api.example.com CNAME, Programming interface, which the web interface uses",
    "optional: caldav.example.com CNAME, Calendars",
    "optional: carddav.example.com CNAME, Contacts",
    "required: fe-bounces.example.com CNAME, Return path of outgoing mail; nothing is sent without this alias",
    "recommended: imap.example.com CNAME, Reading mail",
    "optional: pop3.example.com CNAME, Fetching mail",
    "required: smtp.example.com CNAME, Sending mail, and the name that the queue greets with",
    "required: example.com MX, Where mail for the domain goes",
    "required: example.com TXT, SPF: which addresses send mail of the domain",
    "required: default._domainkey.example.com TXT, DKIM key of the server's own mail",
    "required: _dmarc.example.com TXT, DMARC: what others do with mail that fails",
  ]);
});

test("next steps: sign up, make aliases, bring the values back, port 25 opens, the vendor's form for port 25, look again; errors", () => {
  const steps = [
    /https:\/\/example\.com, .*"pulumi stack output login --show-secrets".* sign up as ops@example\.org\./,
    /^Add example\.com there, and make its aliases, such as you@example\.com, .*"clients"/,
    /mailstead:dns\.verification and mailstead:dns\.dkim, and run pulumi up: .*port 25 opens/,
    /^Until the server knows example\.com .*senders wait/,
    /^Hetzner .*ports 25 and 465 .*https:\/\/console\.hetzner\.com\/limits; .\/mailstead status /,
    /^Run .\/mailstead status/,
    /^After an error of pulumi up: /,
  ];
  expect(outputs.nextSteps).toEqual(steps.map((step) => expect.stringMatching(step) as string));
});

test("login and slots are secret, and nothing else is", async () => {
  const late: Readonly<Record<string, pulumi.Output<unknown>>> = {
    login: outputs.login,
    slots: outputs.slots,
    ssh: outputs.ssh,
    ...outputs.addresses,
  };
  const secret = await Promise.all(
    Object.entries(late).map(async ([name, output]) => [name, await pulumi.isSecret(output)]),
  );
  expect(Object.fromEntries(secret)).toEqual({
    login: true,
    slots: true,
    ssh: false,
    ipv4: false,
    ipv6: false,
  });
});
