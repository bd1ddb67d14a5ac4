/**
 * Proves: against a registry on loopback that wants tokens, keeps blobs elsewhere and lists images by platform, a digest
 * that is not its tag's is told together with the right one; an earlier build of the same version is no fault, a
 * platform's own digest neither; and a registry that does not answer, answers too much or shows nothing is «could not
 * be told», in bounded time and memory.
 * Cannot prove: what ghcr.io and Docker Hub say today; the sandbox plays them by their names.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Finding } from "../../../../../verify/model/finding.ts";
import { checkImages } from "../../../../../verify/preflight/registry/checkImages.ts";
import { Repository } from "../../../../../verify/preflight/registry/repository.ts";
import { fakeRegistry, type FakeRegistry } from "./fakeRegistry.ts";

const VERSION = "org.opencontainers.image.version";
const NONE = `sha256:${"0".repeat(64)}`;

let registry: FakeRegistry;
let others: string;

beforeEach(async () => {
  registry = await fakeRegistry();
  others = registry.push("1", {});
});
afterEach(() => {
  registry.close();
});

/** The finding of one role; all other images are well. */
async function look(role: string, tag: string, digest: string): Promise<Finding> {
  const image = (name: string) => ({ repository: `${registry.host}/a/${name}`, tag: "1", digest: others });
  const images = { app: image("app"), nginx: image("nginx"), mongo: image("mongo"), redis: image("redis") };
  const findings = await checkImages({ ...images, [role]: { ...image(role), tag, digest } });
  expect(findings.filter(({ subject, state }) => subject !== `image ${role}` && state !== "ok")).toEqual([]);
  const found = findings.find(({ subject }) => subject === `image ${role}`);
  if (found === undefined) throw new Error(JSON.stringify(findings));
  return found;
}

test("a digest that is the tag's is well, and is known by one HEAD", async () => {
  const digest = registry.push("v1.0.0", {});
  registry.asked.length = 0;
  expect(await look("app", "v1.0.0", digest)).toEqual({
    subject: "image app",
    state: "ok",
    seen: `v1.0.0 has this digest at ${registry.host}`,
  });
  expect(registry.asked.filter((one) => one.includes("a/app"))).toEqual([
    "HEAD /v2/a/app/manifests/v1.0.0",
    "GET /token?service=fake&scope=repository:a/app:pull",
    "HEAD /v2/a/app/manifests/v1.0.0",
  ]);
});

test("a registry that leaves the digest's header out is read and reckoned", async () => {
  const digest = registry.push("v1.0.0", {});
  registry.quiet = true;
  expect((await look("app", "v1.0.0", digest)).state).toBe("ok");
});

test("a tag that is not there is told", async () => {
  expect(await look("app", "v9.9.9", others)).toMatchObject({
    state: "bad",
    seen: expect.stringContaining("has no tag v9.9.9") as string,
    fix: "`./mailstead pin` takes the newest release",
  });
});

test("a digest that is not there is told, with the right one", async () => {
  const right = registry.push("8.0", {});
  expect(await look("mongo", "8.0", NONE)).toMatchObject({
    state: "bad",
    seen: `${registry.host}/a/mongo has no image with this digest`,
    fix: `the digest of 8.0 is ${right}: \`./mailstead pin\` sets it`,
  });
});

describe("a digest of another image of the repository", () => {
  test.each([
    ["by its label", { labels: { [VERSION]: "1.0.0" } }],
    ["by the list's annotation", { annotations: { [VERSION]: "v1.0.0" } }],
    ["without a list", { labels: { [VERSION]: "1.0.0" }, single: true }],
  ])("is told with its version, %s", async (_, image) => {
    const old = registry.push("v1.0.0", image);
    const right = registry.push("v1.1.0", {});
    expect(await look("app", "v1.1.0", old)).toMatchObject({
      state: "bad",
      seen: expect.stringMatching(/^the digest is that of v?1\.0\.0, not of v1\.1\.0$/) as string,
      fix: `the digest of v1.1.0 is ${right}: \`./mailstead pin --release v1.1.0\` sets it`,
    });
  });

  test("is told by the variable of an official image", async () => {
    const old = registry.push("7.0", { variables: ["PATH=/bin", "MONGO_VERSION=7.0.26"] });
    registry.push("8.0", { variables: ["MONGO_VERSION=8.0.15"] });
    expect((await look("mongo", "8.0", old)).seen).toBe("the digest is that of 7.0.26, not of 8.0");
  });

  test("is well as an earlier build of the same, with today's", async () => {
    const old = registry.push("8.0", { variables: ["MONGO_VERSION=8.0.12"] });
    const right = registry.push("8.0", { variables: ["MONGO_VERSION=8.0.15"] });
    expect(await look("mongo", "8.0", old)).toMatchObject({
      state: "ok",
      seen: `the digest is an earlier build of 8.0 (8.0.12); today's is ${right}`,
    });
  });

  test.each([
    ["v1.1.0", "bad"],
    ["8.0", "warn"],
  ])("that names no version is %s: %s", async (tag, state) => {
    const old = registry.push("old", { labels: { [VERSION]: "\u001b[31m1.0" } });
    const right = registry.push(tag, {});
    expect(await look("app", tag, old)).toMatchObject({
      state,
      seen: `${tag} has another digest at the registry, and the image app does not say its version`,
      fix: `the digest of ${tag} is ${right}: \`./mailstead pin --release ${tag}\` sets it`,
    });
  });
});

