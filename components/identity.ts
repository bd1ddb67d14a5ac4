/** What outlives every machine: keys, secrets, addresses and their reverse names. */
import { PrivateKey } from "@pulumi/tls/privateKey.js";
import { RandomBytes } from "@pulumi/random/randomBytes.js";
import { RandomId } from "@pulumi/random/randomId.js";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { withoutArmour } from "../stack/values/pem.ts";
import type { GeneratedValue, PlannedDeployKey, PlannedServer } from "../stack/model/plan.ts";
import type { SlotName } from "../stack/values/slots.ts";
import type { SlotValues } from "./bind.ts";

/** Secrets of letters and digits, by the slot they fill: logical name and length. */
const PASSWORDS = {
  helperEncryptionKey: { name: "helper-encryption-key", length: 32 },
  srsSecret: { name: "srs-secret", length: 32 },
  smtpTransportPassword: { name: "smtp-transport-password", length: 32 },
  authBasicPassword: { name: "auth-basic-password", length: 24 },
} as const satisfies Partial<Record<SlotName, { name: string; length: number }>>;

/** Secrets of hexadecimal digits: logical name and length in bytes. */
const HEX_SECRETS = {
  txtEncryptionKey: { name: "txt-encryption-key", bytes: 16 },
  webhookSignatureKey: { name: "webhook-signature-key", bytes: 16 },
  apiSecret: { name: "api-secret", bytes: 32 },
} as const satisfies Partial<Record<SlotName, { name: string; bytes: number }>>;

export interface IdentityArgs {
  /** Refuse to replace or delete anything of it: a new key or secret would come with no other warning. */
  readonly protect: boolean;
  /** The deploy's own keys. */
  readonly deployKeys: PlannedServer["deployKeys"];
  /** What this configuration has beside the keys and secrets of every server. */
  readonly generated: readonly GeneratedValue[];
}

/** Keys and secrets of the mail server. All of them survive `pulumi destroy --exclude-protected`. */
export class Identity extends pulumi.ComponentResource {
  /** SSH host key, public half, one line without a newline. */
  readonly hostPublicKey: pulumi.Output<string>;
  /** Private key that the deploy connects with, OpenSSH text. Secret. */
  readonly deployPrivateKey: pulumi.Output<string>;
  /** Every slot that keys and secrets fill. */
  readonly values: SlotValues;

  constructor(name: string, args: IdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailstead:components:Identity", name, {}, opts);
    const kept = { parent: this, protect: args.protect };
    const hostKey = new PrivateKey("host-key", { algorithm: "ED25519" }, kept);
    const [used, ...others] = args.deployKeys;
    const deployKey = makeDeployKey(used, kept);
    const dkimKey = new PrivateKey("dkim-key", { algorithm: "RSA", rsaBits: 2048 }, kept);

    this.hostPublicKey = publicLine(hostKey);
    this.deployPrivateKey = deployKey.privateKeyOpenssh;
    const passwords = mapValues(PASSWORDS, ({ name: role, length }) => {
      return new RandomPassword(role, { length, special: false }, kept).result;
    });
    this.values = {
      hostPublicKey: this.hostPublicKey,
      deployPublicKey: publicLine(deployKey),
      ...Object.fromEntries(others.map((key) => [key.publicKey, publicLine(makeDeployKey(key, kept))])),
      hostPrivateKey: hostKey.privateKeyOpenssh,
      dkimPrivateKey: dkimKey.privateKeyPem,
      dkimPublicKey: dkimKey.publicKeyPem.apply(withoutArmour),
      ...passwords,
      // Of 32 random characters: a hash does not give them away.
      helperKeyDigest: pulumi.unsecret(passwords.helperEncryptionKey.apply(sha256)),
      ...mapValues(
        HEX_SECRETS,
        ({ name: role, bytes }) => new RandomBytes(role, { length: bytes }, kept).hex,
      ),
      ...generateAll(args.generated, kept),
    };
    const { hostPublicKey, deployPublicKey } = this.values;
    this.registerOutputs({ hostPublicKey, deployPublicKey });
  }
}

function generateAll(values: readonly GeneratedValue[], kept: pulumi.CustomResourceOptions): SlotValues {
  return values.reduce<SlotValues>((made, value) => ({ ...made, ...generate(value, kept) }), {});
}

/** Makes one value, by the slots that it fills. */
function generate(value: GeneratedValue, kept: pulumi.CustomResourceOptions): SlotValues {
  switch (value.kind) {
    case "password": {
      const { role, slot, length } = value;
      return { [slot]: new RandomPassword(role, { length, special: false }, kept).result };
    }
    case "token": {
      const { role, slot, bytes } = value;
      return { [slot]: new RandomId(role, { byteLength: bytes }, kept).hex };
    }
    case "rsa-key": {
      const key = new PrivateKey(value.role, { algorithm: "RSA", rsaBits: value.bits }, kept);
      return {
        [value.publicSlot]: key.publicKeyPem.apply(withoutArmour),
        [value.privateSlot]: key.privateKeyPemPkcs8.apply(withoutArmour),
      };
    }
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function makeDeployKey({ role, protect }: PlannedDeployKey, kept: pulumi.CustomResourceOptions): PrivateKey {
  return new PrivateKey(role, { algorithm: "ED25519" }, { ...kept, protect });
}

/** The text ends in a newline, which a vendor may drop: untrimmed, each preview would plan a new key. */
function publicLine({ publicKeyOpenssh }: PrivateKey): pulumi.Output<string> {
  return publicKeyOpenssh.apply((line) => line.trim());
}

function mapValues<K extends string, V, R>(
  table: Readonly<Record<K, V>>,
  make: (value: V) => R,
): Record<K, R> {
  const entries = (Object.entries(table) as [K, V][]).map(([key, value]) => [key, make(value)] as const);
  return Object.fromEntries(entries) as Record<K, R>;
}
