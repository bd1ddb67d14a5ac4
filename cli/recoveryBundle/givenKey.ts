/** For whom a bundle is locked and by what it is opened: from options, the environment or a terminal. Never an argument's text. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { askSecret } from "../output/askSecret.ts";
import { CommandError } from "../output/terminal.ts";
import { isIdentity, keyKind, refuseRecipient, type Key, type Lock } from "./lock.ts";

/** Holds the passphrase of a bundle, which is not that of the stack. */
export const PASSPHRASE_VARIABLE = "MAILSTEAD_BUNDLE_PASSPHRASE";

/** A bundle opens everything and may be stolen to be tried in peace. */
const LEAST_CHARACTERS = 12;

export interface KeyOptions {
  readonly passphraseFile?: string | undefined;
  readonly recipient?: readonly string[] | undefined;
  readonly identity?: readonly string[] | undefined;
}

/** A passphrase that nobody has to be asked for. */
function givenPassphrase({ passphraseFile }: KeyOptions): string | undefined {
  if (passphraseFile === undefined) return process.env[PASSPHRASE_VARIABLE];
  return readFileSync(passphraseFile, "utf8").replace(/\r?\n$/, "");
}

type Ask = (question: string) => Promise<string>;

async function askTwice(ask: Ask): Promise<string> {
  const passphrase = await ask("Passphrase for the bundle");
  if (!process.stdin.isTTY || (await ask("The same again")) === passphrase) return passphrase;
  throw new CommandError("the two passphrases are not the same", "run it again", 2);
}

/**
 * For whom a new bundle is locked.
 *
 * @param ask who asks for a passphrase that no option and no variable gives; twice on a terminal.
 * @throws CommandError for no recipient, a passphrase that is too short, or both ways at once
 */
export async function readLock(options: KeyOptions, ask: Ask = askSecret): Promise<Lock> {
  const { recipient: recipients = [], passphraseFile } = options;
  if (recipients.length > 0) {
    if (passphraseFile !== undefined)
      throw new CommandError("age locks by recipients or by a passphrase", "take one of the two", 2);
    for (const one of recipients) {
      const fault = refuseRecipient(one);
      if (fault !== undefined) throw new CommandError(`${one} ${fault}`, "--recipient age1…", 2);
    }
    return { recipients };
  }
  const passphrase = givenPassphrase(options) ?? (await askTwice(ask));
  if (passphrase.length >= LEAST_CHARACTERS) return { passphrase };
  throw new CommandError(
    `the passphrase has less than ${String(LEAST_CHARACTERS)} characters, and a bundle opens everything`,
    "take five or more words at random, and keep them apart from the bundle",
    2,
  );
}

/** Identities of a file as `age-keygen` writes it. @throws CommandError for a line that is none */
function readIdentities(file: string): string[] {
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  return lines.flatMap((line, index) => {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) return [];
    if (isIdentity(text)) return [text];
    const what = `${file}:${String(index + 1)} is no identity of age`;
    throw new CommandError(what, "name a file that `age-keygen` wrote: AGE-SECRET-KEY-…", 2);
  });
}

/**
 * What opens a bundle that is there.
 *
 * @throws CommandError for a file that is none of age, and where what is given cannot open it
 */
export async function readKey(
  file: string,
  bytes: Uint8Array,
  options: KeyOptions,
  ask: Ask = askSecret,
): Promise<Key> {
  const kind = keyKind(bytes);
  if (kind === undefined)
    throw new CommandError(`${file} is not encrypted by age`, "name a file that `bundle create` wrote", 2);
  const { identity: files = [], passphraseFile } = options;
  if (kind === "passphrase") {
    if (files.length > 0)
      throw new CommandError(
        `${file} is locked by a passphrase, not for recipients`,
        "leave --identity out",
        2,
      );
    return { passphrase: givenPassphrase(options) ?? (await ask("Passphrase of the bundle")) };
  }
  if (files.length === 0 || passphraseFile !== undefined)
    throw new CommandError(
      `${file} is locked for recipients`,
      "--identity FILE, as `age-keygen` wrote it",
      2,
    );
  return { identities: files.flatMap(readIdentities) };
}