test("the digest of one platform's image is well, and the one for all is told", async () => {
  const right = registry.push("v1.0.0", {});
  expect(await look("app", "v1.0.0", registry.lastPart())).toMatchObject({
    state: "ok",
    seen: `the digest is that of v1.0.0 for linux/amd64 alone; for all it is ${right}`,
  });
});

describe("what could not be told", () => {
  const unknown = (reason: RegExp) => ({
    state: "warn",
    seen: expect.stringMatching(
      new RegExp(`^whether tag and digest fit could not be told: ${reason.source}`),
    ) as string,
    fix: "run this again in some minutes",
  });

  test.each<[string, RegExp, (answer: Parameters<NonNullable<FakeRegistry["broken"]>["answer"]>[0]) => void]>(
    [
      [
        "a private image",
        /127\.0\.0\.1:\d+ shows it to nobody without a login \(403\)/,
        (answer) => void answer.writeHead(403).end(),
      ],
      [
        "a limit",
        /127\.0\.0\.1:\d+ has had enough questions for now \(429\)/,
        (answer) => void answer.writeHead(429).end(),
      ],
      ["a fault", /127\.0\.0\.1:\d+ answered 503/, (answer) => void answer.writeHead(503).end("\u001b[31m")],
      [
        "a login of another kind",
        /127\.0\.0\.1:\d+ shows it to nobody/,
        (answer) => void answer.writeHead(401, { "www-authenticate": "Basic" }).end(),
      ],
      [
        "a line that is cut",
        /no answer from 127\.0\.0\.1:\d+: socket hang up/,
        (answer) => void answer.destroy(),
      ],
      [
        "a circle of redirects",
        /127\.0\.0\.1:\d+ answered 307/,
        (answer) => void answer.writeHead(307, { location: "/a/app" }).end(),
      ],
      [
        "tokens without TLS elsewhere",
        /127\.0\.0\.1:\d+ shows it to nobody/,
        (answer) => void answer.writeHead(401, { "www-authenticate": 'Bearer realm="nowhere"' }).end(),
      ],
    ],
  )("%s", async (_, reason, broken) => {
    registry.broken = { question: "/a/app", answer: broken };
    expect(await look("app", "v1.0.0", NONE)).toMatchObject(unknown(reason));
  });

  test("an endless answer is left", async () => {
    registry.push("v1.0.0", {});
    registry.quiet = true;
    registry.broken = {
      question: "GET /v2/a/app/manifests",
      answer: (response) => {
        const chunk = Buffer.alloc(1 << 20, 32);
        const more = (): void => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on("drain", more);
        more();
      },
    };
    expect(await look("app", "v1.0.0", NONE)).toMatchObject(
      unknown(/(an answer of more than 4194304 bytes|no answer)/),
    );
  });

  test("a manifest that is another than its digest says is not believed", async () => {
    registry.push("v1.0.0", {});
    const digest = registry.push("v1.1.0", {});
    registry.broken = {
      question: "/a/app/manifests/v1.0.0",
      answer: (response) => void response.writeHead(200, { "docker-content-digest": digest }).end("{}"),
    };
    expect(await look("app", "v1.0.0", NONE)).toMatchObject(
      unknown(/127\.0\.0\.1:\d+ answered with another manifest/),
    );
  });
});

test.each([
  ["mongo", "registry-1.docker.io"],
  ["docker.io/library/mongo", "registry-1.docker.io"],
  ["someone/mongo", "registry-1.docker.io"],
  ["ghcr.io/a/b", "ghcr.io"],
  ["mirror.example.com:5000/a/b", "mirror.example.com:5000"],
])("%s is at %s", (repository, host) => {
  expect(new Repository(repository).host).toBe(host);
});
