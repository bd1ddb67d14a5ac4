/**
 * Proves: a preview says once each what stands in the zone that the engine does not see, and nothing of what it is about
 * to do itself; `drift: error` stops with all of it; `off`, an update and a clean zone are silent; a zone that cannot be
 * read is one warning. One list call is made. The vendor's API is played over HTTP, the engine by mocks.
 * Cannot prove: that the engine prints it; driftPreview.long.test.ts and the sandbox do.
 */
import * as pulumi from "@pulumi/pulumi";
import * as sdk from "@pulumi/pulumi/output.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { reviewDrift } from "../../components/drift.ts";
import type { DriftMode } from "../../stack/model/config.ts";
import { parseConfig } from "../../stack/config/parseConfig.ts";
import { cloudflareForm } from "../../stack/vendors/cloudflare/dnsForm.ts";
import { hetznerForm } from "../../stack/vendors/hetzner/dnsForm.ts";
import type { ZoneRecord } from "../../stack/model/zoneRecord.ts";
import { planMailServer } from "../../stack/planMailServer.ts";
import { listDesiredSets } from "../../verify/judge/sets/desiredSets.ts";
import { findDrift } from "../../verify/zoneDrift.ts";
import {
  CLOUDFLARE_TOKEN,
  HETZNER_TOKEN,
  started,
  type Started,
} from "../unit/sandbox/cloud/startedCloud.ts";
import { dkimKey, rawWith } from "../unit/stack/support/validRaw.ts";
import { recordProgram } from "./support/recordedProgram.ts";

const ZONE = { name: "example.com", id: "c7915704a794c5f99111b674c1985c3a" };
type Texts = Readonly<Record<string, string>>;
const LATE: Texts = {
  serverIpv4: "203.0.113.10",
  serverIpv6: "2001:db8:a:1::1",
  dkimPublicKey: "M".repeat(392),
};
/** What an output is before the first `up`; the SDK has it, without a type. */
const NOT_KNOWN = pulumi.output((sdk as unknown as { unknown: Texts }).unknown) as pulumi.Output<Texts>;

let cloud: Started;
let warnings: string[];

beforeEach(async () => {
  cloud = await started({ hetznerZones: ["example.edu"] });
  vi.stubEnv("CLOUDFLARE_BASE_URL", `${cloud.cloud.cloudflareUrl}/client/v4`);
  warnings = [];
  vi.spyOn(pulumi.log, "warn").mockImplementation((text) => {
    warnings.push(text);
    return Promise.resolve();
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await cloud.close();
});

function planned(drift: DriftMode, changes: Readonly<Record<string, unknown>> = {}) {
  const { config } = parseConfig(rawWith({ "dns.zoneId": ZONE.id, drift, ...changes }));
  if (config === undefined) throw new Error("no configuration");
  return { config, plan: planMailServer(config).plan };
}

function declared(changes: Readonly<Record<string, unknown>> = {}): ZoneRecord[] {
  const sets = listDesiredSets(planned("warn", changes).plan.records, (name) => LATE[name]);
  return sets.flatMap(({ name, type, ttlSeconds, values }) =>
    values.map((value) => ({ name, type, ttlSeconds, value })),
  );
}

async function put(records: readonly ZoneRecord[]): Promise<void> {
  for (const row of cloudflareForm.write(records, ZONE)) {
    const answer = await cloud.cloudflare("POST", `/zones/${ZONE.id}/dns_records`, { ...row, id: undefined });
    expect(answer.status).toBe(200);
  }
}

interface Scene {
  readonly drift?: DriftMode;
  readonly changes?: Readonly<Record<string, unknown>>;
  /** What the last `up` declared; nothing before the first. */
  readonly last?: readonly ZoneRecord[];
  readonly first?: boolean;
  /** Comes when the slots are known. */
  readonly known?: Promise<unknown>;
  readonly preview?: boolean;
  readonly token?: string;
}

/** Runs a preview, and hands back what stopped it. */
async function review(scene: Scene): Promise<readonly Error[]> {
  const { drift = "warn", changes = {}, last = [], first = false, preview = true } = scene;
  const late = Promise.resolve(scene.known).then(() => LATE);
  const { errors } = await recordProgram(
    () =>
      reviewDrift(
        {
          ...planned(drift, changes),
          token: pulumi.secret(scene.token ?? CLOUDFLARE_TOKEN),
          slots: first ? NOT_KNOWN : pulumi.secret(late),
          outputs: { records: last },
        },
        findDrift,
      ),
    { preview },
  );
  return errors;
}

const KEYS: Readonly<Record<string, string>> = { "fe-1": dkimKey(2048), "fe-2": dkimKey(2048) };
const UNMANAGED: ZoneRecord = { name: "blog.example.com", type: "A", ttlSeconds: 300, value: "192.0.2.9" };
const SECOND: ZoneRecord = { name: "example.com", type: "TXT", ttlSeconds: 300, value: "v=spf1 ~all" };

test("a clean zone is silent, and costs one list call", async () => {
  await put(declared());
  const before = cloud.log().length;
  expect(await review({ last: declared() })).toEqual([]);
  expect(warnings).toEqual([]);
  expect(cloud.log().length - before).toBe(1);
});

test("the zone is read while the server's values are not known yet", async () => {
  await put(declared());
  const before = cloud.log().length;
  const isAsked = (): void => {
    expect(cloud.log().length).toBe(before + 1);
  };
  const known = vi.waitFor(isAsked, 30_000);
  expect(await review({ last: declared(), known })).toEqual([]);
  expect(warnings).toEqual([]);
});

test("an unmanaged record and a second SPF are a warning each, worst first, with the cure", async () => {
  await put([...declared(), UNMANAGED, SECOND]);
  expect(await review({ last: declared() })).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^DNS: conflict TXT example\.com: v=spf1 ~all.*second SPF.* → remove at cloudflare: /,
    ),
    expect.stringMatching(/^DNS: unmanaged A blog\.example\.com: .* → add to mailstead:dns\.ignore: /),
  ]);
});

