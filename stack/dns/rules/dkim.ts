/** Rules about DKIM keys in the DNS (RFC 6376 3.6.1, RFC 8301, RFC 8463). */
import { createPublicKey } from "node:crypto";
import { readText } from "./judgedRecord.ts";
import type { Rule } from "./rule.ts";
import { aboutText } from "./rule.ts";
import type { Tags } from "../policies/tagList.ts";
import { readTags, shown } from "../policies/tagList.ts";

/** A rule about the tags of a key. */
const aboutKey = aboutText(({ record }) => {
  const text = readText(record);
  return text !== undefined && record.name.includes("._domainkey.") ? readTags(text) : undefined;
});

/** Words of a list with colons. */
function splitList(value: string | undefined): string[] | undefined {
  return value?.split(":").map((one) => one.replace(/[ \t]/g, ""));
}

/** Bits of a key; undefined where it cannot be read, and where it is revoked. Ed25519 counts as strong. */
export function measureKey(tags: Tags): number | undefined {
  const base64 = (tags.values.get("p") ?? "").replace(/[ \t]/g, "");
  if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, "base64");
  if (tags.values.get("k") === "ed25519") return bytes.length === 32 ? Infinity : undefined;
  for (const type of ["spki", "pkcs1"] as const) {
    try {
      return createPublicKey({ key: bytes, format: "der", type }).asymmetricKeyDetails?.modulusLength;
    } catch {
      // The other form, then.
    }
  }
  return undefined;
}

const syntax = aboutKey(
  {
    name: "dkim-syntax",
    grade: "syntax",
    severity: "error",
    title:
      "A DKIM key is a list of tags, with v=DKIM1 first if at all, and with p; its type and use are known.",
    source: "RFC 6376 3.2, 3.6.1",
  },
  (tags) => {
    const message = dkimFault(tags);
    return message === undefined
      ? undefined
      : { message, fix: "paste the record again, as the web interface shows it" };
  },
);

/** What makes verifiers pass a key over, whatever is in `p`. */
export function dkimFault({ values, order, broken }: Tags): string | undefined {
  if (broken !== undefined) return `${shown(broken)} is no tag, or there for the second time`;
  if (!values.has("p")) return "there is no p, which holds the key";
  const version = values.get("v");
  if (version !== undefined && (version !== "DKIM1" || order[0] !== "v"))
    return "v=DKIM1 is not the first tag";
  const type = values.get("k") ?? "rsa";
  if (!["rsa", "ed25519"].includes(type)) return `k=${type} is no type of key that verifiers know`;
  const uses = splitList(values.get("s")) ?? ["*"];
  return uses.some((use) => ["*", "email", "tlsrpt"].includes(use))
    ? undefined
    : `s=${uses.join(":")} keeps the key from mail`;
}

const unreadable = aboutKey(
  {
    name: "dkim-key-unreadable",
    grade: "rfc",
    severity: "error",
    title: "The key in p can be read: an RSA key in DER, or 32 bytes of Ed25519.",
    source: "RFC 6376 3.6.1, RFC 8463 4.2",
  },
  (tags) =>
    (tags.values.get("p") ?? "") !== "" && measureKey(tags) === undefined
      ? {
          message: "the key is cut off or damaged",
          fix: "paste the value of p= again, whole and in one line",
        }
      : undefined,
);

const weak = aboutKey(
  {
    name: "weak-dkim-key",
    grade: "rfc",
    severity: "error",
    title: "An RSA key has 1024 bits at least; receivers do not count a shorter one.",
    source: "RFC 8301 3.2",
  },
  (tags) => {
    const bits = measureKey(tags);
    return bits !== undefined && bits < 1024
      ? { message: `the key has ${bits} bits`, fix: "make one of 2048" }
      : undefined;
  },
);

const short = aboutKey(
  {
    name: "short-dkim-key",
    grade: "best-practice",
    severity: "warning",
    title: "An RSA key has 2048 bits.",
    source: "RFC 8301 3.2",
  },
  (tags) => {
    const bits = measureKey(tags);
    return bits !== undefined && bits >= 1024 && bits < 2048
      ? { message: `the key has ${bits} bits; large receivers want 2048`, fix: "make one of 2048" }
      : undefined;
  },
);

const testing = aboutKey(
  {
    name: "dkim-testing",
    grade: "best-practice",
    severity: "warning",
    title: "A key in use is not marked as a test (t=y), which makes signatures count for nothing.",
    source: "RFC 6376 3.6.1",
  },
  ({ values }) =>
    splitList(values.get("t"))?.includes("y") === true
      ? { message: "the key is marked as a test", fix: "remove y from t=" }
      : undefined,
);

const revoked = aboutKey(
  {
    name: "dkim-revoked",
    grade: "rfc",
    severity: "warning",
    title: "A selector with an empty p is revoked: what it signed fails.",
    source: "RFC 6376 3.6.1",
  },
  ({ values }) =>
    values.get("p") === ""
      ? { message: "the key is revoked", fix: "remove the record once no mail bears it" }
      : undefined,
);

const sha1Only = aboutKey(
  {
    name: "dkim-sha1-only",
    grade: "rfc",
    severity: "error",
    title: "A key allows signatures with SHA-256.",
    source: "RFC 8301 3.1",
  },
  ({ values }) => {
    const hashes = splitList(values.get("h"));
    return hashes !== undefined && !hashes.includes("sha256")
      ? { message: `the key allows ${hashes.join(", ")} only`, fix: "remove h=" }
      : undefined;
  },
);

export const DKIM_RULES: readonly Rule[] = [syntax, unreadable, weak, short, testing, revoked, sha1Only];
