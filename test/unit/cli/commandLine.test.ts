/**
 * Proves: every command's help has examples; what has a definition is registered; wrong commands, options and names end with 2 and say what was meant;
 * colours follow FORCE_COLOR, NO_COLOR and the stream; errors name the next step; exit codes are 0, 1 and 2 as promised.
 * Cannot prove: anything about a real stack, since `pulumi` is played by a script.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMANDS } from "../../../cli/commands.ts";
import { rawWith, validRaw } from "../stack/support/validRaw.ts";
import { makeProject, type Project } from "./project.ts";

const root = join(import.meta.dirname, "../../..");
let project: Project;

beforeAll(() => {
  project = makeProject();
  project.stack("good", validRaw());
});

afterAll(() => {
  project.remove();
});

const NAMES = COMMANDS.map(({ command }) => command.name());

test("every command that has a definition is registered, under its own name", () => {
  const files = readdirSync(join(root, "cli/commands")).map((file) => file.replace(/\.ts$/, ""));
  expect([...NAMES].sort()).toEqual(files.sort());
});

test.each(["--version", "-V"])("%s says the version of the package, and ends with 0", async (option) => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  expect(await project.run([option])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("the help lists every command, examples, exit codes and the environment", async () => {
  const { code, stdout } = await project.run(["--help"]);
  expect(code).toBe(0);
  for (const name of NAMES) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
  expect(stdout).toContain("Examples:");
  expect(stdout).toContain("Exit codes: 0 all is well, 1 something is not, 2");
  expect(stdout).toMatch(/Environment: .*HCLOUD_TOKEN.*NO_COLOR/s);
});

test.each(NAMES)("%s --help has examples of itself", async (name) => {
  const { code, stdout } = await project.run([name, "--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`\nExamples:\n  \\./mailstead ${name}\\b`));
});

test.each([
  { args: ["rendr"], says: ["unknown command 'rendr'", "Did you mean render?"] },
  { args: ["status", "--jsn"], says: ["unknown option '--jsn'", "Did you mean --json?"] },
  { args: ["render", "zone"], says: ["'zone' is invalid", "user-data, dns, env, containers, audit-service"] },
  { args: ["render"], says: ["missing required argument 'document'"] },
  { args: ["logs"], says: ["missing required argument 'name'"] },
  { args: ["logs", "web;id"], says: ["web;id is no name of a container", "Next step: `./mailstead status`"] },
  { args: ["logs", "web", "--lines", "many"], says: ["--lines takes a whole number"] },
  { args: ["render", "dns", "--stack", "nosuch"], says: ["there is no Pulumi.nosuch.yaml", "Next step:"] },
])("$args is wrong: 2, and it is said how", async ({ args, says }) => {
  const { code, stdout, stderr } = await project.run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  for (const text of says) expect(stderr).toContain(text);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each([
  [["audti"], "(Did you mean audit?)", "./mailstead --help"],
  [["bogus"], undefined, "./mailstead --help"],
  [["audit", "--colums", "api"], "(Did you mean --columns?)", "./mailstead audit --help"],
  [["audit", "--xyz"], undefined, "./mailstead audit --help"],
] as const)("%j: a word that is near is offered, and the next step told", async (args, offered, next) => {
  const { stderr } = await project.run(args);
  if (offered === undefined) expect(stderr).not.toContain("Did you mean");
  else expect(stderr).toContain(offered);
  expect(stderr).toContain(`Next step: ${next}`);
});

test("without pulumi it is said where to get it", async () => {
  const { code, stderr } = await project.run(["status"]);
  expect(code).toBe(2);
  expect(stderr).toContain("`pulumi` is not on PATH");
  expect(stderr).toContain("Next step: install it: https://www.pulumi.com/docs/install/");
});

test("what pulumi complains of is shown, with the next step", async () => {
  const own = makeProject();
  own.stack("good", validRaw());
  own.pulumi("echo 'error: the disk is on fire' >&2; exit 255");
  const { code, stderr } = await own.run(["rebuild"]);
  own.remove();
  expect(code).toBe(1);
  expect(stderr).toContain("ended with 255: error: the disk is on fire");
  expect(stderr).toContain("Next step: select a stack");
});

test("a state made unreadable by a killed run is explained", async () => {
  const own = makeProject();
  own.stack("good", validRaw());
  own.pulumi("echo 'error: failed to load checkpoint: unexpected EOF' >&2; exit 255");
  const { code, stderr } = await own.run(["preflight", "--stack", "good"], {
    HCLOUD_TOKEN: "x",
    CLOUDFLARE_API_TOKEN: "x",
  });
  own.remove();
  expect(code).toBe(1);
  expect(stderr).toContain("a killed run left an empty file beside the state");
  expect(stderr).toContain("metadata=skip");
});

describe("colours", () => {
  const ESCAPE = String.fromCharCode(27);
  const RED = `${ESCAPE}[31merror:`;
  const WRONG = ["render", "dns", "--stack", "nosuch"];
  const line = `mailstead ${WRONG.join(" ")}`;

  test("come on a terminal, and not with NO_COLOR", async () => {
    expect(await project.onTerminal(line)).toContain(RED);
    const plain = await project.onTerminal(line, { NO_COLOR: "1" });
    expect(plain).toContain("error: there is no Pulumi.nosuch.yaml");
    expect(plain).not.toContain(ESCAPE);
  });

  test("go by the stream that the text is written to", async () => {
    const file = join(project.folder, "errors");
    await project.onTerminal(`${line} 2> ${file}`);
    expect(readFileSync(file, "utf8")).toMatch(/^error: there is no Pulumi\.nosuch\.yaml/);
    expect(await project.onTerminal(`${line} > ${file}`)).toContain(RED);
  });

  test("into a pipe come only when forced", async () => {
    expect((await project.start(WRONG, { TERM: "xterm-256color" })).stderr).not.toContain(ESCAPE);
    expect((await project.start(WRONG, { FORCE_COLOR: "1" })).stderr).toContain(RED);
  });
});

test("two stack files and none named: 2", async () => {
  const own = makeProject();
  own.stack("one", validRaw());
  own.stack("two", validRaw());
  const { code, stderr } = await own.run(["render", "dns"]);
  own.remove();
  expect(code).toBe(2);
  expect(stderr).toContain("there are 2 stack files here");
  expect(stderr).toContain("--stack NAME");
});

test("every fault of a stack file is listed with its path: 2", async () => {
  const own = makeProject();
  own.stack(
    "bad",
    rawWith({
      domain: "exa mple",
      "server.location": undefined,
      "server.swapMib": -1,
      "dns.mxHots": "alias",
    }),
  );
  const { code, stdout, stderr } = await own.run(["render", "dns"]);
  own.remove();
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  for (const path of ["mailstead:domain", "mailstead:server.location", "mailstead:server.swapMib"])
    expect(stderr).toContain(`${path}: `);
  expect(stderr).toMatch(/mailstead:dns\.mxHots: .*mxHost/);
  expect(stderr).toContain("Next step: mend them and try again");
});