test("what was removed or changed at the vendor is said, as the engine believes that it is there", async () => {
  const mx = ({ type }: ZoneRecord): boolean => type === "MX";
  await put(declared().map((record) => (mx(record) ? { ...record, value: "7 mx.example.com" } : record)));
  await review({ last: declared() });
  expect(warnings).toEqual([
    expect.stringMatching(/^DNS: changed MX example\.com: .* → pulumi up --refresh --run-program$/),
  ]);
});

test("what the preview itself shows is not said: a record to be made, changed or deleted", async () => {
  await put(declared());
  const dmarc = { "dns.dmarc.policy": "none" };
  await review({ last: declared(), changes: { ...dmarc, "dns.services": true, "dns.heloSpf": false } });
  expect(warnings).toEqual([]);
});

test("a DKIM key that signs without having been published is said, and no other", async () => {
  const key = (selector: string, use?: string) => ({ selector, publicKey: KEYS[selector], use });
  const before = { "dns.dkim": [key("fe-1", "signing")] };
  const early = [
    expect.stringMatching(
      /^DNS: early TXT fe-2\._domainkey\.example\.com: .* not published before.* → set use: next/,
    ),
  ];
  await put(declared(before));
  await review({
    last: declared(before),
    changes: { "dns.dkim": [key("fe-1", "retired"), key("fe-2", "signing")] },
  });
  expect(warnings.splice(0)).toEqual(early);
  // Another key at the selector that signs is as new to resolvers.
  const changed = { "dns.dkim": [{ ...key("fe-2", "signing"), selector: "fe-1" }] };
  await review({ last: declared(before), changes: changed });
  expect(warnings.splice(0)).toEqual([
    expect.stringContaining("DNS: early TXT fe-1._domainkey.example.com: "),
  ]);
  for (const [last, now] of [
    [[key("fe-1", "signing")], [key("fe-1", "signing"), key("fe-2", "next")]],
    [
      [key("fe-1", "signing"), key("fe-2", "next")],
      [key("fe-1", "retired"), key("fe-2", "signing")],
    ],
    // The first key of all: nothing was signed before.
    [[], [key("fe-2", "signing")]],
    [[key("fe-1")], [key("fe-1", "signing")]],
  ]) {
    await review({ last: declared({ "dns.dkim": last }), changes: { "dns.dkim": now } });
    expect(warnings.splice(0).filter((line) => line.includes("early"))).toEqual([]);
  }
});

test("a DKIM key that was put into the zone by hand before it signs is published", async () => {
  const key = (selector: string, use: string) => ({ selector, publicKey: KEYS[selector], use });
  const last = declared({ "dns.dkim": [key("fe-1", "signing")] });
  const changes = { "dns.dkim": [key("fe-1", "retired"), key("fe-2", "signing")] };
  await put(declared(changes));
  await review({ last, changes });
  expect(warnings).toEqual([]);
});

test("before the first up nothing is missing yet, and strangers are named all the same", async () => {
  await put([UNMANAGED]);
  await review({ first: true });
  expect(warnings).toEqual([expect.stringContaining("unmanaged A blog.example.com")]);
});

