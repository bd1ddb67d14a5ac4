/**
 * Proves: `pin` sets the newest release and the registry's digests in a stack's file, shows each changed line, and leaves
 * every other byte as it is; without agreement, with `--check`, and where a registry or the file is in the way nothing is
 * changed, and the exit code says which.
 * Cannot prove: what ghcr.io and Docker Hub answer.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IMAGE_ROLES, type ImageRole } from "../../../stack/model/imageRoles.ts";
import { HETZNER_TOKEN, started } from "../sandbox/cloud/startedCloud.ts";
import { fakeRegistry, type FakeRegistry } from "../verify/preflight/registry/fakeRegistry.ts";
import { makeProject, type Project } from "./project.ts";

const OLD = `sha256:${"a".repeat(64)}`;

let registry: FakeRegistry;
let project: Project;
let digests: Record<ImageRole, string>;

beforeEach(async () => {
  registry = await fakeRegistry();
  project = makeProject();
  registry.push("v1.9.0", {});
  digests = {
    app: registry.push("v1.10.0", {}),
    nginx: registry.push("1.28", { architectures: ["amd64", "arm64"] }),
    mongo: registry.push("8.0", { architectures: ["amd64", "arm64"] }),
    redis: registry.push("8.2", { architectures: ["amd64", "arm64"] }),
  };
});
afterEach(() => {
  project.remove();
  registry.close();
});

const path = (): string => join(project.folder, "Pulumi.own.yaml");
const read = (): string => readFileSync(path(), "utf8");

function image(role: ImageRole, digest: string): string {
  return `    ${role}:\n        # kept\n        repository: ${registry.host}/a/${role}\n        digest:   ${digest}   # why\n`;
}

/** A file with comments, blanks and quotes of its owner's. */
function fileWith(release: string, digestOf: (role: ImageRole) => string, more = ""): string {
  const images = IMAGE_ROLES.map((role) => image(role, digestOf(role))).join("\n");
  return `# mine\nencryptionsalt: v1:abc=:v1:def==\nconfig:\n  "mailstead:domain":   example.com # ünïcode\n\n  mailstead:mail:\n    release: '${release}'\n${more}    images:\n${images.replaceAll(/^ {4}/gm, "      ")}\n  aws:region: eu\n`;
}

async function pin(...options: readonly string[]) {
  return project.run(["pin", ...options]);
}

test("the newest release and today's digests are set, and every other byte stays", async () => {
  writeFileSync(
    path(),
    fileWith("v1.9.0", () => OLD),
  );
  const { code, stdout, stderr } = await pin("--yes");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(read()).toBe(fileWith("v1.10.0", (role) => digests[role]));
  expect(stdout).toMatch(/Pulumi\.own\.yaml:7\n- {5}release: 'v1\.9\.0'\n\+ {5}release: 'v1\.10\.0'\n/);
  expect(stdout.match(/^- /gm)).toHaveLength(5);
  expect(stdout).toMatch(/Next step: \.\/mailstead preflight --stack own, then pulumi up\n$/);
});

test("what is as the registries have it is left, and says so", async () => {
  writeFileSync(
    path(),
    fileWith("v1.10.0", (role) => digests[role]),
  );
  const { code, stdout } = await pin();
  expect(code).toBe(0);
  expect(stdout).toMatch(/Pulumi\.own\.yaml is as the registries have it\.\n$/);
});

test("to a release and back is the same file again", async () => {
  const before = fileWith("v1.10.0", (role) => digests[role]);
  writeFileSync(path(), before);
  expect((await pin("--release", "v1.9.0", "--yes")).code).toBe(0);
  expect(read()).toContain("release: 'v1.9.0'");
  expect(read()).not.toContain(digests.app);
  expect((await pin("--yes")).code).toBe(0);
  expect(read()).toBe(before);
});

test("a newer release than the newest published one is not taken back", async () => {
  registry.push("v2.0.0-rc.1", {});
  writeFileSync(
    path(),
    fileWith("v2.0.0-rc.1", () => OLD),
  );
  await pin("--yes");
  expect(read()).toContain("release: 'v2.0.0-rc.1'");
});

test("a tag of the app's own goes with the release", async () => {
  const own = (tag: string) =>
    fileWith(tag, (role) => digests[role]).replace("      app:\n", `      app:\n          tag: "${tag}"\n`);
  writeFileSync(path(), own("v1.9.0"));
  expect((await pin("--yes")).code).toBe(0);
  expect(read()).toBe(own("v1.10.0"));
});

