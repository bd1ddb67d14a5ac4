/** Reads DKIM keys as people paste them: bare base64, or the whole record with or without quotes. */
import { createPublicKey } from "node:crypto";
import type { Reading } from "./reading.ts";
import { bad, good } from "./reading.ts";

/** `p=` value of a record, or the text itself; quotes, blanks and line breaks are dropped. */
function bareKey(text: string): string {
  const joined = text.replace(/["\s()]/g, "");
  const tag = /(?:^|;)p=([^;]*)/.exec(joined);
  return tag?.[1] ?? joined;
}

/** Reads a public RSA key of at least 1024 bits (RFC 8301 3.2) into one line of base64. */
export function readDkimPublicKey(text: string): Reading<string> {
  const fix = "paste the value of p= that the web interface shows";
  if (text.includes("PRIVATE KEY")) {
    return bad("private-key", "this is a private key, which must not be here", `${fix}, and make a new key`);
  }
  if (/k=ed25519/i.test(text)) {
    return bad("not-a-dkim-key", "Forward Email signs with RSA only", "paste the RSA key", "RFC 8463");
  }
  const key = bareKey(text.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, ""));
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key))
    return bad("not-a-dkim-key", "this is not a public key in base64", fix);
  try {
    const parsed = createPublicKey({ key: Buffer.from(key, "base64"), format: "der", type: "spki" });
    const bits = parsed.asymmetricKeyDetails?.modulusLength;
    if (parsed.asymmetricKeyType !== "rsa" || bits === undefined) {
      return bad("not-a-dkim-key", "Forward Email signs with RSA only", "paste the RSA key");
    }
    if (bits < 1024)
      return bad("weak-dkim-key", `the key has ${bits} bits`, "make one of 2048", "RFC 8301 3.2");
    return good(parsed.export({ format: "der", type: "spki" }).toString("base64"));
  } catch {
    return bad("not-a-dkim-key", "the key is cut off or damaged", fix, "RFC 6376 3.6.1");
  }
}

/** Bits of a key that {@link readDkimPublicKey} took. */
export function dkimKeyBits(publicKey: string): number {
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

const KEYS = "._domainkey";

/**
 * Reads a selector: one label or more, lower case.
 *
 * @returns the name of the record too, where that was pasted: {@link readSelector} takes it off.
 */
export function readDkimSelector(text: string): Reading<string> {
  const written = text.toLowerCase().replace(/\.$/, "");
  const [name = "", ...rest] = written.split(KEYS);
  const labels = name.split(".");
  const isWhole = rest.length <= 1 && rest.every((tail) => tail === "" || tail.startsWith("."));
  if (
    name.length > 63 ||
    !labels.every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)) ||
    !isWhole
  ) {
    return bad(
      "not-a-selector",
      "a selector has letters, digits and hyphens",
      "write it as fe-1a2b3c",
      "RFC 6376 3.1",
    );
  }
  if (name === "default") {
    return bad(
      "own-selector",
      "the selector default is the server's own key",
      "leave it out; it is planned anyway",
    );
  }
  return good(written.endsWith(KEYS) ? name : written);
}

/** The selector alone, where the name of its record was pasted: that of another domain means another key. */
export function readSelector(pasted: string, domain: string | undefined): Reading<string> {
  const [selector = "", place] = pasted.split(`${KEYS}.`);
  if (place === undefined || domain === undefined || place === domain) return good(selector);
  return bad(
    "foreign-selector",
    `this is the name of a key of ${place}, and the mail domain is ${domain}`,
    "paste the selector and the key that the web interface shows for the mail domain",
    "RFC 6376 3.6.2.1",
  );
}
