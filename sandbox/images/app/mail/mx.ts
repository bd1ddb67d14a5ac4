/** mx: takes mail from the world (port 25) for known addresses, judges it, and stores or forwards it. */
import { authenticate, type AuthenticateResult } from "mailauth";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import type { WithId } from "mongodb";
import { openDatabase } from "../database.ts";
import { exchangesOf, mailauthResolver, verificationsAt } from "../domain/lookup.ts";
import type { Alias } from "../models/aliases.ts";
import { endOnSignal, listen, log, readTls, reasonOf } from "../process.ts";
import { shortMac } from "../secrets.ts";
import { readSettings } from "../settings.ts";
import { storeMessage } from "../store/client.ts";
import { deliver, Rejected } from "./deliver.ts";
import { bodyOf, domainOf, receivedLine, reply, SIZE_LIMIT } from "./message.ts";

const settings = readSettings();
endOnSignal();
const tls = readTls(settings, "MX");
const database = await openDatabase(settings);
const server = new SMTPServer({
  ...tls,
  secure: false,
  name: settings.mxHost,
  size: SIZE_LIMIT,
  authOptional: true,
  disabledCommands: ["AUTH"],
  disableReverseLookup: true,
  onRcptTo: (address, _session, done) => {
    void receives(domainOf(address.address)).then((good) => {
      done(good ? null : reply(550, `5.1.2 ${address.address} has no MX records on its domain`));
    }, temporarily(done));
  },
  onData: (stream, session, done) => {
    void bodyOf(stream)
      .then((body) => accept(session, body))
      .then(() => {
        done(null, "taken");
      }, temporarily(done));
  },
});
server.on("error", (error) => {
  log("connection failed", { reason: reasonOf(error) });
});
await listen(server, settings.ports.MX);

/** Passes on a refusal; any other failure is ours, and the sender shall try again. */
function temporarily(done: (error: Error) => void): (error: unknown) => void {
  return (error) => {
    const refused = error instanceof Error && "responseCode" in error;
    if (!refused) log("not taken", { reason: reasonOf(error) });
    done(refused ? error : reply(451, "4.3.0 try again later"));
  };
}

/** At RCPT upstream wants no more than an MX record, whosever it is (helpers/on-rcpt-to.js). */
async function receives(domain: string): Promise<boolean> {
  return (await exchangesOf(domain)).length > 0;
}

/**
 * For good, also where the domain is only not in the database yet, as on a server that starts empty. Upstream does so, at
 * the end of DATA: helpers/get-forwarding-addresses.js throws 550 where no domain of the database has the verification
 * record that DNS answers (helpers/get-forwarding-configuration.js then answers nothing). Before that it puts off each
 * sender that it does not know for 5 minutes (450, helpers/is-greylisted.js), which this stand-in leaves out.
 */
function refusal(address: string): Error {
  return reply(550, `5.1.1 ${address} does not exist`);
}

/** An alias with its whole address. */
interface Addressed {
  readonly alias: WithId<Alias>;
  readonly address: string;
}

/** The alias of a domain whose verification record the DNS answers now; `name+tag` is `name`. */
async function aliasFor(given: string): Promise<Addressed | undefined> {
  const lower = given.toLowerCase();
  const [token, second] = await verificationsAt(domainOf(lower));
  if (second !== undefined) throw reply(421, "4.3.0 the domain has multiple verification records");
  if (token === undefined) return undefined;
  const domain = await database.domains.findOne({ verification_record: token, plan: { $ne: "free" } });
  if (domain === null) return undefined;
  const name = lower.replace(/[+@].*$/, "");
  const alias = await database.aliases.findOne({ domain: domain._id, name, is_enabled: true });
  return alias === null ? undefined : { alias, address: `${name}@${domain.name}` };
}

/** Where none of a message's recipients is known it is refused; upstream sends a bounce for one among others. */
async function knownOf(recipients: readonly { readonly address: string }[]): Promise<Addressed[]> {
  const aliases: Addressed[] = [];
  for (const { address } of recipients) {
    const alias = await aliasFor(address);
    if (alias !== undefined) aliases.push(alias);
  }
  const [first] = recipients;
  if (aliases.length === 0 && first !== undefined) throw refusal(first.address);
  return aliases;
}

async function accept(session: SMTPServerSession, body: Buffer): Promise<void> {
  const sender = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
  const aliases = await knownOf(session.envelope.rcptTo);
  const results = await judge(session, sender, body);
  if (
    results.dmarc !== false &&
    results.dmarc.status.result === "fail" &&
    results.dmarc.policy === "reject"
  ) {
    throw reply(550, `5.7.1 the policy of ${domainOf(sender)} tells to reject this message (DMARC)`);
  }
  const head = `${receivedLine(session, settings.mxHost)}${results.headers}`;
  const raw = Buffer.concat([Buffer.from(head), body]);
  for (const { alias } of aliases) {
    if (alias.recipients.length > 0) await forward(alias.recipients, sender, raw);
    if (alias.has_imap) await storeMessage(settings, alias._id.toHexString(), raw);
  }
  log("taken", { from: domainOf(sender), to: session.envelope.rcptTo.length, ...summary(results) });
}

async function judge(session: SMTPServerSession, sender: string, body: Buffer): Promise<AuthenticateResult> {
  return authenticate(body, {
    ip: session.remoteAddress.replace(/^::ffff:/, ""),
    helo: session.hostNameAppearsAs || "unknown",
    mta: settings.mxHost,
    sender,
    resolver: mailauthResolver,
    disableArc: true,
    disableBimi: true,
  });
}

function summary(results: AuthenticateResult): Record<string, string> {
  return {
    spf: (results.spf !== false && results.spf.status.result) || "none",
    dkim: results.dkim.results[0]?.status.result ?? "none",
    dmarc: (results.dmarc !== false && results.dmarc.status.result) || "none",
  };
}

/**
 * Hands it on while its sender waits, as upstream does: what does not go through is refused, and the sender tries again. The
 * return path becomes ours (Sender Rewriting Scheme), or SPF would fail at the next hop.
 */
async function forward(recipients: readonly string[], sender: string, raw: Buffer): Promise<void> {
  const [local = "", domain = ""] = sender.split("@");
  const day = Math.floor(Date.now() / 86_400_000) % 1024;
  const path = `${String(day)}=${domain}=${local}`;
  const returnPath =
    sender === "" ? "" : `SRS0=${shortMac(path, settings.srsSecret)}=${path}@${settings.webHost}`;
  for (const recipient of recipients) {
    try {
      const answer = await deliver(settings, { sender: returnPath, recipient, raw });
      log("forwarded", { to: domainOf(recipient), answer });
    } catch (error) {
      if (error instanceof Rejected) throw reply(550, `5.1.1 ${recipient}: ${reasonOf(error)}`);
      throw error;
    }
  }
}
