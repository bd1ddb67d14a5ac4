/**
 * Proves: keys and passwords of the tls and random stand-ins have the forms, ids, secrets and replacement rules of the
 * real ones, as recorded and published. Cannot prove that the random numbers are good: they are Node's.
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { createRequire } from "node:module";
import { afterEach, describe, expect, it } from "vitest";
import type { ResourceState } from "../../../../sandbox/providers/protocol/client.ts";
import { random } from "../../../../sandbox/providers/random/provider.ts";
import { tls } from "../../../../sandbox/providers/tls/provider.ts";
import { type StartedPlugin, startedPlugin } from "./startedPlugin.ts";

const PRIVATE_KEY = "tls:index/privateKey:PrivateKey";
const PASSWORD = "random:index/randomPassword:RandomPassword";
const BYTES = "random:index/randomBytes:RandomBytes";
const ID = "random:index/randomId:RandomId";

let plugin: StartedPlugin | undefined;
afterEach(() => plugin?.stop());

async function made(type: string, inputs: Record<string, string | number | boolean>): Promise<ResourceState> {
  plugin?.stop();
  plugin = await startedPlugin(type.startsWith("tls") ? tls : random);
  return plugin.client.create(type, "x", inputs);
}

function text(state: ResourceState, key: string): string {
  const value = state.outputs[key];
  if (typeof value !== "string") throw new Error(`${key} is no text`);
  return value;
}

describe("tls.PrivateKey", () => {
  it("makes an RSA key in all forms", async () => {
    const key = await made(PRIVATE_KEY, { algorithm: "RSA", rsaBits: 2048 });
    expect(key.id).toMatch(/^[0-9a-f]{40}$/);
    expect(text(key, "privateKeyPem")).toMatch(
      /^-----BEGIN RSA PRIVATE KEY-----\n[^]*-----END RSA PRIVATE KEY-----\n$/,
    );
    expect(text(key, "privateKeyPemPkcs8")).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(text(key, "publicKeyPem")).toHaveLength(451);
    const secret = createPrivateKey(text(key, "privateKeyPem"));
    expect(
      verify("sha256", Buffer.from("x"), text(key, "publicKeyPem"), sign("sha256", Buffer.from("x"), secret)),
    ).toBe(true);
  });

  it("makes an Ed25519 key that OpenSSH's format carries", async () => {
    const key = await made(PRIVATE_KEY, { algorithm: "ED25519" });
    expect(text(key, "privateKeyPem")).toBe(text(key, "privateKeyPemPkcs8"));
    expect(text(key, "privateKeyOpenssh")).toMatch(
      /^-----BEGIN OPENSSH PRIVATE KEY-----\n[^]*-----END OPENSSH PRIVATE KEY-----\n$/,
    );
    const [type, blob = ""] = text(key, "publicKeyOpenssh").split(" ");
    expect(type).toBe("ssh-ed25519");
    expect(blob.endsWith("\n")).toBe(true);
    const raw = Buffer.from(blob, "base64");
    const spki = createPublicKey(text(key, "privateKeyPem")).export({ type: "spki", format: "der" });
    expect(raw.subarray(-32)).toEqual(spki.subarray(-32));
    const sha256 = createHash("sha256").update(raw).digest("base64").replace(/=+$/, "");
    expect(text(key, "publicKeyFingerprintSha256")).toBe(`SHA256:${sha256}`);
    expect(text(key, "publicKeyFingerprintMd5")).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  });

  it("keeps its private halves secret, and is replaced only by what replaces it", async () => {
    const key = await made(PRIVATE_KEY, { algorithm: "ED25519" });
    expect(key.secrets).toEqual({ privateKeyOpenssh: true, privateKeyPem: true, privateKeyPemPkcs8: true });
    const default2048 = await plugin?.client.diff(key, { algorithm: "ED25519", rsaBits: 2048 });
    expect(default2048).toMatchObject({ changed: false });
    const rsa = await plugin?.client.diff(key, { algorithm: "RSA" });
    expect(rsa).toMatchObject({ replaces: ["algorithm"], details: { privateKeyPem: "UPDATE" } });
    expect(await plugin?.client.read(key)).toEqual(key);
  });

  it("gives a readable Ed25519 key each time, though its maker sometimes does not", async () => {
    for (let count = 0; count < 100; count++) await made(PRIVATE_KEY, { algorithm: "ED25519" });
  });

  it("refuses an algorithm that it does not know", async () => {
    await expect(made(PRIVATE_KEY, { algorithm: "DSA" })).rejects.toThrow(
      /got: "DSA".*Examine values at 'x.algorithm'/,
    );
  });
});

describe("random", () => {
  it("makes a password of the wanted characters, with a hash that fits", async () => {
    const password = await made(PASSWORD, { length: 32, special: false, minUpper: 3, minNumeric: 2 });
    const result = text(password, "result");
    expect(result).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(result.replace(/[^A-Z]/g, "").length).toBeGreaterThanOrEqual(3);
    expect(result.replace(/[^0-9]/g, "").length).toBeGreaterThanOrEqual(2);
    expect(password).toMatchObject({ id: "none", secrets: { bcryptHash: true, result: true } });
    const sandboxRequire = createRequire(new URL("../../../../sandbox/package.json", import.meta.url));
    const bcrypt = sandboxRequire("bcryptjs") as { compareSync: (text: string, hash: string) => boolean };
    expect(bcrypt.compareSync(result, text(password, "bcryptHash"))).toBe(true);
    expect(text(password, "bcryptHash")).toMatch(/^\$2[aby]\$10\$/);
    expect(password.outputs).toMatchObject({
      lower: true,
      minLower: 0,
      number: true,
      numeric: true,
      special: false,
    });
  });

  it("replaces a password for any changed input, and nothing for a default written out", async () => {
    const password = await made(PASSWORD, { length: 12 });
    const diff = async (change: Record<string, boolean | number | { a: string | null }>) =>
      plugin?.client.diff(password, { length: 12, ...change });
    expect(await diff({ special: true, minLower: 0 })).toMatchObject({ changed: false });
    expect(await diff({ special: false })).toMatchObject({ replaces: ["special"] });
    expect(await diff({ keepers: { a: "1" } })).toMatchObject({ replaces: ["keepers"] });
    expect(await diff({ keepers: { a: null } })).toMatchObject({ changed: false });
    await expect(made(PASSWORD, { length: 2, minLower: 3 })).rejects.toThrow(/must be at least 3/);
  });

  it("makes bytes (secret) and ids (not secret) whose forms agree", async () => {
    const bytes = await made(BYTES, { length: 32 });
    expect(bytes.id).toBe(text(bytes, "base64"));
    expect(Buffer.from(bytes.id, "base64").toString("hex")).toBe(text(bytes, "hex"));
    expect(bytes.secrets).toEqual({ base64: true, hex: true });
    const id = await made(ID, { byteLength: 8, prefix: "p-" });
    expect(id.id).toHaveLength(11);
    expect(text(id, "b64Url")).toBe(`p-${id.id}`);
    expect(text(id, "hex")).toBe(`p-${Buffer.from(id.id, "base64url").toString("hex")}`);
    expect(text(id, "dec")).toBe(`p-${BigInt(`0x${text(id, "hex").slice(2)}`)}`);
    expect(id.secrets).toEqual({});
  });
});
