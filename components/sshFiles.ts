/**
 * Files that `ssh` needs on the operator's machine: the deploy key and the pinned host key.
 *
 * They are written anew from the state whenever their values are known, so a second clone has them as well.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Paths as they are handed to `ssh`, relative to the project like the directory they were made in. */
export interface SshFiles {
  readonly keyFile: string;
  readonly knownHosts: string;
}

/** What goes into the files. */
export interface SshFileContents {
  /** OpenSSH private key text. */
  readonly deployKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostPublicKey: string;
  /** Every address of the server; known_hosts has one line for each. */
  readonly addresses: readonly string[];
}

/** Directory of a stack's files, relative to the project. Ignored by git. */
export function sshDirectory(stack: string): string {
  return join(".mailstead", stack);
}

/** The paths alone, without writing. */
export function sshFilePaths(directory: string): SshFiles {
  return { keyFile: join(directory, "deploy_key"), knownHosts: join(directory, "known_hosts") };
}

/**
 * Options of `ssh` that trust the one pinned host key and offer the one key, for Docker and for the command alike. Each
 * item is one argument. Nothing of the user's own `ssh_config` counts.
 */
export function sshOptions(files: SshFiles): string[] {
  const settings = [
    "IdentitiesOnly=yes",
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=10",
    // A host that goes down says no farewell: without these ssh waits for it for good (15 seconds).
    "ServerAliveInterval=5",
    "ServerAliveCountMax=3",
    `UserKnownHostsFile=${files.knownHosts}`,
    "GlobalKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
  ];
  return ["-F", "/dev/null", "-i", files.keyFile, ...settings.flatMap((setting) => ["-o", setting])];
}

/**
 * Writes both files, each in one piece: a reader sees the old text or the new one.
 *
 * Files that are right already stay untouched. The directory is 0700, the key 0600 (`ssh` refuses wider ones).
 */
export function writeSshFiles(directory: string, contents: SshFileContents): SshFiles {
  const files = sshFilePaths(directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const hostKey = contents.hostPublicKey.trim();
  const hosts = contents.addresses.map((address) => `${address} ${hostKey}\n`).join("");
  writeWhole(files.keyFile, `${contents.deployKey.trimEnd()}\n`, 0o600);
  writeWhole(files.knownHosts, hosts, 0o644);
  return files;
}

function writeWhole(path: string, text: string, mode: number): void {
  if (isSame(path, text, mode)) return;
  const draft = `${path}.${String(process.pid)}`;
  try {
    writeFileSync(draft, text, { mode, flag: "wx" });
    chmodSync(draft, mode);
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

function isSame(path: string, text: string, mode: number): boolean {
  try {
    return (statSync(path).mode & 0o777) === mode && readFileSync(path, "utf8") === text;
  } catch {
    return false;
  }
}
