/**
 * Proves: with a token of another Hetzner project every command, and the program itself in each of its runs, stops with
 * the reason, and nothing is changed in the state and in both projects. After a `pulumi refresh`, which runs no program
 * and cannot be stopped, and with an old copy of the state, `preflight --fix` takes the running server back, with the same
 * containers on it, and the next `up` has nothing to do. A DNS token that does not see the zone stops the program too,
 * and what a refresh with it forgot is taken back under the same ids. A teardown for a while leaves a protected server
 * its containers, as `teardown` says beforehand. With backups of its disk it is protected no more: a new generation, and a server
 * in place of one that was deleted at the vendor, begin with the last one. `rebuild` stops at edits that have nothing to do with the loss.
 * Cannot: prove in which words the real vendors refuse; one that answered 403 instead of 404 would make nothing forgotten.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor, type Ended } from "../../support/sandbox.ts";
import {
  atVendors,
  changesByOther,
  DOMAIN,
  endSmall,
  expectHealthy,
  logEnd,
  mailstead,
  mailsteadAsOther,
  makeSmall,
  mustSucceed,
  onSmall,
  orphans,
  sandboxConfig,
  small,
  smallAddresses,
  smallAsOther,
  upSmall,
} from "../../support/small.ts";
import { BUCKET_CONFIG, bucketSecrets } from "../../support/setBackups.ts";
import { hetzner } from "../../support/vendors.ts";

const QUIETLY = ["--yes", "--skip-preview"];

/** As people have it: nothing may be lost. */
function keptConfig(): object {
  const config = sandboxConfig(DOMAIN) as Record<string, object | string>;
  const server = { ...(config["mailstead:server"] as object), disposable: false };
  return { ...config, "mailstead:server": server, "mailstead:protect": "true" };
}

/** The state but for ciphertexts, which are others in each export. */
async function state(): Promise<unknown> {
  const exported = mustSucceed(await small(["stack", "export"]));
  const { deployment } = JSON.parse(exported.replaceAll(/"ciphertext": "[^"]*"/g, '"ciphertext": ""')) as {
    deployment: { resources: unknown; pending_operations?: unknown };
  };
  return { resources: deployment.resources, pending: deployment.pending_operations };
}

const ids = async (): Promise<string[]> => (await atVendors()).map(({ id, text }) => `${text} ${id}`).sort();

/** Ids of the containers: who was restarted anew has another one. */
async function containers(): Promise<string> {
  return onSmall("docker ps --no-trunc --format '{{.ID}}'");
}

function refused({ code, stdout, stderr }: Ended, reason: RegExp): void {
  const said = `${stdout}${stderr}`;
  console.log(said.slice(-1500));
  expect(code).not.toBe(0);
  expect(said).toMatch(reason);
}

async function expectWhole(before: string[]): Promise<void> {
  expect(await ids()).toEqual(before);
  expect(await orphans()).toEqual([]);
  console.log(await expectHealthy());
  mustSucceed(await small(["preview", "--expect-no-changes", "--diff"]));
}

let address = "";
/** The state, of a server before. */
let copy = "";

const OTHER_PROJECT = (): RegExp =>
  new RegExp(`HCLOUD_TOKEN: the Hetzner project .* does not have this stack's address \\(${address}\\)`);

beforeAll(async () => {
  await makeSmall(keptConfig());
  await upSmall();
  address = smallAddresses().ipv4;
});
afterAll(async () => {
  await small(["config", "set", "mailstead:protect", "false"]);
  await small(["config", "set", "--path", "mailstead:server.disposable", "true"]);
  await small(["up", ...QUIETLY]);
  await endSmall();
  expect(await atVendors()).toEqual([]);
});

