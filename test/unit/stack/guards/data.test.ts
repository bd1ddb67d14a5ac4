/**
 * Proves: what would leave data behind is refused with the way out, and the way out is taken: data on a volume stay there, it
 * never shrinks, mail on a disk is moved before the server goes, and a volume that is gone stops all until somebody gives it up.
 * Cannot prove: that the vendor lists what it has; the sandbox asks its API.
 */
import { describe, expect, test } from "vitest";
import { checkChange } from "../../../../stack/guards/checkChange.ts";
import { keepsVolume } from "../../../../stack/guards/data.ts";
import { deployedBy, deployedText, readDeployed, type Deployed } from "../../../../stack/guards/deployed.ts";
import { planMailServer } from "../../../../stack/planMailServer.ts";
import { configOf, planOf } from "../support/planOf.ts";
import { rawWith } from "../support/validRaw.ts";

const BACKUPS = {
  ...{ endpoint: "s3.example.net", bucket: "mail" },
  ...{ accessKeyId: "AN0ACCESS0KEY", secretAccessKey: "a-secret-of-the-bucket" },
};
const VOLUME = { id: "7001", sizeGb: 20 };

function judge(changes: Record<string, unknown>, deployed: Partial<Deployed>) {
  const config = configOf(rawWith(changes));
  const before = deployedBy(planOf(rawWith({})), { generation: 1, ...deployed });
  const issues = checkChange({ config, plan: planMailServer(config).plan }, before);
  return issues.map(({ severity, path, rule, fix }) => ({ severity, path, rule, fix }));
}

describe("data on a volume", () => {
  test("are not left for a disk, unless the volume is given up", () => {
    const errors = (lost: object) =>
      judge({ "data.kind": "disk", ...lost }, { volume: VOLUME }).filter(
        ({ severity }) => severity === "error",
      );
    expect(errors({})).toMatchObject([{ path: "mailstead:data.kind", rule: "data-left-behind" }]);
    expect(errors({ "data.lostVolume": "7001" })).toEqual([]);
    expect(errors({ "data.lostVolume": "7002" })).toHaveLength(1);
  });

  test("grow and never shrink", () => {
    expect(judge({ "data.sizeGb": 40 }, { volume: VOLUME })).toEqual([]);
    const [shrinks] = judge({ "data.sizeGb": 19 }, { volume: VOLUME });
    expect(shrinks).toMatchObject({ severity: "error", rule: "volume-shrinks" });
    expect(shrinks?.fix).toContain("mailstead:data.sizeGb 20");
  });

  test("go to a new generation", () => {
    expect(judge({ generation: 2 }, { volume: VOLUME })).toEqual([]);
  });
});

describe("data on the disk of an earlier version's server", () => {
  test("are moved to the volume before the server goes", () => {
    expect(judge({}, {})).toEqual([]);
    const [refused] = judge({ generation: 2 }, {});
    expect(refused).toMatchObject({ severity: "error", path: "mailstead:generation", rule: "data-on-disk" });
    expect(refused?.fix).toContain("set mailstead:generation to 1");
  });

  test("may be lost where the configuration says so", () => {
    expect(judge({ generation: 2, "server.disposable": true }, {})).toEqual([]);
  });
});

describe("data on a disk that has backups", () => {
  const DISK = { "data.kind": "disk", backups: BACKUPS, generation: 2 };

  test("go to a new generation by the last backup, once the server knows of that", () => {
    expect(judge(DISK, { leavesBackup: true })).toEqual([]);
    const [refused, ...more] = judge(DISK, {});
    expect(more).toEqual([]);
    expect(refused).toMatchObject({
      severity: "error",
      path: "mailstead:generation",
      rule: "no-last-backup",
    });
    expect(refused?.fix).toMatch(/^set mailstead:generation to 1 and run `pulumi up`/);
    expect(judge({ ...DISK, generation: 1 }, {})).toEqual([]);
    expect(judge({ ...DISK, "server.disposable": true }, {})).toEqual([]);
  });

  test("are remembered as such", () => {
    expect(readDeployed({ deployed: deployedText({ leavesBackup: true }) }).leavesBackup).toBe(true);
  });
});

describe("a volume that is not at the vendor", () => {
  const config = configOf(rawWith({}));

  test("stops, with its id in the cure, and the cure lets go on", () => {
    const [issue] = keepsVolume(config, VOLUME, [{ id: "7002", sizeGb: 20 }]);
    expect(issue).toMatchObject({ severity: "error", rule: "volume-gone", path: "mailstead:data" });
    expect(issue?.fix).toContain("mailstead:data.lostVolume 7001");
    const given = configOf(rawWith({ "data.lostVolume": "7001" }));
    expect(keepsVolume(given, VOLUME, [])).toEqual([]);
  });

  test("is said to come back empty only where there are no backups", () => {
    const backedUp = configOf(rawWith({ backups: BACKUPS }));
    const fix = (given: typeof config) => keepsVolume(given, VOLUME, [])[0]?.fix;
    expect(fix(config)).toContain("a new one, empty, is what you want");
    expect(fix(backedUp)).toContain("a new one, filled from the newest backup, is what you want");
  });

  test("is none where it is there, or where there never was one", () => {
    expect(keepsVolume(config, VOLUME, [VOLUME])).toEqual([]);
    expect(keepsVolume(config, undefined, [])).toEqual([]);
  });
});

test("the volume is remembered in the outputs, and found in the state where these are gone", () => {
  const written = deployedText({ volume: VOLUME });
  expect(readDeployed({ deployed: written }).volume).toEqual(VOLUME);
  const resource = {
    urn: "urn:pulumi:prod::mailstead::hcloud:index/volume:Volume::data-volume",
    type: "hcloud:index/volume:Volume",
    outputs: { linuxDevice: "/dev/disk/by-id/scsi-0HC_Volume_7001", size: 20 },
  };
  expect(readDeployed({}, [resource]).volume).toEqual(VOLUME);
});

test("the id is taken as `pulumi config set` writes it, a number, and in quotes", () => {
  for (const id of [7001, "7001"])
    expect(configOf(rawWith({ "data.lostVolume": id })).data.lostVolume).toBe("7001");
});
