/**
 * Proves: somebody's first steps end in a next step that works: faults are told apart from warnings, `init` goes on with a
 * file that `pulumi stack init` made, all missing tokens are named at once, SSH that fails names the way on, another
 * project's folder is left alone, and `--json` says on standard output why a command did not start.
 * Cannot prove: what the engine writes into a stack's file: the lines are those of 3.259.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IMAGE_ROLES } from "../../../stack/model/imageRoles.ts";
import { sshDirectory, sshFilePaths } from "../../../components/sshFiles.ts";
import { set, validRaw } from "../stack/support/validRaw.ts";
import { makeProject, type Project } from "./project.ts";

let project: Project;

beforeEach(() => {
  project = makeProject();
  project.stack("good", validRaw());
  project.pulumi(`echo '{"deployment": {}}'`);
});

afterEach(() => {
  project.remove();
});

const nextStep = (stderr: string) => /^Next step: (.*)$/m.exec(stderr)?.[1] ?? "";

test("beside a fault no warning is told as one to be mended", async () => {
  const raw = validRaw();
  set(raw, "protect", false);
  set(raw, "drift", "nonsense");
  project.stack("faulty", raw);
  const { code, stderr } = await project.run(["render", "dns", "--stack", "faulty"]);
  expect(code).toBe(2);
  expect(stderr.match(/^ {2}mailstead:\S+:/gm)).toEqual(["  mailstead:drift:"]);
});

test("preflight says what every preview would warn of", async () => {
  const raw = validRaw();
  set(raw, "server.adminNetworks", ["0.0.0.0/0"]);
  for (const role of IMAGE_ROLES) set(raw, `mail.images.${role}.repository`, `127.0.0.1:9/${role}`);
  project.stack("open", raw);
  // Nobody outside is asked: nothing listens there.
  const { stdout } = await project.run(["preflight", "--stack", "open", "--json"], {
    HCLOUD_TOKEN: "t".repeat(40),
    CLOUDFLARE_API_TOKEN: "t".repeat(40),
    HCLOUD_ENDPOINT: "http://127.0.0.1:9",
    CLOUDFLARE_BASE_URL: "http://127.0.0.1:9",
  });
  const { findings } = JSON.parse(stdout) as { findings: { subject: string; state: string; seen: string }[] };
  expect(findings.filter(({ seen }) => /whole Internet/.test(seen))).toMatchObject([
    { subject: "mailstead:server.adminNetworks[0]", state: "warn" },
  ]);
});

const SALT = "encryptionsalt: v1:abc=:v1:def==\n";

test("the stack without a file is made by the next step, also where `pulumi stack init` was first", async () => {
  const none = await project.run(["render", "dns", "--stack", "nope"]);
  expect(none.code).toBe(2);
  expect(nextStep(none.stderr)).toContain("`./mailstead init DOMAIN --stack nope`");
  const file = join(project.folder, "Pulumi.nope.yaml");
  const before = `secretsprovider: passphrase\n# kept\n${SALT.trimEnd()}`;
  writeFileSync(file, before);
  const ran = await project.run(["init", "example.org", "--stack", "nope", "--template"]);
  expect(ran.code).toBe(0);
  expect(nextStep(ran.stdout)).toMatch(/then: \.\/mailstead preflight --stack nope$/);
  const text = readFileSync(file, "utf8");
  expect(text.startsWith(`${before}\n`)).toBe(true);
  const refused = await project.run(["render", "dns", "--stack", "nope"]);
  expect(refused.stderr).toMatch(/mailstead:email: it still says CHANGE/);
  // A second time there is a configuration.
  expect((await project.run(["init", "example.org", "--stack", "nope", "--template"])).code).toBe(2);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test.each([`${SALT}config:\n  a:b: c\n`, `${SALT}config: {}\n`, `${SALT}environment: [x]\n`, "%YAML 1.1\n"])(
  "init leaves %j as it is",
  async (text) => {
    const file = join(project.folder, "Pulumi.own.yaml");
    writeFileSync(file, text);
    const { code, stderr } = await project.run(["init", "example.org", "--stack", "own"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/is there already, and is left as it is/);
    expect(readFileSync(file, "utf8")).toBe(text);
  },
);

test.each(["x".repeat(64), "-x", "x-"])("init refuses the stack's name %s", async (stack) => {
  const { code, stderr } = await project.run(["init", "example.org", `--stack=${stack}`]);
  expect(code).toBe(2);
  expect(nextStep(stderr)).toMatch(/63 characters at most/);
});

test("init without a domain says what is empty", async () => {
  const { code, stderr } = await project.run(["init", ""]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^error: the mail domain: the name is empty\n/) as string,
  });
});

test.each(["preflight", "import"])("%s names every missing token at once", async (command) => {
  const { code, stderr } = await project.run([command, "--stack", "good"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: there is no HCLOUD_TOKEN .*; there is no CLOUDFLARE_API_TOKEN /);
  expect(nextStep(stderr)).toMatch(/export HCLOUD_TOKEN.*; export CLOUDFLARE_API_TOKEN/);
});

test("one token for server and zone is asked for once", async () => {
  const raw = validRaw();
  set(raw, "dns.provider", "hetzner");
  set(raw, "certificates.method", "http-01");
  project.stack("hetzner", raw);
  const { stderr } = await project.run(["preflight", "--stack", "hetzner"]);
  expect(stderr.match(/there is no/g)).toEqual(["there is no"]);
});

test.each([[["logs", "mx"]], [["ssh"]], [["ssh", "true"]]])(
  "where SSH fails, %j names the way on",
  async (words) => {
    project.pulumi(`echo '{"addresses": {"ipv4": "192.0.2.1"}}'`);
    const { keyFile, knownHosts } = sshFilePaths(join(project.folder, sshDirectory("good")));
    mkdirSync(dirname(keyFile), { recursive: true });
    for (const file of [keyFile, knownHosts]) writeFileSync(file, "");
    const [command = "", ...rest] = words;
    const run = () => project.start([command, "--stack", "good", ...rest]);
    project.program("ssh", "echo 'ssh: connect: timed out' >&2; exit 255");
    const failed = await run();
    expect(failed.code).toBe(255);
    expect(failed.stderr).toMatch(/timed out[^]*^error: /m);
    expect(nextStep(failed.stderr)).toMatch(/is the server on, .*adminNetworks/);
    project.program("ssh", "exit 3");
    expect(await run()).toEqual({ code: 3, stdout: "", stderr: "" });
  },
);

test("in another project's folder it is not that project that is worked on", async () => {
  writeFileSync(join(project.folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
  const { code, stderr } = await project.run(["render", "dns", "--stack", "good"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/there is no Pulumi\.good\.yaml/);
  // A project of ours may have another name, and has the command in it.
  mkdirSync(join(project.folder, "cli"));
  writeFileSync(join(project.folder, "cli/mailstead.js"), "");
  const ours = await project.run(["render", "dns", "--stack", "good"]);
  expect({ code: ours.code, stderr: ours.stderr }).toEqual({ code: 0, stderr: "" });
});

test("the stack files are named where it is not known which one is meant", async () => {
  project.stack("other", validRaw());
  project.pulumi("exit 1");
  const { code, stderr } = await project.run(["render", "dns"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/there are 2 stack files here \((good, other|other, good)\)/);
});

test("a wrong command line is told in JSON too", async () => {
  const { code, stdout, stderr } = await project.run(["status", "--json", "--nonsense"]);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    error: { message: "unknown option '--nonsense'", nextStep: "./mailstead status --help" },
  });
  expect(stderr).toMatch(/unknown option '--nonsense'/);
  expect((await project.run(["ssh", "--nonsense", "--json"])).stdout).toBe("");
});
