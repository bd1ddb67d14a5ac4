/** Locks and opens a bundle, by age (https://age-encryption.org/v1). */
import {
  Decrypter,
  Encrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from "age-encryption";
import { CommandError } from "../output/terminal.ts";

/** For whom a bundle is locked. */
export type Lock = { readonly passphrase: string } | { readonly recipients: readonly string[] };

/** What opens a bundle. */
export type Key = { readonly passphrase: string } | { readonly identities: readonly string[] };

/** What a locked file is opened by, from its first lines; undefined for a file that is none of age. */
export function keyKind(bytes: Uint8Array): "passphrase" | "identity" | undefined {
  const head = Buffer.from(bytes.subarray(0, 100)).toString("latin1");
  if (!head.startsWith("age-encryption.org/v1\n")) return undefined;
  return /^.*\n-> scrypt /.test(head) ? "passphrase" : "identity";
}

/** Why a text is no recipient; undefined for one. */
export function refuseRecipient(recipient: string): string | undefined {
  try {
    new Encrypter().addRecipient(recipient);
    return undefined;
  } catch {
    return "is no recipient of age: they begin with age1, and `age-keygen` makes one";
  }
}

/** Whether a recipient withstands quantum computers; one that does not, beside it, would undo that. */
function isHybrid(recipient: string): boolean {
  return /^age1(pq|tagpq)1/.test(recipient);
}

/**
 * Locks a text.
 *
 * @param workFactor of scrypt, as power of two; 18 by default, a second of work.
 * @returns the file's bytes, and a key that opens them. Whoever locks for recipients cannot open what is theirs: a
 *   recipient more, whose identity is forgotten with this process, lets it be looked at once.
 */
export async function lock(
  text: string,
  by: Lock,
  workFactor?: number,
): Promise<{ readonly bytes: Uint8Array; readonly key: Key }> {
  const encrypter = new Encrypter();
  if ("passphrase" in by) {
    encrypter.setPassphrase(by.passphrase);
    if (workFactor !== undefined) encrypter.setScryptWorkFactor(workFactor);
    return { bytes: await encrypter.encrypt(text), key: by };
  }
  const own = await (by.recipients.every(isHybrid) ? generateHybridIdentity() : generateX25519Identity());
  for (const recipient of [...by.recipients, await identityToRecipient(own)])
    encrypter.addRecipient(recipient);
  return { bytes: await encrypter.encrypt(text), key: { identities: [own] } };
}

function refused(key: Key): CommandError {
  return "passphrase" in key
    ? new CommandError("the passphrase does not open the bundle", "try again with the one it was made with")
    : new CommandError(
        "the bundle is for other recipients",
        "--identity FILE with the identity of one of them",
      );
}

/**
 * Opens a locked file.
 *
 * @returns its text.
 * @throws CommandError where the key is another one, or the file is damaged: age tells both, and gives out nothing of it
 */
export async function open(bytes: Uint8Array, key: Key): Promise<string> {
  const decrypter = new Decrypter();
  if ("passphrase" in key) decrypter.addPassphrase(key.passphrase);
  else for (const identity of key.identities) decrypter.addIdentity(identity);
  try {
    return await decrypter.decrypt(bytes, "text");
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("no identity matched")) throw refused(key);
    throw new CommandError("the bundle is damaged or cut short", "take another copy of it");
  }
}

/** Whether a text is an identity of age. */
export function isIdentity(text: string): boolean {
  try {
    new Decrypter().addIdentity(text);
    return true;
  } catch {
    return false;
  }
}