test("drift: error stops with everything; nothing is warned of beside it", async () => {
  await put([...declared(), UNMANAGED, SECOND]);
  const [error, ...more] = await review({ drift: "error", last: declared() });
  expect(more).toEqual([]);
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  expect(error?.message).toMatch(
    /mailstead:drift is error; nothing was changed\.\n {2}DNS: conflict TXT.*\n {2}DNS: unmanaged A blog.*\nTo go on all the same, add --skip-preview, /,
  );
  expect(warnings).toEqual([]);
});

test("an ignore rule that matches nothing is a warning, and never stops a preview", async () => {
  await put(declared());
  const changes = { "dns.ignore": [{ name: "gone", reason: "it was there" }] };
  for (const drift of ["warn", "error"] as const) {
    warnings.length = 0;
    expect(await review({ drift, changes, last: declared() })).toEqual([]);
    expect(warnings).toEqual([
      "DNS: ignore-rule gone: matches nothing in the zone → take the rule out of mailstead:dns.ignore",
    ]);
  }
});

test.each([{ drift: "off" }, { preview: false }] as const)("%o asks nobody", async (scene) => {
  await put([UNMANAGED]);
  const before = cloud.log().length;
  expect(await review(scene)).toEqual([]);
  expect(warnings).toEqual([]);
  expect(cloud.log()).toHaveLength(before);
});

test("a vendor that refuses is one warning without the token, and an error where drift is one", async () => {
  const token = "y".repeat(40);
  expect(await review({ token })).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(/^The zone example\.com could not be compared with what is declared: GET .*: 40\d/),
  ]);
  const [error] = await review({ token, drift: "error" });
  expect(error?.message).toContain("Next step: run `./mailstead preflight`");
  expect(warnings.join() + String(error?.message)).not.toContain(token);
});

describe("a value of somebody else's in a set that Hetzner writes whole", () => {
  const AT_HETZNER = {
    ...{ domain: "example.edu", "dns.provider": "hetzner", "dns.zoneId": undefined },
    "certificates.method": "http-01",
  };
  const GOOGLE: ZoneRecord = { name: "example.edu", type: "TXT", ttlSeconds: 300, value: "google=1" };

  async function putAtHetzner(records: readonly ZoneRecord[]): Promise<void> {
    vi.stubEnv("HCLOUD_ENDPOINT", `${cloud.cloud.hetznerUrl}/v1`);
    for (const set of hetznerForm.write(records, { name: "example.edu", id: "1" })) {
      const { name, type, ttl, records: values } = set;
      const answer = await cloud.hetzner("POST", "/zones/example.edu/rrsets", {
        name,
        type,
        ttl,
        records: values,
      });
      expect(answer.status).toBe(201);
    }
  }

  test.each([
    ["nothing else to do", {}],
    ["its set to be changed", { "dns.spf.mechanisms": ["ip4:192.0.2.0/24"] }],
  ])(
    "stops a preview with %s, with the entry that keeps it; declared or with drift off nothing stops",
    async (_, changes) => {
      const last = declared(AT_HETZNER);
      await putAtHetzner([
        ...last,
        { ...GOOGLE, ttlSeconds: last.find(({ type }) => type === "TXT")?.ttlSeconds ?? 300 },
      ]);
      const scene = { token: HETZNER_TOKEN, last } as const;
      for (const drift of ["warn", "error"] as const) {
        const [error] = await review({ ...scene, drift, changes: { ...AT_HETZNER, ...changes } });
        expect(pulumi.RunError.isInstance(error)).toBe(true);
        expect(error?.message).toMatch(
          /nothing was changed\.\n {2}DNS: TXT example\.edu: .*google=1 is not declared.* → add to mailstead:dns\.records: \{ role: kept-txt, name: 'example\.edu', type: TXT, text: "google=1" \}/,
        );
      }
      const entry = { role: "kept-txt", name: "example.edu", type: "TXT", text: "google=1" };
      const kept = { ...AT_HETZNER, ...changes, "dns.records": [entry] };
      expect(await review({ ...scene, changes: kept })).toEqual([]);
      expect(await review({ ...scene, drift: "off", changes: { ...AT_HETZNER, ...changes } })).toEqual([]);
    },
  );

  test("before the first up, and for a preview that only asks what is there, nothing stops", async () => {
    await putAtHetzner([GOOGLE]);
    expect(await review({ token: HETZNER_TOKEN, first: true, changes: AT_HETZNER })).toEqual([]);
    vi.stubEnv("MAILSTEAD_LOOK", "off");
    expect(await review({ token: HETZNER_TOKEN, last: [GOOGLE], changes: AT_HETZNER })).toEqual([]);
  });
});
