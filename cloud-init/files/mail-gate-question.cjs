/*
 * Asks the mail server whether it takes mail for a domain, in the way that its own process on port 25 decides it: a domain
 * in the database with the verification record that the DNS answers, and an alias in it. Runs inside of the container mx, as
 * `node - DOMAIN PREFIX DATABASE CACHE SECONDS ANSWER`, and prints `known COUNT` (of its aliases) or `unknown REASON` as soon
 * as that is another answer than ANSWER, at the latest after SECONDS. Where it cannot be told, it ends with 1.
 *
 * It reads nothing of aliases but their number. The one thing that it changes is that the server forgets what it remembers
 * of the domain's texts: an answer from before the verification record was there would have mail refused still.
 */
"use strict";
const { Resolver } = require("node:dns").promises;
const net = require("node:net");
const { setTimeout: pause } = require("node:timers/promises");
const { domainToUnicode } = require("node:url");
const { MongoClient } = require("mongoose").mongo;

const [domain, prefix, database, cache, seconds, before] = process.argv.slice(2);
const PAUSE_MS = 2000;
/** Resolvers that the server itself asks. */
const PUBLIC = ["1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4"];
const limits = { timeout: 2000, tries: 1 };

/** A resolver that asks these servers; the system's own without any. */
function resolver(servers) {
  const one = new Resolver(limits);
  if (servers !== undefined) one.setServers(servers);
  return one;
}

/** Verification values that are answered; undefined where there is no answer. */
async function verifications(one) {
  try {
    const texts = (await one.resolveTxt(domain)).map((pieces) => pieces.join("").trim());
    return texts.filter((text) => text.startsWith(prefix)).map((text) => text.slice(prefix.length).trim());
  } catch (error) {
    return ["ENODATA", "ENOTFOUND"].includes(error.code) ? [] : undefined;
  }
}

/** The zone's own name servers. Asked first: a question to a resolver would have it remember that there is no record yet. */
async function nameServers() {
  for (let name = domain; name.includes("."); name = name.slice(name.indexOf(".") + 1)) {
    const hosts = await resolver()
      .resolveNs(name)
      .catch(() => []);
    const found = await Promise.all(
      hosts.map((host) =>
        resolver()
          .resolve4(host)
          .catch(() => []),
      ),
    );
    if (found.flat().length > 0) return found.flat();
  }
  throw new Error("the domain's name servers are not known");
}

/** Why the record is not answered as the server wants it; undefined where it is. */
async function fault(wanted, servers) {
  const columns = await Promise.all(servers.map(verifications));
  const answers = columns.filter((values) => values !== undefined);
  if (answers.length === 0) throw new Error("no name server or resolver answers");
  if (answers.some((values) => values.length > 1)) return "two-verification-records";
  return answers.every(([value]) => value === wanted) ? undefined : "no-verification-record";
}

/** Has the server forget the domain's texts; an error of its cache harms nothing. */
function forget() {
  const [host, port] = cache.split(":");
  return new Promise((done) => {
    const socket = net.connect({ host, port: Number(port), timeout: 2000 });
    for (const event of ["data", "error", "timeout", "close"])
      socket.once(event, () => done(socket.destroy()));
    socket.once("connect", () => socket.write(`DEL tangerine:txt:${domain}\r\n`));
  });
}

async function answer(db) {
  const names = [domain, domainToUnicode(domain)];
  const known = await db.collection("domains").findOne({ name: { $in: names }, plan: { $ne: "free" } });
  if (known === null) return "unknown no-domain";
  const count = await db.collection("aliases").countDocuments({ domain: known._id, is_enabled: true });
  if (count === 0) return "unknown no-alias";
  const wanted = known.verification_record;
  const why =
    (await fault(wanted, [resolver(await nameServers())])) ??
    (await fault(wanted, [resolver(), ...PUBLIC.map((server) => resolver([server]))]));
  if (why !== undefined) return `unknown ${why}`;
  return `known ${count}`;
}

async function main() {
  const client = new MongoClient(database, { serverSelectionTimeoutMS: 5000, maxPoolSize: 1 });
  await client.connect();
  const until = Date.now() + Number(seconds) * 1000;
  let said = await answer(client.db());
  while (said === before && Date.now() < until) {
    await pause(PAUSE_MS);
    said = await answer(client.db());
  }
  if (said.startsWith("known ") && !before.startsWith("known ")) await forget();
  process.stdout.write(`${said}\n`);
}

main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
