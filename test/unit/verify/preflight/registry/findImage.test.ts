/**
 * Proves: of a registry's tags, read page by page, the newest whole release is taken by its numbers; what is behind a tag
 * is told with the digest of its list and the processors in it, also where there is one image and no list; and a list of
 * tags that does not end is left; questions are given up when they are told to stop.
 * Cannot prove: that a vendor's registry lists its tags so; a real registry is asked in test/unit/readers/registry.test.ts.
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { findImage, newestRelease } from "../../../../../verify/preflight/registry/findImage.ts";
import { Repository } from "../../../../../verify/preflight/registry/repository.ts";
import { fakeRegistry, type FakeRegistry } from "./fakeRegistry.ts";

let registry: FakeRegistry;
let repository: Repository;

beforeEach(async () => {
  registry = await fakeRegistry();
  repository = new Repository(`${registry.host}/a/app`);
});
afterEach(() => {
  registry.close();
});

test.each([
  [["v1.9.0", "v1.10.0", "v1.2.30"], "v1.10.0"],
  [["latest", "v2.0.0-beta.1", "v1.0.0", "v2", "v2.0.0-arm64", "sha-1.2.3"], "v1.0.0"],
  [["1.0.0", "v0.9.9"], "1.0.0"],
  [["latest", "main"], undefined],
  [[], undefined],
])("of %j the newest release is %s", (tags, newest) => {
  expect(newestRelease(tags)).toBe(newest);
});

test("tags are read page by page", async () => {
  const tags = Array.from({ length: 10 }, (_, index) => `v1.${String(index)}.0`);
  for (const tag of tags) registry.push(tag, {});
  expect(await repository.tags()).toEqual(tags);
  expect(registry.asked.filter((one) => one.includes("tags/list"))).toHaveLength(5);
});

test("a list of tags that leads back to itself is left", async () => {
  registry.broken = {
    question: "tags/list",
    answer: (response) => {
      response.setHeader("link", '</v2/a/app/tags/list?n=1&last=a>; rel="next"').end('{"tags":["a"]}');
    },
  };
  await expect(repository.tags()).rejects.toThrow(/does not end/);
});

test("a repository that is not there has no tags", async () => {
  registry.broken = { question: "tags/list", answer: (response) => void response.writeHead(404).end() };
  expect(await repository.tags()).toBeUndefined();
});

test("a list tells its digest and its processors, attestations left out", async () => {
  const digest = registry.push("v1.0.0", { architectures: ["arm64", "amd64"] });
  expect(await findImage(repository, "v1.0.0")).toEqual({ digest, architectures: ["amd64", "arm64"] });
});

test("one image without a list tells the processor in its settings", async () => {
  const digest = registry.push("v1.0.0", { single: true, architectures: ["arm64"] });
  expect(await findImage(repository, "v1.0.0")).toEqual({ digest, architectures: ["arm64"] });
});

test("a tag that is not there is nothing", async () => {
  expect(await findImage(repository, "v9.9.9")).toBeUndefined();
});

test("a question that is given up ends at once", async () => {
  const asked = new Promise<unknown>((arrived) => {
    registry.broken = { question: "/v2/", answer: arrived };
  });
  const stop = new AbortController();
  const tags = new Repository(`${registry.host}/a/app`, stop.signal).tags();
  await asked;
  stop.abort();
  await expect(tags).rejects.toThrow(/^no answer from .*aborted/);
});
