/**
 * Proves: the outside mail host judges what arrives as a receiver does (SPF, DKIM, DMARC, reverse names), and its queue
 * waits for a dead receiver, can be held, insists on a right certificate, gives up on a refusal, uses the family asked for, and
 * outlives its own process. On loopback, with knot and openssl, which the sandbox installs.
 * Cannot prove: anything about the mail server that Mailstead builds.
 */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ReceivedMessage } from "../../sandbox/outside/inbox.ts";
import type { QueueEntry } from "../../sandbox/outside/queue.ts";
import {
  CONTROL_PORT,
  end,
  MAIL_PORT,
  makeCertificates,
  makeSigningKey,
  startNames,
  startOutside,
  until,
} from "../support/outsideParts.ts";

// The sandbox has its own packages.
const sandbox = createRequire(join(import.meta.dirname, "../../sandbox/package.json"));
const { SMTPServer } = sandbox(
  "smtp-server",
) as typeof import("../../sandbox/node_modules/smtp-server/dist/cjs/smtp-server.js");
const { createTransport } = sandbox(
  "nodemailer",
) as typeof import("../../sandbox/node_modules/nodemailer/dist/cjs/nodemailer.js");

const folder = mkdtempSync(join(tmpdir(), "mailstead-outside-"));
let names: ChildProcess | undefined;
let outside: ChildProcess | undefined;
let signingKey = "";
const receivers: InstanceType<typeof SMTPServer>[] = [];

beforeAll(async () => {
  makeCertificates(folder);
  const key = makeSigningKey(folder);
  signingKey = key.pem;
  names = await startNames(folder, key.record);
  outside = await startOutside(folder);
});
afterEach(async () => {
  for (const server of receivers.splice(0))
    await new Promise<void>((done) => {
      server.close(() => {
        done();
      });
    });
});
afterAll(async () => {
  await end(outside);
  await end(names);
  rmSync(folder, { recursive: true, force: true });
});

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const url = `http://127.0.0.1:${String(CONTROL_PORT)}${path}`;
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return (await answer.json()) as T;
}

async function queued(subject: string, family?: "ipv4" | "ipv6"): Promise<string> {
  const message = { from: "eve@outside.test", to: "anna@inside.test", subject, text: "hello", family };
  return (await ask<{ id: string }>("POST", "/send", message)).id;
}

function entryWhen(what: string, id: string, test: (entry: QueueEntry) => boolean): Promise<QueueEntry> {
  return until(what, async () =>
    (await ask<QueueEntry[]>("GET", "/queue")).find((entry) => entry.id === id && test(entry)),
  );
}