test("another project's token: every command and every run stops, and nothing is changed anywhere", async () => {
  const [before, there, since] = [await state(), await ids(), logEnd()];
  mustSucceed(
    await small(["config", "set", "--path", "mailstead:server.adminNetworks[2]", "198.51.100.0/24"]),
  );
  for (const run of [
    ["preview"],
    ["up", ...QUIETLY],
    ["up", "--refresh", "--run-program", ...QUIETLY],
    ["refresh", "--run-program", ...QUIETLY],
    ["destroy", "--exclude-protected", "--run-program", ...QUIETLY],
  ])
    refused(await smallAsOther("hetzner", run), OTHER_PROJECT());
  for (const command of [["preflight"], ["preflight", "--fix", "--yes"], ["import"], ["rebuild"]] as const)
    refused(await mailsteadAsOther("hetzner", command), OTHER_PROJECT());
  expect(changesByOther(since)).toEqual([]);
  expect(await ids()).toEqual(there);
  expect(await state()).toEqual(before);
  mustSucceed(await small(["config", "rm", "--path", "mailstead:server.adminNetworks[2]"]));
});

test("a teardown for a while keeps the containers of a protected server, and `teardown` says so", async () => {
  const [there, running, before] = [await ids(), await containers(), await state()];
  const said = mustSucceed(await mailstead(["teardown"]));
  console.log(said);
  expect(await state()).toEqual(before);
  expect(said).toMatch(
    /stays:[\s\S]* 1 server: server\n[\s\S]* 2 containers: mongodb, redis\n[\s\S]*goes:\n {2}nothing/,
  );
  expect(said).toMatch(/billed on: server mx\.example\.net \(cx23\), \d+\.\d\d a month/);
  expect(said).toContain("pulumi config set --path mailstead:server.disposable true");
  const destroyed = await small(["destroy", "--exclude-protected", "--run-program", ...QUIETLY]);
  console.log(destroyed.stdout.slice(-1500));
  expect(await containers()).toBe(running);
  await upSmall();
  expect(await containers()).toBe(running);
  await expectWhole(there);
});

test("a refresh with it forgets the server: it is taken back as it runs", async () => {
  const [there, running, since] = [await ids(), await containers(), logEnd()];
  mustSucceed(await smallAsOther("hetzner", ["refresh", ...QUIETLY]));
  expect((await orphans()).map((text) => text.split(" ")[0]).sort()).toEqual([
    "firewalls",
    "primary_ips",
    "primary_ips",
    "servers",
    "ssh_keys",
  ]);
  // Its names are taken: the vendor refuses.
  expect((await small(["up", ...QUIETLY])).code).not.toBe(0);
  // The outputs are gone with that run, and it is known all the same whose the project is.
  refused(await smallAsOther("hetzner", ["up", ...QUIETLY]), OTHER_PROJECT());
  refused(await mailsteadAsOther("hetzner", ["preflight", "--fix", "--yes"]), OTHER_PROJECT());
  expect(changesByOther(since)).toEqual([]);

  const looked = await mailstead(["preflight"]);
  console.log(looked.stdout);
  expect(looked.stdout).toMatch(/orphan server mx\.example\.net .*\n.*take it into the state/);
  expect(looked.stdout).not.toMatch(/delete it/);
  const fixed = await mailstead(["preflight", "--fix", "--yes"]);
  console.log(fixed.stdout + fixed.stderr);
  expect(fixed.code).toBe(0);
  const printed = await upSmall();
  console.log(printed.slice(-1500));
  expect(printed).not.toMatch(/hcloud:index:Server server (creat|replac|delet)\w+ /);
  expect(await containers()).toBe(running);
  await expectWhole(there);
});

/** Something that only this server has. */
const KEPT = "/root/forwardemail.net/self-hosting/sqlite-data/kept";

async function setBackups(): Promise<void> {
  for (const [key, value] of Object.entries(BUCKET_CONFIG))
    mustSucceed(await small(["config", "set", "--path", key, value]));
  for (const [key, value] of bucketSecrets())
    mustSucceed(await small(["config", "set", "--secret", "--path", key], [], value));
}

test("with backups of the disk a new generation begins with the last one of the old server, and nothing of it is held", async () => {
  await setBackups();
  await upSmall();
  copy = mustSucceed(await small(["stack", "export"]));
  await onSmall(`echo "of generation 1" >${KEPT}`);
  mustSucceed(await small(["config", "set", "mailstead:generation", "2"]));
  const preview = await small(["preview"]);
  expect(preview.stdout + preview.stderr).toContain("Generation 2 begins with the backups");
  const printed = await upSmall();
  console.log(printed.slice(-3000));
  expect(printed).toContain("every file is as it was");
  expect(await onSmall(`cat ${KEPT}; ls /mnt/mailstead/queue-hold`)).toBe("of generation 1\n");
});

