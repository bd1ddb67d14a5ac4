/** smtp: takes mail from people's programs (port 465, TLS from the start) and queues it. */
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { openDatabase, type Database } from "../database.ts";
import { logIn, notSent } from "../domain/access.ts";
import { endOnSignal, listen, log, readTls, reasonOf } from "../process.ts";
import { readSettings, type Settings } from "../settings.ts";
import { enqueue } from "./queue.ts";
import { authorOf, bodyOf, domainOf, receivedLine, reply, SIZE_LIMIT } from "./message.ts";

const settings = readSettings();
endOnSignal();
const tls = readTls(settings, "SMTP");
const database = await openDatabase(settings);
const server = new SMTPServer({
  ...tls,
  secure: true,
  name: settings.smtpHost,
  size: SIZE_LIMIT,
  disableReverseLookup: true,
  authMethods: ["PLAIN", "LOGIN"],
  onAuth: (auth, _session, done) => {
    void logIn(database, auth.username ?? "", auth.password ?? "").then((access) => {
      if (typeof access === "string") done(refusedLogin(access));
      else done(null, { user: access.address });
    }, notNow(done));
  },
  onMailFrom: (address, session, done) => {
    const mayUse = domainOf(address.address) === domainOf(userIn(session));
    done(mayUse ? null : reply(553, "5.7.1 the sender is of another domain than the login"));
  },
  onData: (stream, session, done) => {
    void bodyOf(stream)
      .then((body) => accept(database, settings, session, body))
      .then((id) => {
        done(null, `queued as ${id}`);
      }, notNow(done));
  },
});
server.on("error", (error) => {
  log("connection failed", { reason: reasonOf(error) });
});
await listen(server, settings.ports.SMTP);

function refusedLogin(reason: string): Error {
  log("login refused", { reason });
  return reply(535, `5.7.8 ${reason}`);
}

/** Passes on a refusal; any other failure is ours, and the program shall try again. */
function notNow(done: (error: Error) => void): (error: unknown) => void {
  return (error) => {
    const refused = error instanceof Error && "responseCode" in error;
    if (!refused) log("not taken", { reason: reasonOf(error) });
    done(refused ? error : reply(421, "4.3.0 try again later"));
  };
}

function userIn(session: SMTPServerSession): string {
  return String(session.user ?? "");
}

async function accept(
  database: Database,
  settings: Settings,
  session: SMTPServerSession,
  body: Buffer,
): Promise<string> {
  const user = userIn(session);
  const name = domainOf(user);
  if (domainOf(authorOf(body)) !== name) {
    throw reply(553, "5.7.1 the author in From: is of another domain than the login");
  }
  const domain = await database.domains.findOne({ name });
  const alias =
    domain && (await database.aliases.findOne({ domain: domain._id, name: user.replace(/@.*$/, "") }));
  if (domain === null || alias === null) throw reply(550, `5.7.1 ${user} is gone`);
  const fault = notSent(domain);
  if (fault !== undefined) throw reply(fault.code, fault.reason);
  const id = await enqueue(database, {
    ...{ alias, domain },
    from: user,
    to: session.envelope.rcptTo.map((recipient) => recipient.address),
    raw: Buffer.concat([Buffer.from(receivedLine(session, settings.smtpHost)), body]),
  });
  log("queued", { id, domain: name });
  return id;
}