/** A receiver for inside.test; answers what it took. */
async function receiver(options: {
  address: string;
  certificate: string;
  refuse?: boolean;
}): Promise<string[]> {
  const taken: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    key: readFileSync(join(folder, `${options.certificate}.key`)),
    cert: readFileSync(join(folder, `${options.certificate}.pem`)),
    onRcptTo: (_address, _session, done) => {
      done(
        options.refuse === true ? Object.assign(new Error("no such address"), { responseCode: 550 }) : null,
      );
    },
    onData: (stream, session, done) => {
      taken.push(session.remoteAddress);
      stream.resume();
      stream.on("end", () => {
        done();
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(MAIL_PORT, options.address, resolve));
  receivers.push(server);
  return taken;
}

async function arrives(from: string, subject: string, signed: boolean): Promise<ReceivedMessage> {
  const transport = createTransport({
    host: "127.0.0.1",
    port: MAIL_PORT,
    localAddress: from,
    name: "good.inside.test",
    tls: { rejectUnauthorized: false },
    ...(signed ? { dkim: { domainName: "inside.test", keySelector: "s", privateKey: signingKey } } : {}),
  });
  await transport.sendMail({ from: "anna@inside.test", to: "bob@outside.test", subject, text: "hello" });
  transport.close();
  return until(`the message "${subject}"`, async () =>
    (await ask<ReceivedMessage[]>("GET", "/inbox")).find((message) => message.subject === subject),
  );
}

describe("what arrives", () => {
  it("passes everything from the right address, signed", async () => {
    const message = await arrives("127.0.0.3", "right", true);
    expect(message).toMatchObject({
      spf: "pass",
      dkim: [{ domain: "inside.test", selector: "s", result: "pass" }],
      dmarc: "pass",
      iprev: { result: "pass", names: ["good.inside.test"] },
      family: "ipv4",
    });
    expect(message.tls).toMatch(/^TLSv1/);
    const raw = await (await fetch(`http://127.0.0.1:${String(CONTROL_PORT)}/inbox/${message.id}`)).text();
    expect(raw).toContain("Subject: right");
  });

  it("fails unsigned from another address, whose reverse name leads elsewhere", async () => {
    expect(await arrives("127.0.0.4", "wrong", false)).toMatchObject({
      spf: "fail",
      dkim: [],
      dmarc: "fail",
      iprev: { result: "fail", names: ["liar.inside.test"] },
    });
  });

  it("has no reverse name where there is none, and is gone after DELETE", async () => {
    expect((await arrives("127.0.0.5", "nameless", true)).iprev).toEqual({ result: "none", names: [] });
    await ask("DELETE", "/inbox");
    expect(await ask("GET", "/inbox")).toEqual([]);
  });
});

describe("the queue", () => {
  it("keeps a message while the receiver is down, also over its own end, and sends it afterwards", async () => {
    const id = await queued("patience", "ipv4");
    const waiting = await entryWhen("a try that failed", id, (entry) => entry.attempts > 1);
    expect(waiting).toMatchObject({ state: "queued" });
    expect(waiting.reason).toContain("127.0.0.2");
    await end(outside);
    outside = await startOutside(folder);
    const taken = await receiver({ address: "127.0.0.2", certificate: "good" });
    const sent = await entryWhen("the message to be sent", id, (entry) => entry.state === "sent");
    expect(sent.address).toBe("127.0.0.2");
    expect(taken).toEqual(["127.0.0.1"]);
  });

  it("tries nothing while it is held, and goes on after that", async () => {
    await ask("POST", "/queue/hold");
    const held = await queued("held", "ipv4");
    const taken = await receiver({ address: "127.0.0.2", certificate: "good" });
    // Longer than between two rounds: one that was under way when it was held is over.
    await new Promise((done) => setTimeout(done, 1500));
    expect(await entryWhen("the message", held, () => true)).toMatchObject({ state: "queued", attempts: 0 });
    expect(taken).toEqual([]);
    await ask("POST", "/queue/release");
    await entryWhen("the message to be sent", held, (entry) => entry.state === "sent");
    expect(taken).toEqual(["127.0.0.1"]);
  });

  it("goes by IPv6 when asked to", async () => {
    const taken = await receiver({ address: "::1", certificate: "good" });
    await entryWhen(
      "the message to be sent",
      await queued("six", "ipv6"),
      (entry) => entry.address === "::1",
    );
    expect(taken).toEqual(["::1"]);
  });

  it("hands nothing to a receiver whose certificate is a stranger's", async () => {
    const taken = await receiver({ address: "127.0.0.2", certificate: "stranger" });
    const entry = await entryWhen(
      "two tries",
      await queued("stranger", "ipv4"),
      ({ attempts }) => attempts > 1,
    );
    expect(entry.state).toBe("queued");
    expect(entry.reason).toMatch(/self-signed certificate/);
    expect(taken).toEqual([]);
  });

  it("gives up on a refusal", async () => {
    await receiver({ address: "127.0.0.2", certificate: "good", refuse: true });
    const entry = await entryWhen(
      "the refusal",
      await queued("refused", "ipv4"),
      ({ state }) => state === "failed",
    );
    expect(entry.reason).toContain("no such address");
    expect(entry.attempts).toBe(1);
  });

  it("names what is wrong with a request", async () => {
    const answer = await ask<{ error: string }>("POST", "/send", {
      from: "nobody",
      to: "anna@inside.test",
      size: 1,
    });
    expect(answer.error).toContain("from");
    expect(answer.error).toContain("size");
  });
});
