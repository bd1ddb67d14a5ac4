/**
 * Proves: what the stack remembers of its images refuses an older version of what has written the data, a Mongo that
 * leaves a major version out, and a digest that was deployed under another tag, each with the reason and what to set; a
 * new generation, two names of one image, and whatever cannot be told from tags are let through; and a pair that was a
 * mistake is forgotten with the next deploy of its tag.
 * Cannot prove: what is inside of an image, or that a digest is right that was never deployed; `preflight` asks the registry.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Config } from "../../../../stack/model/config.ts";
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import { checkChange } from "../../../../stack/guards/checkChange.ts";
import { readDeployed, type Deployed } from "../../../../stack/guards/deployed.ts";
import { readImages, rememberImages, type DeployedImages } from "../../../../stack/guards/deployedImages.ts";
import { compareVersions, mayBeOne, readVersion } from "../../../../stack/guards/imageVersion.ts";
import type { Issue } from "../../../../stack/model/issue.ts";
import { planMailServer } from "../../../../stack/planMailServer.ts";
import { rawWith } from "../support/validRaw.ts";

function digest(digit: string): string {
  return `sha256:${digit.repeat(64)}`;
}

function configured(values: Readonly<Record<string, unknown>> = {}): Config {
  const { config, issues } = parseConfig(
    rawWith({
      "mail.images.app.digest": digest("a"),
      "mail.images.nginx.digest": digest("b"),
      "mail.images.mongo.digest": digest("c"),
      "mail.images.redis.digest": digest("d"),
      ...values,
    }),
  );
  if (config === undefined) throw new Error(JSON.stringify(issues));
  return config;
}

/** What is remembered after each configuration has been deployed, one after another. */
function deployed(...history: readonly Readonly<Record<string, unknown>>[]): Deployed {
  let images: DeployedImages | undefined;
  for (const values of history) images = rememberImages(configured(values), images);
  return { domain: "example.com", generation: 1, ...(images === undefined ? {} : { images }) };
}

function judge(values: Readonly<Record<string, unknown>>, before: Deployed): readonly Issue[] {
  const config = configured(values);
  return checkChange({ config, plan: planMailServer(config).plan }, before);
}

const short = (issues: readonly Issue[]): string[] =>
  issues.map(({ severity, path, rule }) => `${severity} ${path} ${rule}`);

/** Another tag of a role with a digest of its own. */
function image(role: string, tag: string): Record<string, string> {
  return {
    [role === "app" ? "mail.release" : `mail.images.${role}.tag`]: tag,
    [`mail.images.${role}.digest`]: digest("e"),
  };
}

test("before the first up, and where nothing changes, there is nothing to say", () => {
  expect(judge(image("mongo", "3.6"), { domain: "example.com" })).toEqual([]);
  expect(judge({}, deployed({}))).toEqual([]);
});

describe("an older version of what has written the data", () => {
  test.each([
    ["app", "v1.0.0", "v0.9.9"],
    ["app", "v12.0.0", "v9.4.1"],
    ["mongo", "8.0", "7.0"],
    ["mongo", "8.2", "8.0"],
    ["mongo", "10.0", "9.0"],
    ["mongo", "8.0.15-noble", "7.0.26-jammy"],
    ["redis", "8.2", "7.4"],
    ["redis", "7.4", "7.2"],
    ["redis", "8", "7.4.1"],
  ])("%s %s → %s is refused", (role, was, is) => {
    const issues = judge(
      image(role, is),
      deployed({ ...image(role, was), [`mail.images.${role}.digest`]: digest("f") }),
    );
    const path = role === "app" ? "mailstead:mail.release" : `mailstead:mail.images.${role}.tag`;
    expect(short(issues)).toEqual([`error ${path} older-image`]);
    expect(issues[0]?.message).toContain(`${is} is older than ${was}, which has run on this server's data`);
    expect(issues[0]?.fix).toContain(`back to ${was} and mail.images.${role}.digest to ${digest("f")}`);
    expect(issues[0]?.source).toMatch(/^https:/);
  });

  test.each([
    ["app", "v1.4.0", "v1.2.0"],
    ["mongo", "8.0.15", "8.0.12"],
    ["mongo", "8.0", "8"],
    ["redis", "8.2.3", "8.2.1"],
    // It has no data.
    ["nginx", "1.28", "1.26"],
    // A name without a number tells nothing.
    ["mongo", "noble", "7.0"],
    ["mongo", "8.0", "noble"],
  ])("%s %s → %s is let through", (role, was, is) => {
    expect(
      judge(image(role, is), deployed({ ...image(role, was), [`mail.images.${role}.digest`]: digest("f") })),
    ).toEqual([]);
  });

  test("is right on a new generation whose data start anew, and not on one that takes the volume", () => {
    const before = deployed(image("mongo", "8.0"));
    const older = { "data.kind": "disk", ...image("mongo", "7.0"), "mail.images.mongo.digest": digest("f") };
    const volume = { id: "7001", sizeGb: 20 };
    const moved = judge({ ...older, "data.kind": "volume", generation: 2 }, { ...before, volume });
    expect(moved.map(({ rule }) => rule)).toContain("older-image");
    expect(judge({ ...older, generation: 2 }, before).map(({ severity }) => severity)).toEqual(["warning"]);
    expect(judge({ ...older, generation: 2 }, { ...before, generation: 2 })).toHaveLength(1);
  });
});

