/**
 * Proves: `bundle create` writes a file for its owner alone, whole or not at all, never over another one unless told, by a
 * passphrase or for recipients, and opens it again; no secret is in arguments, in what is printed or in what is
 * remembered; `show` tells what is in it; `restore` refuses another project, a missing passphrase and another
 * configuration before anything is changed; what does not fit together on the command line is refused.
 * Cannot prove: what the engine does with it, which a script plays; test/component/recoveryBundle.long.test.ts has the real one.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { readLock } from "../../../cli/recoveryBundle/givenKey.ts";
import { lock } from "../../../cli/recoveryBundle/lock.ts";
import { writeChecked } from "../../../cli/recoveryBundle/writeFile.ts";
import { rawWith } from "../stack/support/validRaw.ts";
import { makeProject, type Project, type Ran } from "./project.ts";
import { bundleWith, exported, SLOTS } from "./recoveryBundle/support.ts";

const PASSPHRASE = "one two three four five";
const IN_BUNDLE = { MAILSTEAD_BUNDLE_PASSPHRASE: PASSPHRASE };

let project: Project;
let recipient: string;

function path(name: string): string {
  return join(project.folder, name);
}

/** What the engine says of the stack from now on. */
function state(...of: Parameters<typeof exported>): void {
  writeFileSync(path("export.json"), JSON.stringify(exported(...of)));
}

beforeEach(async () => {
  project = makeProject();
  project.stack("good", rawWith({}));
  state();
  project.pulumi(`echo "$*" >>"$HOME/arguments"; case "$*" in
    *"--stack new"*) echo "error: no stack named 'new' found" >&2; exit 255 ;;
    *"stack export"*) cat "$HOME/export.json" ;;
    *"plugin ls"*) echo '[]' ;;
    *version*) echo v3.259.0 ;;
    *) echo "error: no such thing" >&2; exit 255 ;;
  esac`);
  const identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  writeFileSync(path("identity"), `# created: today\n${identity}\n`);
});
afterEach(() => {
  project.remove();
});

function create(...more: string[]): Promise<Ran> {
  return project.run(["bundle", "create", "b.age", "--stack", "good", ...more]);
}

describe("create", () => {
  test("by a passphrase from a file writes what show opens", async () => {
    writeFileSync(path("words"), `${PASSPHRASE}\n`);
    const ran = await create("--passphrase-file", "words");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/never ended[\s\S]*Written: .*b\.age, \d+ bytes; it was opened again/);
    expect(statSync(path("b.age")).mode & 0o777).toBe(0o600);
    expect(readdirSync(project.folder).filter((name) => name.includes(".part"))).toEqual([]);
    const shown = await project.run(["bundle", "show", "b.age"], IN_BUNDLE);
    expect(shown.stdout).toMatch(
      /stack good of example\.com.*\ngeneration: 3\nstate: 2 resources\nkeys and generated secrets: 1: host-key\n[\s\S]*never ended: creating server\n[\s\S]*digest of hostKey: SHA256:[\w+/]{43}\nneeded beside it:\n[\s\S]*HCLOUD_TOKEN, which is no part of it\n *CLOUDFLARE_API_TOKEN/,
    );
    for (const secret of [SLOTS.srsSecret, SLOTS.dnsApiToken, PASSPHRASE]) {
      const remembered = readFileSync(path(".mailstead/good/bundle.json"), "utf8");
      const printed = [ran, shown].map(({ stdout, stderr }) => stdout + stderr).join("");
      expect([remembered, printed, readFileSync(path("arguments"), "utf8")].join("")).not.toContain(secret);
    }
  });

  test("for a recipient writes what its identity opens, and nothing else does", async () => {
    expect((await create("--recipient", recipient)).code).toBe(0);
    const shown = await project.run(["bundle", "show", "b.age", "--identity", "identity", "--json"]);
    expect(JSON.parse(shown.stdout)).toMatchObject({ stack: "good", generation: 3, keys: ["host-key"] });
    expect((await project.run(["bundle", "show", "b.age"], IN_BUNDLE)).stderr).toContain(
      "locked for recipients",
    );
    writeFileSync(path("identity"), `${await generateX25519Identity()}\n`);
    const other = await project.run(["bundle", "show", "b.age", "--identity", "identity"]);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining("is for other recipients")]);
  });

  test("leaves what is there, unless told", async () => {
    writeFileSync(path("b.age"), "the last one", { mode: 0o644 });
    const refused = await create("--recipient", recipient);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("is there already")]);
    expect(readFileSync(path("b.age"), "utf8")).toBe("the last one");
    expect((await create("--recipient", recipient, "--force")).code).toBe(0);
    expect(statSync(path("b.age")).mode & 0o777).toBe(0o600);
  });

  test("says beforehand what it would write, and asks for no passphrase", async () => {
    const ran = await create("--dry-run");
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringMatching(/nothing is written\.\nstack good/)]);
    expect([existsSync(path("b.age")), existsSync(path(".mailstead/good/bundle.json"))]).toEqual([
      false,
      false,
    ]);
  });

  test("leaves nothing where what was written is not right, or the engine does not answer", async () => {
    const file = path("c.age");
    const bad = writeChecked(file, Buffer.from("x"), () => Promise.reject(new Error("other bytes")));
    await expect(bad).rejects.toThrow("other bytes");
    project.pulumi("echo 'error: incorrect passphrase' >&2; exit 255");
    const ran = await create("--recipient", recipient);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining("not that of the stack")]);
    expect(readdirSync(project.folder).filter((name) => /\.(age|part)/.test(name))).toEqual([]);
  });

  test.each([
    [["--recipient", "age1x"], /age1x is no recipient of age/],
    [["--recipient", "AGE", "--passphrase-file", "identity"], /by recipients or by a passphrase/],
    [["--identity", "identity"], /bundle create has no --identity/],
    [["--state", "there"], /bundle create has no --state/],
  ])("refuses %j", async (args, said) => {
    const ran = await create(...args.map((word) => (word === "AGE" ? recipient : word)));
    expect([ran.code, said.test(ran.stderr)]).toEqual([2, true]);
  });
});