test("an old copy of the state: the server that it does not know is taken in", async () => {
  const there = await ids();
  mustSucceed(await small(["stack", "import"], ["--non-interactive"], copy));
  const fixed = await mailstead(["preflight", "--fix", "--yes"]);
  console.log(fixed.stdout + fixed.stderr);
  expect(fixed.code).toBe(0);
  expect(fixed.stdout).toMatch(/done: server mx\.example\.net/);
  // That copy does not know its containers either; what they wrote is in folders of the host.
  expect(fixed.stdout.match(/done: container /g)).toHaveLength(2);
  await upSmall();
  expect((await ids()).filter((text) => text.startsWith("servers "))).toEqual(
    there.filter((text) => text.startsWith("servers ")),
  );
  await expectWhole(there);
});

test("a DNS token that does not see the zone: the program stops; what a refresh forgot comes back", async () => {
  const [there, since] = [await ids(), logEnd()];
  for (const run of [["preview"], ["up", ...QUIETLY], ["up", "--refresh", "--run-program", ...QUIETLY]])
    refused(
      await smallAsOther("cloudflare", run),
      /Cloudflare did not show the zone example\.net[\s\S]*Next step: /,
    );
  refused(await mailsteadAsOther("cloudflare", ["preflight"]), /the token sees no zone example\.net/);
  refused(await mailsteadAsOther("cloudflare", ["import"]), /the token sees no zone example\.net/);
  expect(changesByOther(since)).toEqual([]);
  mustSucceed(await smallAsOther("cloudflare", ["refresh", ...QUIETLY]));
  expect((await orphans()).length).toBe(2);
  const fixed = await mailstead(["preflight", "--fix", "--yes"]);
  console.log(fixed.stdout + fixed.stderr);
  expect(fixed.code).toBe(0);
  await upSmall();
  await expectWhole(there);
});

test("rebuild shows edits that have nothing to do with the loss, and stops until they are wanted or gone", async () => {
  refused(
    await mailstead(["rebuild"]),
    /mx\.example\.net \(\d+\) is at Hetzner, so there is nothing to rebuild/,
  );
  const [server] = (await atVendors()).filter(({ text }) => text.startsWith("servers "));
  await hetzner(`servers/${server?.id ?? ""}`, "DELETE");
  await waitFor("the server to be gone", 30, async () =>
    (await atVendors()).every(({ text }) => !text.startsWith("servers ")),
  );
  mustSucceed(
    await small(["config", "set", "--path", "mailstead:server.adminNetworks[2]", "198.51.100.0/24"]),
  );
  mustSucceed(await small(["config", "set", "--path", "mailstead:server.swapMib", "64"]));
  const [before, there] = [await state(), await ids()];
  const stopped = await mailstead(["rebuild"]);
  refused(stopped, /nothing was changed[\s\S]*--with-edits/);
  expect(stopped.stdout).toMatch(/update Firewall firewall \(.*rules.*\)/i);
  expect(stopped.stdout).toContain("first-boot user-data (it changed)");
  expect(await state()).toEqual(before);
  expect(await ids()).toEqual(there);
  mustSucceed(await small(["config", "rm", "--path", "mailstead:server.adminNetworks[2]"]));
  mustSucceed(await small(["config", "set", "--path", "mailstead:server.swapMib", "0"]));
  // As a rebuild leaves it that was killed after the refresh.
  const [urn = ""] = /urn:[^"\s]+::server(?=")/.exec(JSON.stringify(before)) ?? [];
  mustSucceed(await small(["refresh", "--run-program", "--target", urn, ...QUIETLY]));
  const rebuilt = await mailstead(["rebuild"]);
  console.log(rebuilt.stdout.slice(-1500) + rebuilt.stderr);
  expect(rebuilt.code).toBe(0);
  await expectWhole(await ids());
  expect(await onSmall(`cat ${KEPT}`)).toBe("of generation 1\n");
});
