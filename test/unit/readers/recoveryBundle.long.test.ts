/**
 * Proves: age itself opens a bundle, by an identity and by a passphrase, and a bundle that it locked opens here: who has
 * lost everything but the bundle needs no Mailstead to get at it.
 * Cannot prove: the same of age's plugins and of post-quantum recipients, which this age does not know. Needs age, and is
 * left out without it.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lock, open } from "../../../cli/recoveryBundle/lock.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { HAS, makeIdentity, readByAgeOnTerminal, runAge } from "./realReaders.ts";

const TEXT = JSON.stringify({ much: "é".repeat(200_000) });

describe.skipIf(!HAS.age)("a bundle, read by age", () => {
  const folder = temporaryFolder();

  test("locked for two recipients, opens for each", async () => {
    const both = [makeIdentity(), makeIdentity()];
    const { bytes } = await lock(TEXT, { recipients: both.map(({ recipient }) => recipient) });
    for (const [index, { file }] of both.entries()) {
      const path = join(folder, `identity-${String(index)}`);
      writeFileSync(path, file);
      expect(runAge(["--decrypt", "--identity", path], bytes).toString()).toBe(TEXT);
    }
  });

  test("locked by a passphrase, opens on a terminal", async () => {
    const { bytes } = await lock('{"short":"text"}', { passphrase: "one two three" });
    const file = join(folder, "bundle.age");
    writeFileSync(file, bytes);
    expect(readByAgeOnTerminal(file, "one two three")).toContain('{"short":"text"}');
    expect(readByAgeOnTerminal(file, "one two four")).not.toContain("short");
  });

  test("locked by age, opens here", async () => {
    const { identity, recipient } = makeIdentity();
    const bytes = runAge(["--recipient", recipient], Buffer.from(TEXT));
    expect(await open(bytes, { identities: [identity] })).toBe(TEXT);
  });
});
