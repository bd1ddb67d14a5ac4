/** Whether the zone is signed, and the zone above knows its key (RFC 4035 2.4). */
import type { DnskeyData, DsData } from "dns-packet";
import { canonicalName } from "../../stack/dns/canonical.ts";
import { hasSpoken, type AuditCheck, type CheckResult } from "../model/observation.ts";
import { followDown } from "../judge/fixes/fixes.ts";
import type { DnsClient, Outcome } from "./lookUp/dnsClient.ts";
import { serverName, type ZoneServers } from "./lookUp/findServers.ts";
import { readAnswer } from "./lookUp/readAnswer.ts";
import { dsOf, dsText, isDsOf } from "../judge/around/dsDigest.ts";

/** Secure entry point (RFC 4034 2.1.1): the key that a DS means. */
const SEP = 1;

interface KeysAt {
  readonly server: string;
  readonly keys: readonly DnskeyData[];
}

function dnskeys(outcome: Outcome, zone: string): DnskeyData[] {
  if (outcome.state !== "reply") return [];
  return outcome.reply.answers.flatMap((record) =>
    record.type === "DNSKEY" && canonicalName(record.name) === zone ? [record.data] : [],
  );
}

function dsRecords(outcome: Outcome, zone: string): DsData[] {
  if (outcome.state !== "reply") return [];
  return outcome.reply.answers.flatMap((record) =>
    record.type === "DS" && canonicalName(record.name) === zone ? [record.data] : [],
  );
}

/** DS of the zone at the first server of the zone above that has a word on it; absent when none has. */
async function dsAbove(client: DnsClient, found: ZoneServers): Promise<DsData[] | undefined> {
  const { zone, parent = "." } = found;
  for (const { address } of found.parentServers) {
    const outcome = await client.ask(address, { name: zone, type: "DS", recurse: false });
    const answer = readAnswer(outcome, { role: "authority", zone: parent }, zone, "DS");
    if (hasSpoken(answer)) return dsRecords(outcome, zone);
  }
  return undefined;
}

async function keysAt(client: DnsClient, { zone, servers }: ZoneServers): Promise<KeysAt[]> {
  const asked = await Promise.all(
    servers.map(async (server) => {
      const outcome = await client.ask(server.address, { name: zone, type: "DNSKEY", recurse: false });
      const { state } = readAnswer(outcome, { role: "authority", zone }, zone, "DNSKEY");
      const said = ["answer", "empty"].includes(state);
      return said ? [{ server: serverName(server), keys: dnskeys(outcome, zone) }] : [];
    }),
  );
  return asked.flat();
}

/** Resolvers that fail the zone, and answer as soon as they are told not to validate (RFC 4035 3.2.2). */
async function failingResolvers(
  client: DnsClient,
  zone: string,
  resolvers: readonly string[],
): Promise<{ readonly failing: readonly string[]; readonly validating: readonly string[] }> {
  const question = { name: zone, type: "SOA", recurse: true, dnssec: true };
  const looked = await Promise.all(
    resolvers.map(async (address) => {
      const plain = await client.ask(address, question);
      const { state } = readAnswer(plain, { role: "resolver" }, zone, "SOA");
      if (state !== "servfail") return { address, valid: plain.state === "reply" && plain.reply.authentic };
      const unchecked = await client.ask(address, { ...question, checkingDisabled: true });
      const answers = readAnswer(unchecked, { role: "resolver" }, zone, "SOA").state === "answer";
      return { address, fails: answers };
    }),
  );
  return {
    failing: looked.filter(({ fails }) => fails === true).map(({ address }) => address),
    validating: looked.filter(({ valid }) => valid === true).map(({ address }) => address),
  };
}

function withoutMatch(zone: string, ds: readonly DsData[], keys: readonly KeysAt[]): CheckResult | undefined {
  // A server without the key breaks the zone for all who happen to ask it.
  const broken = keys.filter(
    (at) => !ds.some((record) => at.keys.some((key) => isDsOf(zone, record, key) !== false)),
  );
  if (broken.length === 0) return undefined;
  const [record] = ds;
  const tags = ds.map(({ keyTag: tag }) => tag).join(", ");
  return {
    state: "bad",
    severity: "critical",
    seen: `the zone above has a DS for key ${tags}, and no such key is at ${broken.map(({ server }) => server).join(", ")}: validating resolvers answer SERVFAIL`,
    fix: `at the registrar of ${zone}, remove the DS record ${record === undefined ? "" : dsText(record)}, or switch DNSSEC on at the DNS provider and enter its DS`,
  };
}

function pending(zone: string, keys: readonly KeysAt[]): CheckResult {
  const all = keys.flatMap((at) => at.keys);
  const key = all.find(({ flags }) => (flags & SEP) === SEP) ?? all[0];
  const ds = key && dsOf(zone, key);
  return {
    state: "propagating",
    severity: "info",
    seen: "signed, but the zone above has no DS yet: nobody validates it",
    fix: `at the registrar of ${zone}, add the DS record ${ds === undefined ? "" : dsText(ds)}`,
  };
}

function judge(zone: string, ds: readonly DsData[], keys: readonly KeysAt[]): CheckResult | undefined {
  const isSigned = keys.some((at) => at.keys.length > 0);
  if (ds.length > 0) return withoutMatch(zone, ds, keys);
  return isSigned ? pending(zone, keys) : { state: "ok", severity: "info", seen: "not signed, and no DS" };
}

/** Checks DNSSEC: not signed, in order, waiting for its DS (pending), or broken. */
export async function checkDnssec(
  client: DnsClient,
  found: ZoneServers,
  resolvers: readonly string[],
): Promise<AuditCheck[]> {
  const { zone } = found;
  const base = { check: "dnssec", subject: zone } as const;
  const [ds, keys, { failing, validating }] = await Promise.all([
    dsAbove(client, found),
    keysAt(client, found),
    failingResolvers(client, zone, resolvers),
  ]);
  const judged = ds !== undefined && keys.length > 0 ? judge(zone, ds, keys) : undefined;
  if (judged?.state === "bad") return [{ ...base, ...judged }];
  if (failing.length > 0) {
    const seen = `${failing.join(", ")} fails the zone (SERVFAIL) and answers when told not to validate: a signature or the chain above is broken`;
    const fix = `look at the DNSSEC state of ${zone} at the DNS provider; until it is mended, remove its DS at the registrar`;
    return [{ ...base, state: "bad", severity: "critical", seen, fix }];
  }
  if (ds === undefined || keys.length === 0) {
    const seen = "neither the zone above nor its own servers could be asked for both sides";
    const fix = followDown(zone, ds === undefined ? "DS" : "DNSKEY");
    return [{ ...base, state: "unknown", severity: "warning", seen, fix }];
  }
  if (judged !== undefined) return [{ ...base, ...judged }];
  const by = validating.length > 0 ? `, validated by ${validating.join(", ")}` : "";
  return [{ ...base, state: "ok", severity: "info", seen: `the DS above means a key of the zone${by}` }];
}