describe("the passphrase", () => {
  const asked = (...answers: string[]) => {
    const left = [...answers];
    return { left, ask: () => Promise.resolve(left.shift() ?? "") };
  };
  const isTTY = process.stdin.isTTY;
  afterEach(() => {
    process.stdin.isTTY = isTTY;
  });

  test("is asked for twice on a terminal", async () => {
    process.stdin.isTTY = true;
    const same = asked(PASSPHRASE, PASSPHRASE);
    expect(await readLock({}, same.ask)).toEqual({ passphrase: PASSPHRASE });
    expect(same.left).toEqual([]);
    await expect(readLock({}, asked(PASSPHRASE, "another one").ask)).rejects.toThrow(/are not the same/);
  });

  test("is refused where it is short", async () => {
    process.stdin.isTTY = false;
    await expect(readLock({}, asked("eleven char").ask)).rejects.toThrow(/less than 12 characters/);
  });

  test("that nobody gives is told", async () => {
    const shown = await project.onTerminal("printf '' | mailstead bundle create t.age --stack good");
    expect(shown).toContain("no password was given");
  });
});

describe("restore", () => {
  const env = { PULUMI_CONFIG_PASSPHRASE: "new", PULUMI_BACKEND_URL: "" };

  async function put(changes: Parameters<typeof bundleWith>[0] = {}): Promise<void> {
    const { bytes } = await lock(JSON.stringify(bundleWith(changes)), { recipients: [recipient] });
    writeFileSync(path("b.age"), bytes);
  }

  const restore = (environment = {}, ...more: string[]): Promise<Ran> =>
    project.run(["bundle", "restore", "b.age", "--identity", "identity", ...more], environment);

  test("says what it would do, and asks no engine", async () => {
    await put();
    const ran = await restore({}, "--dry-run", "--state", "there");
    expect(ran.stdout).toMatch(
      /Would make the stack good in .*there, with 2 resources,\nand write .*Pulumi\.good\.yaml/,
    );
    expect([existsSync(path("arguments")), existsSync(path("there"))]).toEqual([false, false]);
  });

  test.each([
    [{ project: "other" }, env, 2, /of the project other, and this one is mailstead/],
    [{}, {}, 2, /PULUMI_CONFIG_PASSPHRASE is missing/],
    [{}, { ...env, PULUMI_BACKEND_URL: "file:///elsewhere" }, 2, /PULUMI_BACKEND_URL names another place/],
    [{ stack: "new" }, env, 1, /ended with 255/],
  ])("of %j with %j stops", async (changes, environment, code, said) => {
    await put(changes);
    const ran = await restore(environment, ...(code === 2 ? ["--state", path("there")] : []));
    expect([ran.code, said.test(ran.stderr)]).toEqual([code, true]);
    expect([existsSync(path("there")), existsSync(path("Pulumi.new.yaml"))]).toEqual([false, false]);
  });

  test("leaves another configuration and another state as they are", async () => {
    await put();
    const before = readFileSync(path("Pulumi.good.yaml"), "utf8");
    const configuration = await restore(env);
    expect([configuration.code, configuration.stderr]).toEqual([
      2,
      expect.stringMatching(/Pulumi\.good\.yaml is there already/),
    ]);
    state(SLOTS, "42");
    const other = await restore(env);
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringMatching(/stack good is there already, with 2 resources/),
    ]);
    expect(readFileSync(path("Pulumi.good.yaml"), "utf8")).toBe(before);
    expect(readFileSync(path("arguments"), "utf8")).not.toMatch(/import|init|config set|login/);
  });
});
