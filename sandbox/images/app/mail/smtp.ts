/** smtp: takes mail from people's programs (port 465, TLS from the start) and queues it. */
import { SMTPServer, type SMTPServerAuthentication, type SMTPServerSession } from "smtp-server";
import { openDatabase, type Database } from "../database.ts";
import { endOnSignal, listen, log, readTls, reasonOf } from "../process.ts";
import { passwordMatches, randomHex, same } from "../secrets.ts";
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
    void userOf(database, settings, auth).then((user) => {
      if (user === undefined) done(reply(535, "5.7.8 unknown address or wrong password"));
      else done(null, { user });
    }, done);
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
      }, done);
  },
});
server.on("error", (error) => {
  log("connection failed", { reason: reasonOf(error) });
});
await listen(server, settings.ports.SMTP);

function userIn(session: SMTPServerSession): string {
  return String(session.user ?? "");
}

/** The address that may send, or nothing. */
async function userOf(
  database: Database,
  settings: Settings,
  auth: SMTPServerAuthentication,
): Promise<string | undefined> {
  const user = (auth.username ?? "").toLowerCase();
  const password = auth.password ?? "";
  if (user === settings.transport.user.toLowerCase() && same(password, settings.transport.password))
    return user;
  const alias = await database.aliases.findOne({ _id: user });
  return alias !== null && passwordMatches(password, alias.passwordHash) ? user : undefined;
}

async function accept(
  database: Database,
  settings: Settings,
  session: SMTPServerSession,
  body: Buffer,
): Promise<string> {
  const user = userIn(session);
  const domain = domainOf(user);
  if (domainOf(authorOf(body)) !== domain) {
    throw reply(553, "5.7.1 the author in From: is of another domain than the login");
  }
  const kind = user === settings.transport.user.toLowerCase() ? "system" : "user";
  const ids = await enqueue(database, {
    kind,
    domain,
    sender: `bounces-${randomHex(12)}@fe-bounces.${domain}`,
    recipients: session.envelope.rcptTo.map((recipient) => recipient.address),
    raw: Buffer.concat([Buffer.from(receivedLine(session, settings.smtpHost)), body]),
  });
  log("queued", { ids, kind, domain });
  return ids[0] ?? "nothing";
}
