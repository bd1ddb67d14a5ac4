/**
 * Proves: `init` from options alone names all that is missing or wrong at once, with a line to type; against vendors and a
 * registry on loopback it writes a file that is a whole configuration, with the newest release and the digests that the
 * registry has; what a vendor or registry has against it is told and nothing is written; a file that is there is left
 * as it is; the stack is made where that is asked for.
 * Cannot prove: what the engine does with the file, nor how ghcr.io and Docker Hub answer. `pulumi` is played by a script.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IMAGE_ROLES } from "../../../stack/model/imageRoles.ts";
import { UNCHANGED_LINE } from "../../../cli/modelFile.ts";
import { loadPlan, type Loaded } from "../../../cli/project.ts";
import { CLOUDFLARE_TOKEN, HETZNER_TOKEN, started, type Started } from "../sandbox/cloud/startedCloud.ts";
import { fakeRegistry, type FakeRegistry } from "../verify/preflight/registry/fakeRegistry.ts";
import { makeProject, type Project, type Ran } from "./project.ts";

const place = vi.hoisted(() => ({ registry: "", givenUp: undefined as AbortSignal | undefined }));

// The images are looked for at their own registries, wherever this runs: here at the one that the test started.
vi.mock(import("../../../cli/pin/images.ts"), async (original) => {
  const real = await original();
  const here = (name: string, tag: string) => ({ repository: `${place.registry}/a/${name}`, tag });
  return {
    ...real,
    findImages: (wanted, stop) => {
      place.givenUp = stop;
      return real.findImages(wanted, stop);
    },
    usualImages: (release) => ({
      app: here("app", release),
      nginx: here("nginx", "1.28"),
      mongo: here("mongo", "8.0"),
      redis: here("redis", "8.2"),
    }),
  };
});

const OPTIONS = ["--email", "you@example.org", "--location", "nbg1", "--admin-network", "203.0.113.7/32"];
/** A block from which no deploy can come. */
const PRIVATE = ["--admin-network", "10.0.0.0/8"];
const FILE = "Pulumi.example-com.yaml";

let cloud: Started;
let registry: FakeRegistry;
let project: Project;
let digests: Record<string, string>;

beforeEach(async () => {
  [cloud, registry] = await Promise.all([started(), fakeRegistry()]);
  place.registry = registry.host;
  registry.push("v1.9.0", {});
  digests = {
    app: registry.push("v1.10.0", { architectures: ["amd64", "arm64"] }),
    nginx: registry.push("1.28", { architectures: ["amd64", "arm64"] }),
    mongo: registry.push("8.0", { architectures: ["amd64", "arm64"] }),
    redis: registry.push("8.2", { architectures: ["amd64", "arm64"] }),
  };
  project = makeProject();
  project.pulumi('echo "$*" >> engine.log');
});
afterEach(async () => {
  project.remove();
  registry.close();
  await cloud.close();
});

function init(options: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return project.run(["init", "example.com", ...options], {
    ...{ HCLOUD_TOKEN: HETZNER_TOKEN, CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN },
    HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
    CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
    ...environment,
  });
}

function written(): Loaded {
  const before = process.cwd();
  process.chdir(project.folder);
  try {
    return loadPlan("example-com");
  } finally {
    process.chdir(before);
  }
}

/** Nothing of the project's folder was made or changed. */
function expectNothingWritten(): void {
  expect(readdirSync(project.folder).sort()).toEqual(["Pulumi.yaml", "bin"]);
}

