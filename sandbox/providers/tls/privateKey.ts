/** `tls.PrivateKey`: keys in every form that the real provider gives. */
import { asText } from "../protocol/value.ts";
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { ed25519Pair } from "../ed25519.ts";
import type { CheckFailure, Known, ResourceHandler, ResourceSchema } from "../protocol/handler.ts";
import { stateOnly } from "../protocol/stateOnly.ts";
import type { Properties } from "../protocol/value.ts";

const COMPUTED = [
  "id",
  "privateKeyOpenssh",
  "privateKeyPem",
  "privateKeyPemPkcs8",
  "publicKeyFingerprintMd5",
  "publicKeyFingerprintSha256",
  "publicKeyOpenssh",
  "publicKeyPem",
];

const schema: ResourceSchema = {
  inputs: ["algorithm", "ecdsaCurve", "rsaBits"],
  required: ["algorithm"],
  replaceOn: ["algorithm", "ecdsaCurve", "rsaBits"],
  computed: COMPUTED,
  unknownOnUpdate: COMPUTED,
  secretOutputs: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
  defaults: { ecdsaCurve: "P224", rsaBits: 2048 },
};

/** Curves by their size; P224 is refused, as OpenSSH has no such key and the stand-in makes keys by OpenSSH's format. */
const CURVES: Readonly<Record<string, 256 | 384 | 521>> = { P256: 256, P384: 384, P521: 521 };

/** Makes keys in OpenSSH's private format (ssh2), and everything else from that (node:crypto). */
export const privateKey: ResourceHandler = {
  ...stateOnly(schema, async (inputs) => outputsOf(inputs, await openSshPrivateKey(inputs))),
  check: (news) => ({ inputs: news, failures: [...refused(news)] }),
};

function* refused(news: Known): Generator<CheckFailure> {
  const { algorithm } = news;
  if (typeof algorithm === "string" && !["RSA", "ECDSA", "ED25519"].includes(algorithm)) {
    const reason = `value must be one of: ["ECDSA" "ED25519" "RSA"], got: "${algorithm}"`;
    yield { property: "algorithm", reason };
  }
}

async function openSshPrivateKey(inputs: Known): Promise<string> {
  // Loaded here, as it is a tenth of the plugin's start-up time.
  const { utils } = (await import("ssh2")).default;
  if (inputs.algorithm === "ED25519") return ed25519Pair(utils).private;
  if (inputs.algorithm === "RSA") {
    return utils.generateKeyPairSync("rsa", { bits: Number(inputs.rsaBits ?? 2048) }).private;
  }
  const bits = CURVES[asText(inputs.ecdsaCurve ?? "P224")];
  if (bits === undefined) throw new Error("tls stand-in: ECDSA needs ecdsaCurve P256, P384 or P521");
  return utils.generateKeyPairSync("ecdsa", { bits }).private;
}

async function outputsOf(inputs: Known, openSsh: string): Promise<{ id: string; outputs: Properties }> {
  const { utils } = (await import("ssh2")).default;
  const parsed = utils.parseKey(openSsh);
  if (parsed instanceof Error) throw parsed;
  const secret = createPrivateKey(parsed.getPrivatePEM());
  const spki = createPublicKey(secret).export({ type: "spki", format: "der" });
  const blob = parsed.getPublicSSH();
  const id = createHash("sha1").update(spki).digest("hex");
  const outputs = {
    ecdsaCurve: "P224",
    rsaBits: 2048,
    ...inputs,
    id,
    privateKeyOpenssh: `${openSsh.trimEnd()}\n`,
    privateKeyPem: traditionalPem(secret),
    privateKeyPemPkcs8: text(secret.export({ type: "pkcs8", format: "pem" })),
    publicKeyOpenssh: `${parsed.type} ${blob.toString("base64")}\n`,
    publicKeyPem: text(createPublicKey(secret).export({ type: "spki", format: "pem" })),
    publicKeyFingerprintMd5: (createHash("md5").update(blob).digest("hex").match(/../g) ?? []).join(":"),
    publicKeyFingerprintSha256: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
  };
  return { id, outputs };
}

/** RSA as PKCS#1, ECDSA as SEC 1, Ed25519 as PKCS#8: what `privateKeyPem` of the real provider holds. */
function traditionalPem(secret: KeyObject): string {
  const { asymmetricKeyType } = secret;
  const type = asymmetricKeyType === "rsa" ? "pkcs1" : asymmetricKeyType === "ec" ? "sec1" : "pkcs8";
  return text(secret.export({ type, format: "pem" }));
}

function text(pem: string | Buffer): string {
  return `${pem.toString().trimEnd()}\n`;
}
