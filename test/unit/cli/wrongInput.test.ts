/**
 * Proves: what people give wrongly around the configuration (tokens with something around them, addresses of APIs,
 * resolvers, names of stacks, a passphrase that is not there) ends in one line that is true and one with the next step,
 * with the exit code of its command, and never in a stack trace; nothing of a token is shown; `init` writes a file that
 * is refused until it was changed, and never over another.
 * Cannot prove: that the engine's words stay as they are: they are those of 3.259.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStackFile } from "../../../cli/stackFile/readStackFile.ts";
import { parseConfig } from "../../../stack/config/parseConfig.ts";
import { readRawConfig } from "../../../stack/config/readRawConfig.ts";
import { TABLES } from "../../../stack/config/tables.ts";
import { set, validRaw, DIGEST } from "../stack/support/validRaw.ts";
import { makeProject, type Project } from "./project.ts";

let project: Project;

beforeAll(() => {
  project = makeProject();
  project.stack("good", validRaw());
  project.pulumi(`echo '{"deployment": {}}'`);
});

afterAll(() => {
  project.remove();
});

interface Wrong {
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly code: number;
  readonly says: RegExp;
  readonly next: RegExp;
}

const TOKEN = "t".repeat(40);
/** Nobody outside is asked: nothing listens there. */
const TOKENS = {
  HCLOUD_TOKEN: TOKEN,
  CLOUDFLARE_API_TOKEN: TOKEN,
  HCLOUD_ENDPOINT: "http://127.0.0.1:9",
  CLOUDFLARE_BASE_URL: "http://127.0.0.1:9",
};

const TOKEN_FORMS: readonly (readonly [string, string])[] = [
  [`${TOKEN}\r`, "ends in a line end"],
  [`${TOKEN}\n`, "ends in a line end"],
  [` ${TOKEN}`, "has blanks around it"],
  [`"${TOKEN}"`, "stands in quotes, which are part of it"],
  [`${TOKEN}\u00e9`, "holds a character that no token has"],
  [`${TOKEN}\u200b`, "holds a character that no token has"],
];

const WRONG: readonly (Wrong & { readonly what: string })[] = [
  ...TOKEN_FORMS.flatMap(([given, why]) =>
    (["HCLOUD_TOKEN", "CLOUDFLARE_API_TOKEN"] as const).map((variable) => ({
      what: `${variable} that ${why}`,
      args: ["preflight", "--stack", "good"],
      environment: { ...TOKENS, [variable]: given },
      code: 2,
      says: new RegExp(`^error: ${variable} ${why}$`, "m"),
      next: new RegExp(`^Next step: export it .*export ${variable}=`, "m"),
    })),
  ),
  ...["nonsense", "ftp://127.0.0.1/", "https://", "http://exa mple/"].map((address) => ({
    what: `CLOUDFLARE_BASE_URL=${address}`,
    args: ["audit", "--stack", "good", "--columns", "api"],
    environment: { ...TOKENS, CLOUDFLARE_BASE_URL: address },
    code: 1,
    says: /^error: CLOUDFLARE_BASE_URL is no http or https URL: /m,
    next: /^Next step: /m,
  })),
  {
    what: "HCLOUD_ENDPOINT of another kind",
    args: ["preflight", "--stack", "good"],
    environment: { ...TOKENS, HCLOUD_ENDPOINT: "api.hetzner.cloud" },
    code: 1,
    says: /HCLOUD_ENDPOINT is no http or https URL: api\.hetzner\.cloud/,
    next: /^Next step: /m,
  },
  ...["notanip", "192.0.2.53:53", "", "[::1]", "dns.example.net"].map((address) => ({
    what: `--resolver ${JSON.stringify(address)}`,
    args: ["audit", "--stack", "good", "--resolver", address],
    environment: TOKENS,
    code: 1,
    says: /^error: --resolver .*: this is no IP address$/m,
    next: /^Next step: give the address alone/m,
  })),
  ...["../etc/passwd", "a b", "a/b", "x".repeat(101)].map((stack) => ({
    what: `--stack ${stack.slice(0, 20)}`,
    args: ["render", "dns", "--stack", stack],
    code: 2,
    says: /^error: .* is no name of a stack here$/m,
    next: /^Next step: name one of letters/m,
  })),
  {
    what: "a stack with organization and project",
    args: ["render", "dns", "--stack", "organization/mailstead/good"],
    code: 2,
    says: /is no name of a stack here/,
    next: /^Next step: name it alone: --stack good$/m,
  },
];

test.each(WRONG)("$what: $code", async ({ args, environment, code, says, next }) => {
  for (const more of args[0] === "render" ? [[]] : [[], ["--json"]]) {
    const ran = await project.run([...args, ...more], environment);
    expect(ran.code).toBe(code);
    if (more.length === 0) expect(ran.stdout).toBe("");
    else {
      const { error } = JSON.parse(ran.stdout) as { error: { message: string; nextStep: string } };
      expect(`error: ${error.message}`).toMatch(says);
      expect(`Next step: ${error.nextStep}`).toMatch(next);
    }
    expect(ran.stderr).toMatch(says);
    expect(ran.stderr).toMatch(next);
    expect(ran.stderr).not.toMatch(/^\s+at |node:internal/m);
    expect(ran.stderr).not.toContain(TOKEN);
  }
});

