/** A small valid configuration as it reaches the program, and ways to change one value in it. */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Raw = Record<string, unknown>;

export const DIGEST = `sha256:${"ab".repeat(32)}`;
export const ADMIN_KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpM5EeFlqVSXJlBJlIbTfyqCVEwBuPLOYW1xBmPzZ2H ops@example.org";

/** A new object each time, so a test may change it. */
export function validRaw(): Raw {
  return {
    domain: "example.com",
    email: "ops@example.org",
    // What the deploy makes itself has tests of its own.
    onboarding: "by-hand",
    server: { location: "nbg1", adminNetworks: ["203.0.113.0/24"] },
    mail: {
      release: "v1.0.0",
      images: {
        app: { digest: DIGEST },
        nginx: { digest: DIGEST },
        mongo: { digest: DIGEST },
        redis: { digest: DIGEST },
      },
    },
  };
}

/** Sets the value at a path such as `server.location` or `mail.images.app.tag`; undefined removes it. */
export function set(raw: Raw, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let at = raw;
  for (const key of keys) at = (at[key] ??= {}) as Raw;
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
}

/** {@link validRaw} with values set. */
export function rawWith(changes: Readonly<Record<string, unknown>>): Raw {
  const raw = validRaw();
  for (const [path, value] of Object.entries(changes)) set(raw, path, value);
  return raw;
}

export type SshKeyKind = "ed25519" | "rsa-2048" | "rsa-4096";

/** Type, exponent and bytes of the number, by kind. */
const SSH_KINDS: Readonly<
  Record<SshKeyKind, readonly [type: string, exponent: readonly number[], bytes: number]>
> = {
  ed25519: ["ssh-ed25519", [], 32],
  "rsa-2048": ["ssh-rsa", [1, 0, 1], 256],
  "rsa-4096": ["ssh-rsa", [1, 0, 1], 512],
};

/** A public key in the form of OpenSSH and of its true length, whose number is the seed over and over. */
export function sshPublicKey(kind: SshKeyKind, seed: Uint8Array): string {
  const [type, exponent, bytes] = SSH_KINDS[kind];
  const number = Buffer.alloc(bytes, seed);
  const field = (value: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.length);
    return Buffer.concat([length, value]);
  };
  const key =
    exponent.length === 0
      ? [number]
      : // The first bit is set, so that the number has all its bits, and a zero byte says that it is positive.
        [
          Buffer.from(exponent),
          Buffer.concat([Buffer.from([0, number.readUInt8(0) | 0x80]), number.subarray(1)]),
        ];
  const blob = Buffer.concat([Buffer.from(type), ...key].map(field));
  return `${type} ${blob.toString("base64")}`;
}

/** Public RSA key in base64, as DKIM has it. */
export function dkimKey(bits: number): string {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  return publicKey.export({ format: "der", type: "spki" }).toString("base64");
}

export interface Pair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A self-signed certificate for the names given, by the openssl of the machine. */
export function certificateFor(names: readonly string[]): Pair {
  const folder = mkdtempSync(join(tmpdir(), "mailstead-certificate-"));
  try {
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const alternatives = names.map((name) => `DNS:${name}`).join(",");
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "3650",
      ].concat([
        "-subj",
        "/CN=test",
        "-addext",
        `subjectAltName=${alternatives}`,
        "-keyout",
        key,
        "-out",
        certificate,
      ]),
      { stdio: "ignore" },
    );
    return { certificate: readFileSync(certificate, "utf8"), privateKey: readFileSync(key, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
