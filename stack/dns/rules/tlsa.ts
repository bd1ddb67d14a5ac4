/** Rules about TLSA records, by which clients know the certificate of a server (RFC 6698). */
import { TLSA, TLSA_DIGESTS } from "../types/tlsa.ts";
import type { Rule } from "./rule.ts";

const digestLength: Rule = {
  name: "tlsa-digest-length",
  grade: "rfc",
  severity: "error",
  title: "The digest of a TLSA record has the length of its kind: SHA-256 32 bytes, SHA-512 64.",
  source: "RFC 6698 2.1.3",
  judge: ({ record: { type, value } }) => {
    const { matchingType, data } = TLSA.parse(value);
    const digest = TLSA_DIGESTS[matchingType];
    if (type !== TLSA.type || digest === undefined || data.length === 2 * digest.bytes) return undefined;
    const message = `${digest.name} has ${2 * digest.bytes} hexadecimal digits, not ${data.length}`;
    return { key: "data", message, fix: "paste the whole digest, or set the matching type that it is of" };
  },
};

const portName: Rule = {
  name: "tlsa-name",
  grade: "rfc",
  severity: "warning",
  title: "The name of a TLSA record begins with port and protocol: _443._tcp.",
  source: "RFC 6698 3",
  judge: ({ record: { name, type } }) =>
    type === TLSA.type && !/^(_\d{1,5}\._[a-z]+|\*\._[a-z]+|\*)\./i.test(name)
      ? { key: "name", message: "no program looks here", fix: "write it as _443._tcp.www" }
      : undefined,
};

/** What usage 2 and 3 leave out: trust in public CAs. */
const usageForMail: Rule = {
  name: "tlsa-usage-for-mail",
  grade: "rfc",
  severity: "warning",
  title: "A TLSA record at port 25 has usage 2 or 3: senders of mail trust no list of CAs.",
  source: "RFC 7672 3.1.3",
  judge: ({ record: { name, type, value } }) => {
    const { usage } = TLSA.parse(value);
    if (type !== TLSA.type || !name.startsWith("_25._tcp.") || usage > 1) return undefined;
    const message = `senders of mail take a record of usage ${usage} for none`;
    return { key: "usage", message, fix: "set 3 for the server's own key, or 2 for its CA's" };
  },
};

export const TLSA_RULES: readonly Rule[] = [digestLength, portName, usageForMail];
