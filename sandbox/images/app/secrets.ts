/** Sealed values, password hashes and random names. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

/** Seals bytes with a key of 32 bytes (AES-256-GCM). */
export function sealBytes(bytes: Buffer, key: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Opens sealed bytes. Throws when the key is another one, or they were changed. */
export function openBytes(bytes: Buffer, key: Buffer): Buffer {
  const cipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
  cipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]);
}

/** Seals text with the 32-character HELPER_ENCRYPTION_KEY, as base64. */
export function seal(text: string, key: string): string {
  return sealBytes(Buffer.from(text), Buffer.from(key, "latin1")).toString("base64");
}

/** Opens a sealed text. Throws when the key is another one, or the text was changed. */
export function open(sealed: string, key: string): string {
  return openBytes(Buffer.from(sealed, "base64"), Buffer.from(key, "latin1")).toString("utf8");
}

/** What is kept of a password. */
export interface PasswordHash {
  /** SHA-512 of password and salt, hexadecimal. */
  readonly hash: string;
  readonly salt: string;
}

/** Hashes a password with its salt. */
export function hashPassword(password: string, salt = randomHex(32)): PasswordHash {
  return { hash: createHash("sha512").update(password).update(salt).digest("hex"), salt };
}

/** Checks a password against its hash. */
export function passwordMatches(password: string, { hash, salt }: PasswordHash): boolean {
  return same(hashPassword(password, salt).hash, hash);
}

/** Compares two texts in constant time. */
export function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** A random name or password of hexadecimal digits. */
export function randomHex(digits: number): string {
  return randomBytes(Math.ceil(digits / 2))
    .toString("hex")
    .slice(0, digits);
}

/** A short keyed digest, as the Sender Rewriting Scheme uses. */
export function shortMac(text: string, key: string): string {
  return createHmac("sha256", key).update(text).digest("hex").slice(0, 8);
}
