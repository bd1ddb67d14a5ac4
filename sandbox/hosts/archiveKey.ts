/** The key which signs the sandbox's Debian archive, in place of Debian's own. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../process/command.ts";

export interface ArchiveKey {
  /** GnuPG home with the private key; one a cache. */
  readonly gnupgHome: string;
  /** Binary export, as `debian-archive-keyring.pgp` has it. */
  readonly publicKeyFile: string;
  /** 40 hexadecimal digits. */
  readonly fingerprint: string;
}

/** Runs gpg in a home of its own, and lets no agent outlive it. */
export async function gpg(home: string, args: readonly string[]): Promise<string> {
  try {
    return await run("gpg", ["--homedir", home, "--batch", "--no-tty", "--quiet", ...args]);
  } finally {
    await run("gpgconf", ["--homedir", home, "--kill", "all"]);
  }
}

/** Makes the signing key when the cache has none. */
export async function ensureArchiveKey(cacheDir: string): Promise<ArchiveKey> {
  const folder = join(cacheDir, "archive-key");
  if (!existsSync(folder)) await makeKey(folder);
  return {
    gnupgHome: join(folder, "gnupg"),
    publicKeyFile: join(folder, "key.pgp"),
    fingerprint: (await readFile(join(folder, "fingerprint"), "utf8")).trim(),
  };
}

async function makeKey(folder: string): Promise<void> {
  const fresh = `${folder}.${process.pid}`;
  const home = join(fresh, "gnupg");
  await rm(fresh, { recursive: true, force: true });
  await mkdir(home, { recursive: true, mode: 0o700 });
  const owner = "Sandbox archive <archive@sandbox.test>";
  // ed25519: accepted by the sqv of Debian 13, and quick to make.
  await gpg(home, ["--passphrase", "", "--quick-generate-key", owner, "ed25519", "sign", "never"]);
  await gpg(home, ["--output", join(fresh, "key.pgp"), "--export"]);
  const listing = await gpg(home, ["--with-colons", "--list-keys"]);
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listing)?.[1];
  if (fingerprint === undefined) throw new Error(`gpg lists no key in ${home}`);
  await writeFile(join(fresh, "fingerprint"), `${fingerprint}\n`);
  await rename(fresh, folder);
}
