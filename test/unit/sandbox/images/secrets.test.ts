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
  it("is SHA-512 of password and salt, beside the salt", () => {
    expect(hashPassword("pass", "salt")).toEqual({
      hash: createHash("sha512").update("passsalt").digest("hex"),
      salt: "salt",
    });
  });

  it("matches its password alone", () => {
    const hash = hashPassword("right horse");
    expect(passwordMatches("right horse", hash)).toBe(true);
    expect(passwordMatches("wrong horse", hash)).toBe(false);
  });
});
