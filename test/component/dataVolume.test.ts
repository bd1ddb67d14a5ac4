/**
 * Proves: the volume belongs to the identity and is protected with it; server, attachment and all that is on the host follow it
 * in the order that loses nothing; another server or volume writes the host's files anew; what lets go of the data is no
 * command of the host's plugin, and goes before its successor is made. With `data.kind: disk` and backups the same is done to the
 * disk, and a server that answers does not go without its last backup; without backups there is none of it.
 * Cannot prove: what the vendor's plugin makes of it, or that data survive; the sandbox's lives do.
 */
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { BACKUP_VALUES } from "../../stack/data/backups.ts";
import { planData } from "../../stack/data/planData.ts";
import { configOf } from "../unit/stack/support/planOf.ts";
import { rawWith } from "../unit/stack/support/validRaw.ts";
import { declareSmall, ZONE_ID } from "./support/declareSmall.ts";
import { find, ofType } from "./support/find.ts";
import { smallPlan } from "./support/smallPlan.ts";

const run = await declareSmall({}, planData(configOf(rawWith({ generation: 3 })), []));

test("the volume is of the identity, and says neither format nor server", () => {
  expect(run.errors).toEqual([]);
  const volume = find(run, "Volume", "data-volume");
  expect([volume.parent, volume.protect]).toEqual(["mailstead:components:Identity::identity", true]);
  expect(volume.inputs).toEqual({
    name: "mailstead-test-data",
    size: 20,
    location: "nbg1",
    labels: { mailstead: "test" },
  });
});

test("the server is made after it, and the attachment is replaced like everything that is on one server only", () => {
  expect(find(run, "Server", "server").dependsOn).toContain("data-volume");
  const attachment = find(run, "VolumeAttachment", "data-attachment");
  expect(attachment.inputs).toEqual({ volumeId: 7001, serverId: 6001, automount: false });
  expect([attachment.deleteBeforeReplace, attachment.protect]).toEqual([true, false]);
});

test("nothing is written to the host before the data are in their place, and images come meanwhile", () => {
  const mount = find(run, "Command", "step-data");
  expect(mount.dependsOn).toEqual(expect.arrayContaining(["ready", "file-data-conf", "shipped-data-files"]));
  expect(find(run, "Command", "directories").dependsOn).toContain("step-data");
  const before = find(run, "RandomBytes", "prepared").dependsOn;
  expect(before).toContain("directories");
  const images = ofType(run, "RemoteImage");
  expect(images.length).toBeGreaterThan(1);
  for (const { name, dependsOn } of images) {
    expect([dependsOn.includes("ready"), dependsOn.includes("step-data")]).toEqual([true, false]);
    expect(before).toContain(name);
  }
});

test("another volume writes all anew, as another server does", () => {
  const remote = ofType(run, "Command").filter(({ type }) => type === "command:remote:Command");
  expect(remote.length).toBeGreaterThan(5);
  for (const { name, inputs } of remote)
    expect((inputs["triggers"] as unknown[]).slice(0, 2), name).toEqual(["6001", "7001"]);
});

test("what lets go of the data does nothing to another server at the same address", () => {
  const { inputs, dependsOn } = find(run, "Command", "release");
  expect(dependsOn).toContain("ready");
  expect(inputs["delete"]).toMatch(
    /\[ "booted \$\(cat \/var\/lib\/mailstead\/booted\)" != .* \] \|\| timeout /,
  );
});

test("what lets go of the data names its generation, goes first, and is no fault where nobody answers", () => {
  const release = find(run, "Command", "release");
  expect([release.type, release.deleteBeforeReplace, release.deletedWith]).toEqual([
    "command:local:Command",
    true,
    "",
  ]);
  expect(release.inputs).toMatchObject({ create: "true", triggers: ["6001", "7001"] });
  expect(release.inputs["delete"]).toMatch(
    /^'ssh' .*'root@203\.0\.113\.10' .*data\.sh release 3' <\/dev\/null \|\| \{ echo /,
  );
});

const BACKUPS = {
  ...{ endpoint: "s3.example.net", bucket: "mail" },
  ...{ accessKeyId: "AN0ACCESS0KEY", secretAccessKey: "a-secret-of-the-bucket" },
};

async function declareDisk(changes: Record<string, unknown>) {
  const config = configOf(rawWith({ "data.kind": "disk", ...changes }));
  const generated = [...smallPlan().generated, ...BACKUP_VALUES];
  const secret = (text = ""): pulumi.Output<string> => pulumi.secret(text);
  const given = {
    dnsApiToken: secret("token"),
    backupAccessKeyId: secret(config.backups?.accessKeyId),
    backupSecretAccessKey: secret(config.backups?.secretAccessKey),
  };
  const plan = planData(config, []);
  const declared = await declareSmall({}, { ...plan, generated }, { zoneId: ZONE_ID, given });
  expect(declared.errors).toEqual([]);
  return declared;
}

test("a disk is filled from the backups before anything is written, and its server goes after its last backup", async () => {
  const disk = await declareDisk({ backups: BACKUPS, generation: 3 });
  expect(disk.registrations.filter(({ type }) => /[vV]olume/.test(type))).toEqual([]);
  expect(find(disk, "Command", "step-data").dependsOn).toEqual(
    expect.arrayContaining(["file-data-conf", "shipped-data-files", "file-backup-secrets"]),
  );
  expect(find(disk, "Command", "directories").dependsOn).toContain("step-data");
  const release = find(disk, "Command", "release").inputs;
  expect(release["triggers"]).toEqual(["6001"]);
  // A failure of a host that answers stops the engine; what `ssh` itself ends with does not.
  expect(release["delete"]).toMatch(/data\.sh release 3' <\/dev\/null \|\| \{ \[ \$\? -eq 255 \] && echo /);
  const given = await declareDisk({ backups: BACKUPS, "server.disposable": true });
  expect(find(given, "Command", "release").inputs["delete"]).not.toContain("255");
});

test("on the disk, without backups, there is none of it", async () => {
  const disk = await declareDisk({});
  const kinds = disk.registrations.map(({ type }) => type);
  expect(kinds.filter((type) => /[vV]olume|command:local/.test(type))).toEqual([]);
  expect(find(disk, "Command", "directories").inputs["triggers"]).toEqual(["6001"]);
});
