/**
 * The guide's «Everything is gone», and «In a new account». Proves: with everything deleted, at the vendor of the server and in the zone,
 * with state, configuration and keys lost as well, and with the vendor's account too, the recovery bundle and the bucket alone
 * bring the mail server back in another project, as the next generation: what is printed on the way is what has to be typed; mail,
 * passwords, DKIM keys, host key and the account at the certificate authority are as in the last snapshot, and only the addresses are
 * new. The life goes on in that project.
 * Cannot: prove it over a new account's own limits, nor over a new zone at the DNS provider (takeBack.long.test.ts has that).
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { unwell } from "../../support/host.ts";
import { beforeNewServer, server, servers } from "../../support/newServer.ts";
import {
  arrivedMail,
  letCachesExpire,
  ownMailbox,
  ownMailboxes,
  refusedForGood,
  sendFromOutside,
} from "../../support/people.ts";
import {
  checkout,
  DOMAIN,
  expectEmptyPreview,
  expectNoDrift,
  onHost,
  outputs,
  pulumi,
  setConfig,
  STACK,
  succeed,
  up,
  waitFor,
} from "../../support/sandbox.ts";
import { labelled } from "../../support/small.ts";
import { cloudflare, hetzner, moveToOtherProject, recordsAt, recordsPath } from "../../support/vendors.ts";
import { expectKept, keep } from "../../support/kept.ts";
import { setBackups } from "../../support/setBackups.ts";

const bundle = join(checkout, "everything.age");
const passphrase = join(checkout, "everything.passphrase");

const mailstead = (...args: readonly string[]): Promise<string> =>
  succeed(["node", "cli/mailstead.js", ...args], { cwd: checkout });

/** Answers that a new address does not change. */
const dkimAnswers = (): Promise<string> =>
  succeed([
    "dig",
    "+short",
    "@203.0.113.3",
    `default._domainkey.${DOMAIN}`,
    "TXT",
    `_dmarc.${DOMAIN}`,
    "TXT",
  ]);

/** Deletes all that the stack has at the vendors, and every record of the zone. */
async function deleteEverything(): Promise<void> {
  for (const { id } of await servers()) await hetzner(`servers/${String(id)}`, "DELETE");
  await waitFor("the server to be gone", 30, async () => (await servers()).length === 0);
  for (const { text, id } of await labelled(STACK)) {
    const [kind = ""] = text.split(" ");
    // The vendor refuses to delete what is protected, also at its web page: there one takes that away first.
    if (["primary_ips", "volumes"].includes(kind))
      await hetzner(`${kind}/${id}/actions/change_protection`, "POST", { delete: false });
    await hetzner(`${kind}/${id}`, "DELETE");
  }
  const path = await recordsPath(DOMAIN);
  for (const line of await recordsAt("cloudflare", DOMAIN))
    await cloudflare(`${path}/${(JSON.parse(line) as { id: string }).id}`, "DELETE");
}

/** Gives the stack the token of another project, and makes its server one of the next generation, as the guide says. */
async function giveNewAccount(): Promise<void> {
  const input = readFileSync(moveToOtherProject(), "utf8");
  await succeed(["pulumi", "config", "set", "--secret", "hcloud:token", "--stack", STACK], {
    ...{ cwd: checkout, input },
  });
  const generation = Number((await pulumi(["config", "get", "mailstead:generation"])).stdout);
  expect(generation).toBeGreaterThan(0);
  await setConfig("mailstead:generation", String(generation + 1));
}

const WHOLE_UP = ["up", "--refresh", "--run-program", "--yes", "--skip-preview"];

/** What the refused run says is to be typed, where it names a key of the configuration. */
function cureOf(printed: string): readonly string[] {
  const [, words = ""] = /pulumi (config set --path mailstead:\S*lost\w+ [^\s,]+)/.exec(printed) ?? [];
  return words === "" ? [] : words.split(" ");
}

/** Runs the engine, and types what it asks for until it goes through. Returns what was typed, by key, and the last run. */
async function followAdvice(): Promise<{ readonly keys: readonly string[]; readonly printed: string }> {
  const keys: string[] = [];
  for (;;) {
    const { code, stdout } = await pulumi(WHOLE_UP);
    if (code === 0) return { keys, printed: stdout };
    console.log(stdout.slice(stdout.indexOf("Diagnostics:"), stdout.indexOf("Outputs:")));
    const words = cureOf(stdout);
    const [, , , key = "", value = ""] = words;
    expect([key, value]).not.toContain("");
    // The same advice again would be none.
    expect(keys).not.toContain(key);
    await succeed(["pulumi", ...words, "--stack", STACK], { cwd: checkout });
    keys.push(key);
  }
}

test("everything is deleted everywhere, and the account lost: bundle and bucket alone bring it back in a new one", async () => {
  const { addresses } = outputs();
  const before = await beforeNewServer("bob");
  const kept = await keep(await ownMailboxes());
  const [dkim, hostKey] = [await dkimAnswers(), await onHost("cat /etc/ssh/ssh_host_ed25519_key.pub\n")];
  await setBackups();
  await up();
  await mailstead("backup", "--stack", STACK);
  writeFileSync(passphrase, "six words that nobody else would think of\n", { mode: 0o600 });
  await mailstead("bundle", "create", bundle, "--passphrase-file", passphrase, "--stack", STACK);
  await deleteEverything();
  expect((await pulumi(["stack", "rm", "--force", "--yes"])).code).toBe(0);
  for (const path of [`Pulumi.${STACK}.yaml`, join(".mailstead", STACK)])
    rmSync(join(checkout, path), { recursive: true, force: true });

  console.log(await mailstead("bundle", "restore", bundle, "--passphrase-file", passphrase));
  await giveNewAccount();
  expect(await labelled(STACK)).toEqual([]);
  const { keys, printed } = await followAdvice();
  console.log(printed.split("\n").slice(-14).join("\n"));
  // One after the other: of an account that has not the address nothing else is to be believed.
  expect(keys).toEqual(["mailstead:server.lostAddress", "mailstead:data.lostVolume"]);
  expect(printed).toContain("every file is as it was");
  expect(await unwell()).toEqual([]);
  expect((await server()).status).toBe("running");
  expect(outputs().addresses).not.toEqual(addresses);
  expect([await dkimAnswers(), await onHost("cat /etc/ssh/ssh_host_ed25519_key.pub\n")]).toEqual([
    dkim,
    hostKey,
  ]);
  await letCachesExpire();
  await expectKept(kept);
  expect(await ownMailbox("bob")).toEqual(before.mailbox);
  await expectNoDrift();
  await sendFromOutside(before.mailbox.address, "after everything");
  await arrivedMail(before.mailbox, "after everything", 120);
  expect(await refusedForGood()).toEqual([]);
  await expectEmptyPreview();
});
