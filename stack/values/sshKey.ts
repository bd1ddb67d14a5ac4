/** Reads public SSH keys in the one-line form of OpenSSH (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
import type { Reading } from "./reading.ts";
import { bad, good } from "./reading.ts";

const KEY_TYPES = [
  "ssh-ed25519",
  "ssh-rsa",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
];

const FIX = "paste the one line of the file that ends in .pub";

/** Fields of the key's binary form: each a length of four bytes, then the bytes (RFC 4253 6.6). */
function splitFields(bytes: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return undefined;
    const length = bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) return undefined;
    fields.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

/** Bits of an unsigned number in SSH form, which may have a first zero byte. */
function countBits(number: Buffer): number {
  const start = number.findIndex((byte) => byte !== 0);
  return start < 0 ? 0 : (number.length - start) * 8 - Math.clz32(number[start] ?? 0) + 24;
}

/**
 * What no comment is meant to have: control characters, line ends of other scripts, halves of characters and what stands
 * for none. They come from texts that were decoded in the wrong way, and would move the cursor of who looks at the file.
 */
const NO_TEXT = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}\ufeff]/u;

function faultOfComment(comment: string): Reading<string> | undefined {
  const found = NO_TEXT.exec(comment)?.[0].codePointAt(0);
  if (found === undefined) return undefined;
  const name = `U+${found.toString(16).toUpperCase().padStart(4, "0")}`;
  const message = `the comment at the end of the key holds the character ${name}, which is no text`;
  return bad("not-a-comment", message, "write the comment anew, or leave it out: it only tells keys apart");
}

/** Reads one public key; blanks are made single, the comment is kept. */
export function readSshPublicKey(text: string): Reading<string> {
  if (text.includes("PRIVATE KEY")) {
    return bad("private-key", "this is a private key, which must not be here", `${FIX}, and replace the key`);
  }
  const line = text.trim();
  if (/[\r\n]/.test(line)) return bad("not-an-ssh-key", "a key is one line", FIX);
  const [type = "", encoded = "", ...comment] = line.split(/[ \t]+/);
  if (type === "ssh-dss") return bad("weak-ssh-key", "DSA keys are refused by OpenSSH", "use an ed25519 key");
  if (!KEY_TYPES.includes(type)) {
    return bad("not-an-ssh-key", "the line does not begin with the type of a public key", FIX);
  }
  const fields = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded)
    ? splitFields(Buffer.from(encoded, "base64"))
    : undefined;
  if (fields?.[0]?.toString("latin1") !== type || fields.length < 2) {
    return bad("not-an-ssh-key", "the key is cut off or damaged", FIX);
  }
  if (type === "ssh-ed25519" && fields[1]?.length !== 32) {
    return bad("not-an-ssh-key", "the key is cut off or damaged", FIX);
  }
  if (type === "ssh-rsa" && countBits(fields[2] ?? Buffer.alloc(0)) < 2048) {
    return bad("weak-ssh-key", "the RSA key has less than 2048 bits", "use an ed25519 key");
  }
  return faultOfComment(comment.join(" ")) ?? good([type, encoded, ...comment].join(" "));
}
