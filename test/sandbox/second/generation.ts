/**
 * Proves: one plain `up` with a raised generation replaces the server alone; no message from outside is refused for good
 * meanwhile, and token, key and mailbox are there again with the same values; a generation that would lose mail is refused
 * with the reason; changes of first-boot data replace nothing and are named by the preview; while a server is made, no
 * process on this machine or on a host has a secret in its arguments. Servers that are off or gone: certificateMethods.ts.
 * The mail of a server that has it on its disk is moved to a volume by one `up`, and goes along from then on.
 * Cannot: see processes that live below 40 ms.
 */
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { containers } from "../../support/host.ts";
import {
  type Before,
  beforeNewServer,
  expectMail,
  expectSameIdentity,
  identity,
  server,
  whileMailComes,
} from "../../support/newServer.ts";
import { sendFromOutside } from "../../support/people.ts";
import { copyProject } from "../../support/projectCopy.ts";
import { expectKept, keep, type Kept } from "../../support/kept.ts";
import { expectEmptyPreview, onHost, pulumi, setConfig, up } from "../../support/sandbox.ts";
import { stackSecrets, watchArguments } from "../../support/secretSearch.ts";

/** The default, with which this life began. */
const generation = 1;
let before: Before;
let kept: Kept;

beforeAll(async () => {
  before = await beforeNewServer("bob");
});

test("a comment in a first-boot script, a new image and type replace nothing, and the preview names what waits", async () => {
  await setConfig("mailstead:server.type", "cx33");
  await setConfig("mailstead:server.image", "ubuntu-24.04");
  const copy = await copyProject();
  try {
    appendFileSync(join(copy.folder, "cloud-init/files/first-boot.sh"), "# one more comment\n");
    const preview = await pulumi(["preview", "--expect-no-changes"], copy);
    console.log(preview.stdout);
    expect(preview.code).toBe(0);
    for (const word of ["user-data", "cx23 → cx33", "debian-13 → ubuntu-24.04"])
      expect(preview.stdout).toContain(word);
    expect(await up(copy)).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
  } finally {
    rmSync(copy.folder, { recursive: true, force: true });
    await setConfig("mailstead:server.type", "cx23");
    await setConfig("mailstead:server.image", "debian-13");
  }
});

test("with mail at stake the generation is refused with the reason, and nothing is touched", async () => {
  await setConfig("mailstead:server.disposable", "false");
  await up();
  const old = await server();
  const made = await containers();
  await setConfig("mailstead:generation", String(generation + 1));
  const refused = await pulumi(["up", "--yes", "--skip-preview"]);
  console.log(refused.stdout);
  expect(refused.code).not.toBe(0);
  expect(refused.stdout).toContain("the only copy of the mail is on it");
  expect(refused.stdout).toContain("mailstead:server.disposable");
  expect(await server()).toEqual(old);
  expect(await containers()).toEqual(made);
  expect(await identity()).toEqual(before.identity);
  await setConfig("mailstead:generation", String(generation));
});

test("one up moves the mail from the disk to a volume, and only then the generation may be raised", async () => {
  before = await beforeNewServer("bob");
  await sendFromOutside(before.mailbox.address, "to the disk");
  await expectMail(before, "to the disk");
  kept = await keep([before.mailbox]);
  await setConfig("mailstead:data.kind", "volume");
  await setConfig("mailstead:generation", String(generation + 1));
  const refused = await pulumi(["up", "--yes", "--skip-preview"]);
  expect(refused.code).not.toBe(0);
  expect(refused.stdout).toContain("the mail is on the disk of generation 1");
  await setConfig("mailstead:generation", String(generation));
  const printed = await whileMailComes(before, "while the mail is moved", () => up());
  console.log(printed.split("\n").slice(-12).join("\n"));
  expect((await server()).id).toBe(before.server.id);
  expect(
    await onHost("findmnt --noheadings --output FSTYPE --mountpoint /root/forwardemail.net/self-hosting\n"),
  ).toBe("xfs\n");
  expect(await onHost("ls /root/forwardemail.net\n")).toBe("self-hosting\n");
  await expectKept(kept);
  await expectEmptyPreview();
});

test("a raised generation replaces the server in one plain up, and its identity and its mail stay", async () => {
  before = await beforeNewServer("bob");
  await setConfig("mailstead:generation", String(generation + 1));
  const { result, seen, leaks } = await watchArguments(await stackSecrets(), () =>
    whileMailComes(before, "while the server is replaced", () => up()),
  );
  console.log(`${result.split("\n").slice(-9).join("\n")}\n${String(seen.length)} command lines seen`);
  expect(leaks).toEqual([]);
  // On this machine, and on the new host, where files are written, a certificate is ordered and containers are made.
  for (const program of [/^ssh .* docker system dial-stdio$/, /certbot certonly /, /containerd-shim/])
    expect(
      seen.filter((line) => program.test(line)),
      String(program),
    ).not.toEqual([]);
  await expectSameIdentity(before);
  await expectKept(kept);
  await sendFromOutside(before.mailbox.address, "to the new server");
  await expectMail(before, "to the new server");
});
