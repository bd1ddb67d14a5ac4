/** What has to be the same after a disaster: every message by its hash, and the account at the certificate authority. */
import { expect } from "vitest";
import { hashMailbox, type OwnMailbox } from "./people.ts";
import { onHost } from "./sandbox.ts";

export interface Kept {
  readonly mailboxes: readonly OwnMailbox[];
  /** Of each mailbox, in their order. */
  readonly hashes: readonly (readonly string[])[];
  /** Of the account's key at the certificate authority. */
  readonly acmeAccount: string;
}

const ACCOUNT = "cat /etc/letsencrypt/accounts/*/directory/*/private_key.json | sha256sum\n";

export async function keep(mailboxes: readonly OwnMailbox[]): Promise<Kept> {
  const hashes = await Promise.all(mailboxes.map(hashMailbox));
  return { mailboxes, hashes, acmeAccount: await onHost(ACCOUNT) };
}

/** Fails unless every message that was there is there, read with the password of then. More may have come. */
export async function expectKept({ mailboxes, hashes, acmeAccount }: Kept): Promise<void> {
  const now = await Promise.all(mailboxes.map(hashMailbox));
  const missing = hashes.map((ofOne, at) => ofOne.filter((hash) => now[at]?.includes(hash) !== true).length);
  expect(missing).toEqual(mailboxes.map(() => 0));
  expect(await onHost(ACCOUNT)).toBe(acmeAccount);
}
