/**
 * Proves: sealed values open with their own key alone, and password hashes are salted SHA-512.
 * Cannot prove: that a login goes by them; the sandbox's does.
 */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashPassword, open, passwordMatches, seal } from "../../../../sandbox/images/app/secrets.ts";

const KEY = "0123456789abcdef0123456789abcdef";

describe("a sealed text", () => {
  it("opens with its key, and with no other", () => {
    const sealed = seal("-----BEGIN PRIVATE KEY-----", KEY);
    expect(sealed).not.toContain("PRIVATE");
    expect(open(sealed, KEY)).toBe("-----BEGIN PRIVATE KEY-----");
    expect(() => open(sealed, KEY.replace("0", "1"))).toThrow();
  });
});

describe("a password hash", () => {
  it("is SHA-512 of password and salt, followed by the salt", () => {
    const salt = Buffer.from("saltsalt");
    const bytes = Buffer.from(hashPassword("pass", salt).replace("{SSHA512}", ""), "base64");
    expect(bytes.subarray(64)).toEqual(salt);
    expect(bytes.subarray(0, 64)).toEqual(createHash("sha512").update("passsaltsalt").digest());
  });

  it("matches its password alone", () => {
    const hash = hashPassword("right horse");
    expect(passwordMatches("right horse", hash)).toBe(true);
    expect(passwordMatches("wrong horse", hash)).toBe(false);
  });
});
