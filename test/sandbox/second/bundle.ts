/**
 * Proves: state, configuration and SSH files of a whole server are lost, and come back from the recovery bundle alone: nothing is
 * planned anew, neither volume nor addresses, records or keys, nothing has drifted, and the mailbox is read with its password.
 * Cannot: prove it over another account at the vendor, or with the server lost as well; rebuild does that with the state at hand.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { beforeNewServer, expectMail, identity, server } from "../../support/newServer.ts";
import { sendFromOutside } from "../../support/people.ts";
import {
  checkout,
  expectEmptyPreview,
  expectNoDrift,
  pulumi,
  STACK,
  succeed,
} from "../../support/sandbox.ts";

const bundle = join(checkout, "recovery.age");
const passphrase = join(checkout, "recovery.passphrase");

function mailstead(...args: readonly string[]): Promise<string> {
  return succeed(["node", "cli/mailstead.js", ...args], { cwd: checkout });
}

test("state, configuration and keys deleted: the stack comes back from the bundle, and nothing is made anew", async () => {
  const before = await beforeNewServer("bob");
  writeFileSync(passphrase, "six words that nobody else would think of\n", { mode: 0o600 });
  console.log(await mailstead("bundle", "create", bundle, "--passphrase-file", passphrase, "--stack", STACK));
  const removed = await pulumi(["stack", "rm", "--force", "--yes"]);
  expect(removed.code).toBe(0);
  for (const path of [`Pulumi.${STACK}.yaml`, join(".mailstead", STACK)])
    rmSync(join(checkout, path), { recursive: true, force: true });
  expect((await pulumi(["stack", "export"])).code).not.toBe(0);

  console.log(await mailstead("bundle", "restore", bundle, "--passphrase-file", passphrase));
  expect(existsSync(join(checkout, `Pulumi.${STACK}.yaml`))).toBe(true);
  await expectEmptyPreview();
  await expectNoDrift();
  expect((await server()).id).toBe(before.server.id);
  expect(await identity()).toEqual(before.identity);
  await sendFromOutside(before.mailbox.address, "after the bundle");
  await expectMail(before, "after the bundle");
});
