/** Ed25519 keys in OpenSSH's format. */
import type { utils } from "ssh2";

/** Tries for one key; ssh2 1.17 writes about one in 170 so that nobody can read it, itself included. */
const TRIES = 10;

/** A pair that can be read. @param ssh2 `utils` of the package, which its users load when they need it. */
export function ed25519Pair(ssh2: typeof utils): { readonly private: string; readonly public: string } {
  for (let tries = 0; tries < TRIES; tries++) {
    const made = ssh2.generateKeyPairSync("ed25519");
    if (!(ssh2.parseKey(made.private) instanceof Error)) return made;
  }
  throw new Error(`no readable Ed25519 key in ${String(TRIES)} tries`);
}