test("everything that is missing is named at once, with a line to type", async () => {
  const { code, stdout, stderr } = await init(["--state", "/srv/state"], {
    HCLOUD_TOKEN: "",
    CLOUDFLARE_API_TOKEN: "",
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  const missing = ["--email", "--location", "--admin-network", "PULUMI_CONFIG_PASSPHRASE"];
  for (const name of missing) expect(stderr).toMatch(new RegExp(`^  ${name} is missing: `, "m"));
  for (const name of ["HCLOUD_TOKEN", "CLOUDFLARE_API_TOKEN"])
    expect(stderr).toMatch(new RegExp(`^  there is no ${name} `, "m"));
  expect(stderr).toMatch(
    /^Next step: .*: \.\/mailstead init example\.com --email you@example\.org --location nbg1 --admin-network mine --state \/srv\/state$/m,
  );
  expectNothingWritten();
});

test("what is wrong is told with what is missing, and the line to type is one that would pass", async () => {
  const { code, stderr } = await init([
    "--location",
    "nbg1-dc3",
    "--type",
    "cx23",
    "--email",
    "you@example.org",
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^ {2}--location nbg1-dc3: this is a data centre.*: set nbg1$/m);
  expect(stderr).toMatch(/^ {2}--admin-network is missing/m);
  const [, line = ""] = /init example\.com (.*)$/m.exec(stderr) ?? [];
  const passed = await init(line.replace("mine", "203.0.113.7/32").split(" "));
  expect({ code: passed.code, stderr: passed.stderr }).toEqual({ code: 0, stderr: "" });
});

test.each([
  ["--dns", "nowhere", "name cloudflare, digitalocean or hetzner"],
  ["--provider", "nowhere", "name hetzner"],
])("%s %s is no vendor", async (option, name, next) => {
  const { code, stderr } = await init([option, name]);
  expect(code).toBe(2);
  expect(stderr).toContain(`Next step: ${next}`);
});

test("the file is a whole configuration, of the newest release and the registry's digests", async () => {
  const { code, stdout, stderr } = await init([...OPTIONS, "--admin-network", "2001:db8:7::/48"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { config } = written();
  expect(config).toMatchObject({
    domain: "example.com",
    contact: "you@example.org",
    server: { location: "nbg1", type: "cx23", adminNetworks: ["203.0.113.7/32", "2001:db8:7::/48"] },
    dns: { provider: "cloudflare", zone: "example.com" },
    mail: { release: "v1.10.0" },
    certificates: { method: "dns-01" },
  });
  for (const role of IMAGE_ROLES) expect(config.mail.images[role].digest).toBe(digests[role]);
  const text = readFileSync(join(project.folder, FILE), "utf8");
  expect(text.split("\n").filter((line) => UNCHANGED_LINE.test(line))).toEqual([]);
  expect(text).toMatch(/^ {4}# size of the server\n {4}type: cx23$/m);
  expect(stdout).toMatch(/price: cx23 in nbg1: 3\.49 a month .*4\.15 with VAT/);
  expect(stdout).toMatch(/image app: v1\.10\.0 for amd64 and arm64/);
  expect(stdout).toContain(`Written: ${FILE}\nNext step: pulumi stack init example-com, then pulumi up`);
});

test("what the plan refuses gives up the questions that are under way", async () => {
  registry.broken = { question: "/v2/", answer: () => undefined };
  const { code, stderr } = await init(["--email", "you@example.org", "--location", "nbg1", ...PRIVATE]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/server\.adminNetworks: no block lets the deploy in/);
  expect(place.givenUp?.aborted).toBe(true);
  expectNothingWritten();
});

test("addresses are written as entries, with where they forward to", async () => {
  const mailboxes = ["--mailbox", "Jane", "--mailbox", "info=You@Example.ORG,ops@example.net"];
  expect((await init([...OPTIONS, ...mailboxes])).code).toBe(0);
  expect(written().config.mailboxes).toEqual([
    { name: "jane" },
    { name: "info", forwardTo: ["You@example.org", "ops@example.net"] },
  ]);
  const wrong = await init(["--stack", "other", ...OPTIONS, "--mailbox", "jane@example.com"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/^ {2}--mailbox jane@example\.com: this is a whole address/m);
});

test("a release that is named is taken, and no list of tags is asked for", async () => {
  expect((await init([...OPTIONS, "--release", "v1.9.0"])).code).toBe(0);
  expect(written().config.mail.release).toBe("v1.9.0");
  expect(registry.asked.filter((one) => one.includes("/tags/"))).toEqual([]);
});

test("a provider where certbot cannot write gets its certificates over HTTP", async () => {
  await cloud.close();
  cloud = await started({ hetznerZones: ["example.com"] });
  const { code, stderr } = await init([...OPTIONS, "--dns", "hetzner"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(written().config).toMatchObject({
    dns: { provider: "hetzner" },
    certificates: { method: "http-01" },
  });
});

const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["a type that is not in the location", ["--type", "cpx21"], /✗ server type: cpx21 is not offered in nbg1/],
  ["a location that there is not", ["--location", "xyz1"], /✗ location: xyz1 is not offered/],
  ["a release that there is not", ["--release", "v7.7.7"], /✗ image app: .* has no tag v7\.7\.7/],
];

test.each(REFUSED)("%s is told, and nothing is written", async (_, options, said) => {
  const { code, stdout, stderr } = await init([...OPTIONS, ...options]);
  expect(stdout).toMatch(said);
  expect(stderr).toContain(`${FILE} is not written`);
  expect(code).toBe(1);
  expectNothingWritten();
});

test("an image without ARM and a server type with it is told, with the ways out", async () => {
  registry.push("v1.10.0", { architectures: ["amd64"] });
  const { code, stdout } = await init([...OPTIONS, "--type", "cax11"]);
  expect(stdout).toMatch(
    /✗ image app for arm64: v1\.10\.0 is there for amd64, and the processor of cax11 is arm64\n {4}next: set mailstead:server\.type to a type with amd64, or .*pin --release TAG/,
  );
  expect(stdout).not.toMatch(/image mongo for arm64/);
  expect(code).toBe(1);
  expectNothingWritten();
});

test("refused tokens, a zone that is not there and a registry that does not answer are told together", async () => {
  registry.broken = { question: "/a/mongo", answer: (response) => void response.writeHead(503).end() };
  const { code, stdout } = await init([...OPTIONS], { HCLOUD_TOKEN: "x".repeat(64) });
  expect(stdout).toMatch(/✗ Hetzner token: .*401/);
  expect(stdout).toMatch(/✗ image mongo: the registry could not be asked: .*503/);
  expect(code).toBe(1);
  const other = await project.run(["init", "elsewhere.test", ...OPTIONS], {
    ...{ HCLOUD_TOKEN: HETZNER_TOKEN, CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN },
    HCLOUD_ENDPOINT: `${cloud.cloud.hetznerUrl}/v1`,
    CLOUDFLARE_BASE_URL: `${cloud.cloud.cloudflareUrl}/client/v4`,
  });
  expect(other.stdout).toMatch(/✗ zone: the token sees no zone elsewhere\.test/);
  expectNothingWritten();
});

test("--json is one document, also where nothing is written", async () => {
  const refused = await init([...OPTIONS, "--type", "cpx21", "--json"]);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stdout)).not.toHaveProperty("file");
  const { code, stdout } = await init([...OPTIONS, "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    findings: expect.arrayContaining([
      expect.objectContaining({ subject: "image redis", state: "ok" }),
    ]) as unknown,
    file: FILE,
    stack: "example-com",
  });
});

test("a configuration that is there is left as it is, before anybody is asked", async () => {
  const own = "config:\n  mailstead:domain: example.com\n";
  writeFileSync(join(project.folder, FILE), own);
  const { code, stderr } = await init(OPTIONS);
  expect(code).toBe(2);
  expect(stderr).toContain(`${FILE} is there already, and is left as it is`);
  expect(readFileSync(join(project.folder, FILE), "utf8")).toBe(own);
  expect(registry.asked).toEqual([]);
});

test("with --state the folder and the stack are made, and the engine's line in the file stays", async () => {
  project.pulumi(
    `echo "$*" >> engine.log; case "$*" in "stack select --create"*) echo "encryptionsalt: v1:abc=:v1:def==" > ${FILE} ;; esac`,
  );
  const state = join(project.folder, "state");
  const { code, stdout, stderr } = await init([...OPTIONS, "--state", state], {
    PULUMI_CONFIG_PASSPHRASE: "words",
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(statSync(state).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(project.folder, "engine.log"), "utf8").trim().split("\n")).toEqual([
    `login file://${state}?metadata=skip --non-interactive`,
    "stack select --create example-com --non-interactive",
  ]);
  expect(readFileSync(join(project.folder, FILE), "utf8")).toMatch(
    /^encryptionsalt: v1:abc=:v1:def==\n# The mail server/,
  );
  expect(stdout).toContain("Next step: pulumi up --stack example-com");
  expect(written().config.domain).toBe("example.com");
});

test("another place for the state in the environment is refused before anything is made", async () => {
  const state = join(project.folder, "state");
  const { code, stderr } = await init([...OPTIONS, "--state", state], {
    PULUMI_CONFIG_PASSPHRASE: "words",
    PULUMI_BACKEND_URL: "s3://elsewhere",
  });
  expect(code).toBe(2);
  expect(stderr).toContain("Next step: unset PULUMI_BACKEND_URL");
  expect(existsSync(state)).toBe(false);
  expectNothingWritten();
});

test("a stack that the engine does not make leaves no file", async () => {
  project.pulumi("echo 'error: incorrect passphrase' >&2; exit 255");
  const { code, stderr } = await init([...OPTIONS, "--state", join(project.folder, "state")], {
    PULUMI_CONFIG_PASSPHRASE: "words",
  });
  expect(code).toBe(2);
  expect(stderr).toContain("the passphrase that was given is not that of the stack");
  expect(existsSync(join(project.folder, FILE))).toBe(false);
});
