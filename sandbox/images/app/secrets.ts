/** Sealed values, password hashes and random names. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

/** Seals text with the 32-character HELPER_ENCRYPTION_KEY (AES-256-GCM), as base64. */
export function seal(text: string, key: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "latin1"), nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** Opens a sealed text. Throws when the key is another one, or the text was changed. */
export function open(sealed: string, key: string): string {
  const bytes = Buffer.from(sealed, "base64");
  const cipher = createDecipheriv("aes-256-gcm", Buffer.from(key, "latin1"), bytes.subarray(0, 12));
  cipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString("utf8");
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