describe("nothing is changed", () => {
  const before = (): string => fileWith("v1.9.0", () => OLD);
  beforeEach(() => {
    writeFileSync(path(), before());
  });
  afterEach(() => {
    expect(read()).toBe(before());
  });

  test("without a terminal and --yes: 2", async () => {
    const { code, stdout, stderr } = await pin();
    expect(code).toBe(2);
    expect(stdout).toMatch(/^\+ {5}release: 'v1\.10\.0'$/m);
    expect(stderr).toContain("Next step: add --yes, or --check");
  });

  test("with --check: 3, and the change is shown", async () => {
    const { code, stdout } = await pin("--check");
    expect(code).toBe(3);
    expect(stdout).toMatch(/^\+ {5}release: 'v1\.10\.0'$/m);
  });

  test("with --json alone: 3, and the change is data", async () => {
    const { code, stdout } = await pin("--json");
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      written: false,
      changes: expect.arrayContaining([
        { key: "mail.release", from: "v1.9.0", to: "v1.10.0" },
        { key: "mail.images.redis.digest", from: OLD, to: digests.redis },
      ]) as unknown,
    });
  });

  test("where a registry does not answer: 1", async () => {
    registry.broken = { question: "/a/redis", answer: (response) => void response.writeHead(503).end() };
    const { code, stdout, stderr } = await pin("--yes");
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ image redis: the registry could not be asked: .*503/);
    expect(stderr).toContain("is left as it is");
  });

  test.each([
    ["v7.7.7", 1, /has no tag v7\.7\.7/],
    ["stable", 2, /this tag moves by itself/],
  ])("for the release %s: %i", async (release, exit, said) => {
    const { code, stdout, stderr } = await pin("--yes", "--release", release);
    expect(code).toBe(exit);
    expect(stdout + stderr).toMatch(said);
  });

  test("with a token at hand, for a server whose processor the release is not made for: 1", async () => {
    const cloud = await started();
    const server = "  mailstead:server:\n    type: cax11\n";
    writeFileSync(path(), before().replace("  aws:", `${server}  aws:`));
    const { code, stdout } = await project.run(["pin", "--yes"], {
      HCLOUD_TOKEN: HETZNER_TOKEN,
      HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
    });
    await cloud.close();
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ image app for arm64: v1\.10\.0 is there for amd64/);
    writeFileSync(path(), read().replace(server, ""));
  });
});

describe("a file that is not edited is named, with the lines to type", () => {
  const refused: readonly (readonly [string, (text: string) => string, RegExp])[] = [
    [
      "a digest that is not there",
      (text) => text.replace(/ +digest: {3}\S+ {3}# why\n/, ""),
      /images\.app\.digest does not stand there on one line/,
    ],
    [
      "a value over several lines",
      (text) => text.replace("'v1.9.0'", "|-\n      v1.9.0"),
      /mail\.release does not/,
    ],
    [
      "an anchor that others use",
      (text) => text.replace("'v1.9.0'", "&release v1.9.0").replace("region: eu", "region: *release"),
      /more than these values would change/,
    ],
  ];
  test.each(refused)("%s", async (_, change, said) => {
    const text = change(fileWith("v1.9.0", () => OLD));
    writeFileSync(path(), text);
    const { code, stderr } = await pin("--yes");
    expect(stderr).toMatch(said);
    expect(stderr).toContain("pulumi config set --path 'mailstead:mail.release' v1.10.0");
    expect(code).toBe(2);
    expect(read()).toBe(text);
  });
});

test.each([
  ["line ends of Windows", (text: string) => text.replaceAll("\n", "\r\n")],
  [
    "values in double quotes",
    (text: string) => text.replaceAll(/digest: {3}(\S+) {3}# why/g, 'digest: "$1"'),
  ],
  [
    "an alias of its own",
    (text: string) =>
      text.replace("config:\n", `x: &d ${OLD}\nconfig:\n`).replace(`digest:   ${OLD}`, "digest: *d"),
  ],
])("%s are kept", async (_, change) => {
  const text = change(fileWith("v1.9.0", () => OLD));
  writeFileSync(path(), text);
  const { code, stderr } = await pin("--yes");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [old, fresh] = [text.split("\n"), read().split("\n")];
  expect(fresh).toHaveLength(old.length);
  expect(old.filter((line, index) => line !== fresh[index])).toHaveLength(5);
  expect((await pin("--check")).code).toBe(0);
});

test("what `init --template` writes is pinned as it stands", async () => {
  await project.run(["init", "example.com", "--template", "--stack", "own"]);
  const text = read().replaceAll(
    /^( +)(app|nginx|mongo|redis):$/gm,
    `$1$2:\n$1  repository: ${registry.host}/a/$2`,
  );
  writeFileSync(path(), text);
  const { code, stderr } = await pin("--yes");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(read()).toContain("release: v1.10.0\n");
  expect(read()).toContain(`digest: ${digests.redis}`);
});
