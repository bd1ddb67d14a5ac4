/** What arrives at the outside host: judged as a large receiver would judge it, and kept as it came. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { authenticate } from "mailauth";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { Records } from "./records.ts";
import { reverseConfirmed, type ReverseResult } from "./reverse.ts";
import type { OutsideSettings } from "./settings.ts";

/** A message that arrived, without its text (which lies beside it as `ID.eml`). */
export interface ReceivedMessage {
  readonly id: string;
  readonly receivedAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly remoteAddress: string;
  readonly family: "ipv4" | "ipv6";
  readonly helo: string;
  /** Protocol of the connection, `false` when it was plain. */
  readonly tls: string | false;
  readonly spf: string;
  readonly dkim: readonly { readonly domain: string; readonly selector: string; readonly result: string }[];
  readonly dmarc: string;
  readonly iprev: ReverseResult;
}

/** What arrived. The message `ID.eml` is beside its record. */
export type Inbox = Records<ReceivedMessage>;

/** The inbox as an earlier process left it. */
export function openInbox(settings: OutsideSettings): Promise<Inbox> {
  return Records.open(join(settings.folder, "inbox"), ({ receivedAt }) => receivedAt);
}

/** Takes mail on every address of the host, for good. Resolves when it listens. */
export async function receiveMail(settings: OutsideSettings, inbox: Inbox): Promise<void> {
  for (const address of [settings.ipv4, settings.ipv6]) {
    if (address !== undefined) await listenOn(settings, inbox, address);
  }
}

async function listenOn(settings: OutsideSettings, inbox: Inbox, address: string): Promise<void> {
  const server = new SMTPServer({
    name: settings.name,
    key: readFileSync(settings.key),
    cert: readFileSync(settings.certificate),
    authOptional: true,
    disabledCommands: ["AUTH"],
    disableReverseLookup: true,
    onData: (stream, session, done) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        return keep(settings, inbox, session, Buffer.concat(chunks));
      })().then((id) => {
        done(null, `kept as ${id}`);
      }, done);
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(settings.port, address, resolve);
  });
  // From here on an error is one connection's, such as a client that goes away in the middle.
  server.removeAllListeners("error");
  server.on("error", (error: Error) => process.stderr.write(`connection: ${error.message}\n`));
}

async function keep(
  settings: OutsideSettings,
  inbox: Inbox,
  session: SMTPServerSession,
  raw: Buffer,
): Promise<string> {
  const sender = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
  const { spf, dkim, dmarc } = await authenticate(raw, {
    ip: session.remoteAddress,
    helo: session.hostNameAppearsAs || "unknown",
    mta: settings.name,
    sender,
    resolver: async (name, type) => (await settings.resolver.resolve(name, type)) as string[] | string[][],
    disableArc: true,
    disableBimi: true,
  });
  const message: ReceivedMessage = {
    id: randomUUID(),
    receivedAt: new Date().toISOString(),
    from: sender,
    to: session.envelope.rcptTo.map((recipient) => recipient.address),
    subject: /^subject:[ \t]*(.*)\r?$/im.exec(raw.toString("latin1"))?.[1] ?? "",
    remoteAddress: session.remoteAddress,
    family: session.remoteAddress.includes(":") ? "ipv6" : "ipv4",
    helo: session.hostNameAppearsAs || "",
    tls: session.tlsOptions === false ? false : session.tlsOptions.version,
    spf: spf === false ? "none" : spf.status.result,
    // An unsigned message has one result without a domain.
    dkim: dkim.results.flatMap(({ signingDomain: domain, selector, status }) =>
      domain === undefined ? [] : [{ domain, selector: selector ?? "", result: status.result }],
    ),
    dmarc: dmarc === false ? "none" : dmarc.status.result,
    iprev: await reverseConfirmed(settings.resolver, session.remoteAddress),
  };
  await writeFile(join(inbox.folder, `${message.id}.eml`), raw);
  await inbox.save(message);
  return message.id;
}
