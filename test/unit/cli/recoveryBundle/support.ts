/** What the engine says of a small stack, and a bundle of it. */
import { withoutProvider } from "../../../../cli/recoveryBundle/collect.ts";
import { readBundle, writeBundle, type RecoveryBundle } from "../../../../cli/recoveryBundle/format.ts";

const SECRET = "4dabf18193072939515e22adb298388d";
const URN = "urn:pulumi:good::mailstead";

/** A secret as an export with `--show-secrets` has it. */
function secret(value: unknown): object {
  return { [SECRET]: "1b47061264138c4ac30d75fd1eb44270", plaintext: JSON.stringify(value) };
}

export const SLOTS = {
  hostPublicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE2lvPwTU8bXQoAVXGyVnr/tTkHeSuNoeXbrHYFxbHcW",
  srsSecret: "the-secret-of-srs",
  dnsApiToken: "the-token-of-dns",
};

export const PROVIDERS = { type: "passphrase", state: { salt: "v1:AAAA:v1:BBBB:CCCC" } };

/** An export. */
export function exported(slots: Readonly<Record<string, string>> = SLOTS, id = "41") {
  const outputs = {
    slots: secret(slots),
    deployed: 'json {"domain":"example.com","generation":3}',
  };
  const own = `${URN}::tls:index/privateKey:PrivateKey::host-key`;
  return {
    version: 3,
    deployment: {
      secrets_providers: PROVIDERS,
      resources: [
        { urn: `${URN}::pulumi:pulumi:Stack::mailstead-good`, type: "pulumi:pulumi:Stack", outputs },
        { urn: own, type: "tls:index/privateKey:PrivateKey", id, protect: true },
      ],
      pending_operations: [
        { type: "creating", resource: { urn: `${URN}::hcloud:index/server:Server::server`, type: "x" } },
      ],
    },
  };
}

/** A bundle. */
export function bundleWith(changes: Partial<RecoveryBundle> = {}): RecoveryBundle {
  const text = writeBundle({
    ...{
      created: "2026-01-02T03:04:05.000Z",
      stack: "good",
      project: "mailstead",
      versions: { mailstead: "0.1.0" },
    },
    configuration: { text: "config:\n  mailstead:domain: example.com\n", secrets: {} },
    state: withoutProvider(exported()),
  });
  return { ...readBundle(text), ...changes };
}
