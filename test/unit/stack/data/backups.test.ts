/**
 * Proves: the section `backups` is read whole or every fault of it told, without a secret in any message; with it the plan
 * has settings, secrets in a file of root's alone, scripts and units, and switches them on; without it, off.
 * Cannot prove: that the scripts work with what the plan writes (backup.long.test.ts).
 */
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import { UNREAD_SECRET } from "../../../../stack/values/field.ts";
import { fill, isSecret } from "../../../../stack/values/slots.ts";
import type { PlannedFile } from "../../../../stack/model/plan.ts";
import { planOf } from "../support/planOf.ts";
import { rawWith } from "../support/validRaw.ts";

const GIVEN = {
  endpoint: "nbg1.your-objectstorage.com",
  bucket: "mail",
  accessKeyId: "AN0ACCESS0KEY",
  secretAccessKey: "a-secret-of-the-bucket",
};

function read(backups: unknown) {
  return parseConfig(rawWith({ backups }));
}

/** Faults by the key below the section, with their rule. */
function faults(backups: unknown): string[] {
  return read(backups).issues.flatMap(({ path, severity, rule }) =>
    severity === "error" ? [`${path.replace("mailstead:backups", "")} ${rule}`] : [],
  );
}

describe("the section", () => {
  test("has defaults", () => {
    expect(read(GIVEN).config?.backups).toEqual({
      ...GIVEN,
      ...{ keepDaily: 7, keepWeekly: 4, keepMonthly: 6, hour: 3 },
      ...{ restore: "newest", restoreOtherRelease: false },
    });
  });

  test("left out there are none", () => {
    expect(read(undefined).config).toBeDefined();
    expect(read(undefined).config?.backups).toBeUndefined();
  });

  test("begun it has to be whole", () => {
    expect(faults({})).toEqual([
      ".endpoint missing",
      ".bucket missing",
      ".accessKeyId missing",
      ".secretAccessKey missing",
    ]);
  });

  test.each([
    ["endpoint", "https://nbg1.your-objectstorage.com/", "nbg1.your-objectstorage.com"],
    ["prefix", "/mail/example.com/", "mail/example.com"],
    ["pingUrl", "https://watch.example.org/ping/1/", "https://watch.example.org/ping/1"],
  ])("%s %s", (key, given, value) => {
    expect(read({ ...GIVEN, [key]: given }).config?.backups).toMatchObject({ [key]: value });
  });

  test.each([
    ["endpoint", "two words"],
    ["bucket", "Mail"],
    ["prefix", "../other"],
    ["region", "a region"],
    ["accessKeyId", "it's-a-secret"],
    ["secretAccessKey", "it's-a-secret"],
    ["pingUrl", "https://watch.example.org/it's-a-secret"],
    ["pingUrl", "http://watch.example.org/ping"],
    ["hour", 24],
    ["keepDaily", 0],
    ["secretkey", "it's-a-secret"],
  ])("%s %s is refused", (key, value) => {
    expect(faults({ ...GIVEN, [key]: value })[0]).toContain(`.${key} `);
    expect(JSON.stringify(read({ ...GIVEN, [key]: value }).issues)).not.toContain("it's-a-secret");
  });

  test("is read also where the secrets are ciphertext", () => {
    const unread = {
      ...GIVEN,
      accessKeyId: UNREAD_SECRET,
      secretAccessKey: UNREAD_SECRET,
      pingUrl: UNREAD_SECRET,
    };
    expect(faults(unread)).toEqual([]);
  });
});

function filesOf(backups: unknown): ReadonlyMap<string, PlannedFile> {
  const { firstFiles, files } = planOf(rawWith({ backups }));
  return new Map([...firstFiles, ...files].map((file) => [file.role, file]));
}

function text(file: PlannedFile | undefined): string {
  if (file === undefined || "asset" in file.content) throw new Error("no text");
  return fill(file.content, (name) => `<${name}>`);
}

describe("the plan", () => {
  test("writes it before anything starts: a volume or a disk may have to be filled", () => {
    const roles = (kind: string) => {
      const { firstFiles, files } = planOf(rawWith({ backups: GIVEN, "data.kind": kind }));
      return [firstFiles, files].map((list) => list.filter(({ role }) => role === "restore-script").length);
    };
    expect([roles("volume"), roles("disk")]).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  test("has no secret but in the file of secrets, which is root's alone", () => {
    const files = filesOf({ ...GIVEN, pingUrl: "https://watch.example.org/ping/1" });
    const secrets = files.get("backup-secrets");
    expect(secrets).toMatchObject({ path: "/etc/mailstead/backup.env", mode: "0600" });
    expect(text(secrets)).toBe(
      "RESTIC_PASSWORD='<backupPassword>'\nAWS_ACCESS_KEY_ID='<backupAccessKeyId>'\n" +
        "AWS_SECRET_ACCESS_KEY='<backupSecretAccessKey>'\nPING_URL='<backupPingUrl>'\n",
    );
    const settings = files.get("backup-settings");
    expect(settings !== undefined && !("asset" in settings.content) && isSecret(settings.content)).toBe(
      false,
    );
    expect(text(settings)).toContain(
      "REPOSITORY='s3:https://nbg1.your-objectstorage.com/mail/example.com'\n",
    );
    expect(text(settings)).toContain("STACK='<stackName>'\n");
    for (const value of [GIVEN.accessKeyId, GIVEN.secretAccessKey, "watch.example.org"])
      expect(
        JSON.stringify(planOf(rawWith({ backups: { ...GIVEN, pingUrl: "https://watch.example.org/p" } }))),
      ).not.toContain(value);
  });

  test("makes a snapshot before other images run, and none without backups", () => {
    const before = (raw: Record<string, unknown>) =>
      planOf(rawWith(raw)).steps.find(({ role }) => role === "backup-before")?.command;
    expect(before({})).toBeUndefined();
    const [one, other] = ["v1.0.0", "v1.1.0"].map((release) =>
      before({ backups: GIVEN, "mail.release": release }),
    );
    expect(one).toContain("backup.sh run");
    expect(other).not.toBe(one);
  });

  test("has the hour, in a file beside the timer's", () => {
    expect(text(filesOf({ ...GIVEN, hour: 5 }).get("backup-hour"))).toContain(
      "OnCalendar=*-*-* 05:00:00 UTC",
    );
  });

  test("makes the repository's password with the backups, and switches them on after the containers", () => {
    const plan = planOf(rawWith({ backups: GIVEN }));
    expect(plan.generated).toContainEqual(
      expect.objectContaining({ slot: "backupPassword", kind: "password" }),
    );
    expect(plan.lastSteps.find(({ role }) => role === "backups")?.command).toContain("systemctl enable");
  });

  test("without the section has none of it, and switches off what may have been on", () => {
    const plan = planOf(rawWith({}));
    expect([...plan.firstFiles, ...plan.files].filter(({ role }) => role.startsWith("backup"))).toEqual([]);
    // It is kept for the repository that was written with it.
    expect(plan.generated.map(({ role }) => role)).toContain("backup-password");
    expect(plan.lastSteps.find(({ role }) => role === "backups")?.command).toMatch(
      /systemctl disable[\s\S]*rm -f \/etc\/mailstead\/backup\.env/,
    );
  });
});