/** What the engine says, and what people read. */
const ENGINE: readonly (readonly [said: string, code: number, message: RegExp, next: RegExp])[] = [
  [
    "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
    2,
    /the passphrase of the stack was not given/,
    /export PULUMI_CONFIG_PASSPHRASE=/,
  ],
  ["error: incorrect passphrase", 2, /is not that of the stack/, /PULUMI_CONFIG_PASSPHRASE/],
  ["error: unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /nope", 2, /cannot be read/, /mend the path/],
  ["error: no stack named 'gone' found", 2, /there is no stack gone/, /pulumi stack init gone/],
  ["error: no stack selected; please use `pulumi stack select`", 2, /no stack is selected/, /--stack NAME/],
  [
    "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
    2,
    /where the state is/,
    /pulumi login "file:/,
  ],
  [
    'error: unable to open state directory "file:///x": stat /x: no such file',
    2,
    /place of the state/,
    /PULUMI_BACKEND_URL/,
  ],
  [
    "error: the stack is currently locked by 1 lock(s)",
    1,
    /another run of pulumi has the stack/,
    /pulumi cancel/,
  ],
];

test.each(ENGINE)("the engine says %j", async (said, code, message, next) => {
  const own = makeProject();
  own.stack("good", validRaw());
  own.pulumi(`cat >&2 <<'END'\n${said}\nEND\nexit 255`);
  for (const command of [["status"], ["preflight", "--json"], ["logs", "mx"], ["ssh"], ["rebuild"]]) {
    const ran = await own.run([...command, ...(command[0] === "ssh" ? [] : ["--stack", "good"])], TOKENS);
    expect([command[0], ran.code]).toEqual([command[0], code]);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr.split("\n").find((line) => line.startsWith("Next step: "))).toMatch(next);
  }
  own.remove();
});

describe("init", () => {
  test("writes a file that is refused, key by key, until each mark is changed; and then it is planned", async () => {
    const { code, stdout } = await project.run(["init", "Example.ORG", "--template"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^Written: Pulumi\.example-org\.yaml\nNext step: change the 8 values /,
      ) as string,
    });
    const file = join(project.folder, "Pulumi.example-org.yaml");
    const text = readFileSync(file, "utf8");
    const refused = await project.run(["render", "dns", "--stack", "example-org"]);
    expect(refused.code).toBe(2);
    const paths = ["email", "server.location", "server.adminNetworks[0]", "mail.release"].concat(
      ["app", "nginx", "mongo", "redis"].map((role) => `mail.images.${role}.digest`),
    );
    expect(refused.stderr.match(/^ {2}mailstead:\S+: it still says CHANGE → /gm)).toEqual(
      paths.map((path) => `  mailstead:${path}: it still says CHANGE → `),
    );
    const given: Readonly<Record<string, string>> = {
      "mailstead:email": "ops@example.net",
      location: "nbg1",
      adminNetworks: "[203.0.113.0/24]",
      release: "v1.0.0",
      digest: DIGEST,
    };
    const changed = text.replace(
      /^( *)([\w:]+): \[?CHANGE\]?$/gm,
      (_, blanks: string, key: string) => `${blanks}${key}: ${given[key] ?? ""}`,
    );
    writeFileSync(file, changed);
    const good = await project.run(["render", "dns", "--stack", "example-org"]);
    expect({ code: good.code, stderr: good.stderr }).toEqual({ code: 0, stderr: "" });
    expect(good.stdout).toContain("example.org.");
    expect(text).toContain("./mailstead pin asks the registries");
  });

  test("what is off is right as it stands, once the marks before it are gone", async () => {
    const own = makeProject();
    await own.run(["init", "example.org", "--stack", "all", "--template"]);
    const text = readFileSync(join(own.folder, "Pulumi.all.yaml"), "utf8");
    own.remove();
    const on = text
      .replace(/^( *)# ((?:mailstead:)?[A-Za-z]+:(?: \S+)?| {2}.*)$/gm, "$1$2")
      .replace(/digest: CHANGE/g, `digest: ${DIGEST}`)
      .replace("adminNetworks: [CHANGE]", "adminNetworks: [203.0.113.0/24]")
      .replace("email: CHANGE", "email: ops@example.net")
      .replace("location: CHANGE", "location: nbg1")
      .replace("release: CHANGE", "release: v1.0.0");
    const file = readStackFile(Buffer.from(on), "mailstead");
    if (file.faults !== undefined) throw new Error(JSON.stringify(file.faults));
    const raw = readRawConfig(file.values);
    const { issues } = parseConfig(raw);
    expect(issues).toEqual([]);
    const spare = Object.entries({
      "": TABLES[""],
      server: TABLES.server,
      dns: TABLES.dns,
      certificates: TABLES.certificates,
    });
    for (const [table, fields] of spare)
      for (const key of Object.keys(fields)) expect(table === "" ? raw : raw[table]).toHaveProperty(key);
  });

  test.each([
    ["good", ["init", "example.com", "--stack", "good", "--template"], /is there already/],
    ["no domain", ["init", "exa_mple", "--template"], /not allowed in a name/],
    ["no dot", ["init", "example", "--template"], /./],
  ] as const)("%s: 2, and nothing is written", async (_, args, says) => {
    const before = readFileSync(join(project.folder, "Pulumi.good.yaml"), "utf8");
    const { code, stdout, stderr } = await project.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(says);
    expect(readFileSync(join(project.folder, "Pulumi.good.yaml"), "utf8")).toBe(before);
  });
});

test("an empty key is as good as none", async () => {
  const raw = validRaw();
  set(raw, "dns", null);
  set(raw, "drift", "");
  project.stack("empty", raw);
  expect((await project.run(["render", "dns", "--stack", "empty"])).code).toBe(0);
});