describe("MongoDB goes up", () => {
  test("one major version, with a warning that says what has to be so before and after", () => {
    const issues = judge(image("mongo", "8.0"), deployed({ "mail.images.mongo.tag": "7.0" }));
    expect(short(issues)).toEqual(["warning mailstead:mail.images.mongo.tag mongo-goes-up"]);
    expect(issues[0]?.message).toContain("feature compatibility version 7.0");
    expect(issues[0]?.fix).toContain('setFeatureCompatibilityVersion: \\"8.0\\", confirm: true');
  });

  test("and no two at once", () => {
    const issues = judge(image("mongo", "8.0"), deployed({ "mail.images.mongo.tag": "6.0" }));
    expect(short(issues)).toEqual(["error mailstead:mail.images.mongo.tag mongo-leaves-out"]);
    expect(issues[0]?.fix).toContain("digest of 7.0 first");
  });

  test("within a major version without a word", () => {
    expect(judge(image("mongo", "8.2"), deployed({ "mail.images.mongo.tag": "8.0" }))).toEqual([]);
  });
});

describe("a digest", () => {
  const at = (role: string) => `mailstead:mail.images.${role}.digest digest-of-another-tag`;

  test("that was deployed as another release is refused, with the release that it is", () => {
    const issues = judge({ "mail.release": "v1.1.0" }, deployed({}));
    expect(short(issues)).toEqual([`error ${at("app")}`]);
    expect(issues[0]?.message).toBe(
      "sha256:aaaaaaaaaaaa… was deployed as v1.0.0: with it, v1.1.0 is v1.0.0 still",
    );
    expect(issues[0]?.fix).toContain("`./mailstead preflight` asks the registry");
  });

  test("that was left when only the tag was set back names the digest that was right", () => {
    const history = deployed({}, { "mail.release": "v1.1.0", "mail.images.app.digest": digest("e") });
    const issues = judge({ "mail.images.app.digest": digest("e") }, history);
    expect(short(issues)).toEqual([`error ${at("app")}`]);
    expect(issues[0]?.fix).toBe(`set the digest of v1.0.0, which was deployed with ${digest("a")}`);
  });

  test("of another image is refused", () => {
    expect(short(judge({ "mail.images.redis.digest": digest("c") }, deployed({})))).toEqual([
      `error ${at("redis")}`,
    ]);
  });

  test("of two names of one image is let through", () => {
    const before = deployed({ "mail.images.mongo.tag": "8.0" });
    expect(judge({ "mail.images.mongo.tag": "8.0.15" }, before)).toEqual([]);
    expect(judge({ "mail.images.mongo.tag": "8" }, before)).toEqual([]);
  });

  test("under a name without a number is told and let through, once", () => {
    const named = { "mail.images.nginx.tag": "mainline-perl" };
    const before = deployed({});
    expect(short(judge(named, before))).toEqual([`warning ${at("nginx")}`]);
    expect(judge(named, deployed({}, named))).toEqual([]);
  });

  test("that is new for a known tag is an update of it, and the old one is forgotten", () => {
    const rebuilt = { "mail.images.mongo.tag": "8.0", "mail.images.mongo.digest": digest("e") };
    expect(judge(rebuilt, deployed({ "mail.images.mongo.tag": "8.0" }))).toEqual([]);
    // v1.1.0 was deployed with the digest of v1.0.0 before there were guards, and then put right.
    const history = deployed(
      { "mail.release": "v1.1.0" },
      { "mail.release": "v1.1.0", "mail.images.app.digest": digest("e") },
    );
    expect(judge({ "mail.release": "v1.0.0" }, history)).toEqual([]);
  });
});

test("a new server with an image that was never pulled is told, and with known ones not", () => {
  const before = deployed({});
  const untried = { "data.kind": "disk", "mail.images.redis.digest": digest("f") };
  expect(short(judge({ ...untried, generation: 2 }, before))).toEqual([
    "warning mailstead:mail.images.redis.digest untried-image",
  ]);
  expect(judge({ "data.kind": "disk", generation: 2 }, before)).toEqual([]);
  expect(judge(untried, before)).toEqual([]);
});

describe("what is remembered", () => {
  test("is read as it was written, and another shape counts as absent", () => {
    const { images } = deployed({}, image("mongo", "8.2"));
    expect(readDeployed({ deployed: { domain: "a.example", generation: 3, images } })).toEqual({
      domain: "a.example",
      generation: 3,
      images,
    });
    expect(readImages({ app: { tag: "v1" } })).toBeUndefined();
    expect(readImages("x")).toBeUndefined();
    expect(readDeployed({ deployed: { generation: "3", images: [] } })).toEqual({});
  });

  test("is one digest for each tag, and of what runs the tag", () => {
    const { images } = deployed({}, image("mongo", "8.2"));
    expect(images?.mongo).toEqual({ tag: "8.2", digests: { "8.0": digest("c"), "8.2": digest("e") } });
  });
});

describe("versions", () => {
  const version = fc.array(fc.nat(40), { minLength: 1, maxLength: 4 });
  const suffix = fc.constantFrom("", "-noble", "-alpine3.22", "-rc1");

  test("of a tag are its numbers, with or without a v, whatever follows", () => {
    fc.assert(
      fc.property(version, fc.constantFrom("", "v"), suffix, (numbers, letter, end) => {
        expect(readVersion(`${letter}${numbers.join(".")}${end}`)).toEqual(numbers);
      }),
    );
    for (const tag of ["noble", "stable-alpine", "v", "1.2.x.", "1..2"])
      expect(readVersion(tag)).toBeUndefined();
  });

  test("are compared as numbers, one way round", () => {
    fc.assert(
      fc.property(version, version, fc.integer({ min: 1, max: 4 }), (one, other, parts) => {
        expect(Math.sign(compareVersions(one, other, parts))).toBe(
          -Math.sign(compareVersions(other, one, parts)) + 0,
        );
        if (mayBeOne(one, other)) expect(compareVersions(one, other, 4)).toBe(0);
      }),
    );
    expect(compareVersions([10], [9], 1)).toBeGreaterThan(0);
  });
});
