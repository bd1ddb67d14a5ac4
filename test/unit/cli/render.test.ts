/**
 * Proves: `mailstead render` prints each document from the stack file alone, with placeholders for late values and
 * without any secret of the file; `--show-secrets` fills in what the stack holds; `--json` is JSON; plan and secrets are
 * those of one stack: the one that is named, else the only file's, else the selected one.
 * Cannot prove: that the documents work; the golden files and the sandbox do.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { certificateFor, rawWith, type Raw } from "../stack/support/validRaw.ts";
import { makeProject, type Project } from "./project.ts";

const golden = join(import.meta.dirname, "../../golden/stack/subdomain");
const CIPHERTEXT = "v1:c2VjcmV0:bm90aGluZyBmb3IgYSBzY3JlZW4=";

let project: Project;

beforeAll(() => {
  project = makeProject();
  const raw = parse(readFileSync(join(golden, "config.yaml"), "utf8")) as Raw;
  project.stack("sub", raw);
  project.pulumi(`case "$*" in
    *--show-secrets*) echo '{"slots": {"authBasicPassword": "filled-in-password", "apiSecret": "filled-in-api"}}' ;;
    *) echo sub ;;
  esac`);
});

afterAll(() => {
  project.remove();
});

async function render(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await project.run(["render", ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

test("dns is the golden zone file", async () => {
  expect(await render("dns")).toBe(readFileSync(join(golden, "zone.txt"), "utf8"));
});

test("env is the golden .env", async () => {
  expect(await render("env")).toBe(readFileSync(join(golden, "env.txt"), "utf8"));
});

test("containers are the golden ones, with the images", async () => {
  const printed = JSON.parse(await render("containers")) as { images: unknown[]; containers: unknown[] };
  expect(printed.containers).toEqual(JSON.parse(readFileSync(join(golden, "containers.txt"), "utf8")));
  expect(printed.images.length).toBeGreaterThan(0);
});

test("user-data is cloud-config with the guide's three names and placeholders for secrets", async () => {
  const printed = await render("user-data");
  expect(printed).toMatch(/^#cloud-config\n/);
  const document = parse(printed) as {
    write_files: { path: string; permissions: string; content: string }[];
  };
  const [token, profile] = document.write_files;
  expect(token).toMatchObject({ path: "/root/.cloudflare.ini", permissions: "0600" });
  expect(token?.content).toContain('"<dnsApiToken>"');
  expect(profile?.path).toBe("/etc/profile.d/env.sh");
  for (const name of ["EMAIL", "DOMAIN", "AUTH_BASIC_USERNAME"]) expect(profile?.content).toContain(name);
  expect(profile?.content).toContain("<authBasicPassword>");
});

test("the help says what each placeholder is", async () => {
  const help = await render("--help");
  const documents = await Promise.all(["dns", "user-data", "env"].map((document) => render(document)));
  const names = documents.flatMap((text) => Array.from(text.matchAll(/<\w+>/g), ([name]) => name));
  expect(new Set(names).size).toBeGreaterThan(4);
  for (const name of names) expect(help).toMatch(new RegExp(`^ +${name} +\\S`, "m"));
});

test("--show-secrets fills in what the stack holds, and leaves the rest as placeholders", async () => {
  const printed = await render("env", "--show-secrets");
  expect(printed).toContain("filled-in-password");
  expect(printed).not.toContain("<authBasicPassword>");
  expect(await render("env")).not.toContain("filled-in");
});

test.each(["user-data", "env"])("%s --json holds the same text under its name", async (document) => {
  const printed = JSON.parse(await render(document, "--json")) as Record<string, string>;
  expect(Object.keys(printed)).toEqual([document]);
  expect(printed[document]?.trim()).toBe((await render(document)).trim());
});

test("dns --json is one row a record", async () => {
  const rows = JSON.parse(await render("dns", "--json")) as { role: string; type: string; name: string }[];
  expect(rows.find(({ role }) => role === "apex-mx")).toMatchObject({ type: "MX" });
  expect(new Set(rows.map(({ role }) => role)).size).toBe(rows.length);
});

test("an encrypted value of the stack file is in no document", async () => {
  const own = makeProject();
  const raw = parse(readFileSync(join(golden, "config.yaml"), "utf8")) as Raw;
  own.stack("secret", { ...raw, email: { secure: CIPHERTEXT } });
  const { code, stdout, stderr } = await own.run(["render", "env"]);
  own.remove();
  expect(stdout + stderr).not.toContain(CIPHERTEXT);
  expect(code).toBe(2);
});

test("a private key that the stack file holds encrypted is not asked for", async () => {
  const { certificate } = certificateFor(["example.com", "*.example.com"]);
  const certificates = { method: "provided", certificate, privateKey: { secure: CIPHERTEXT } };
  project.stack("provided", rawWith({ certificates }));
  expect(await render("dns", "--stack", "provided")).toContain("example.com.");
});

describe("which stack is read", () => {
  let own: Project;

  beforeEach(() => {
    own = makeProject();
    own.pulumi(`case "$*" in
      "stack --show-name"*) echo selected ;;
      "stack output"*) for word; do case "$before" in --stack) stack=$word ;; esac; before=$word; done
        echo "{\\"slots\\": {\\"apiSecret\\": \\"secret-of-$stack\\"}}" ;;
    esac`);
  });

  afterEach(() => {
    own.remove();
  });

  function addStacks(...names: string[]): void {
    for (const name of names) own.stack(name, rawWith({ domain: `${name}.com`, "dns.zone": `${name}.com` }));
  }

  async function read(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const { code, stdout, stderr } = await own.run(["render", "env", "--show-secrets", ...args], environment);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return { domain: /^DOMAIN=(.*)$/m.exec(stdout)?.[1], secret: /secret-of-\w+/.exec(stdout)?.[0] };
  }

  function whole(name: string) {
    return { domain: `${name}.com`, secret: `secret-of-${name}` };
  }

  test("of several files the selected stack's, PULUMI_STACK over it, --stack over both", async () => {
    addStacks("selected", "second", "third");
    expect(await read([])).toEqual(whole("selected"));
    expect(await read([], { PULUMI_STACK: "second" })).toEqual(whole("second"));
    expect(await read(["--stack", "third"], { PULUMI_STACK: "second" })).toEqual(whole("third"));
  });

  test("the only file's, whatever is selected", async () => {
    addStacks("only");
    expect(await read([])).toEqual(whole("only"));
  });

  test("with an engine that has none selected, a name is asked for: 2", async () => {
    addStacks("one", "two");
    own.pulumi("echo 'error: no stack selected' >&2; exit 255");
    const { code, stderr } = await own.run(["render", "dns"]);
    expect(code).toBe(2);
    expect(stderr).toContain("there are 2 stack files here");
    expect(stderr).toContain("--stack NAME");
    expect((await own.run(["render", "dns", "--stack", "one"])).code).toBe(0);
  });

  test("a model that is not filled in yet is no dead end: 2, and where one's own file goes", async () => {
    own.stack("dev", rawWith({ "mail.images": undefined }));
    const { code, stderr } = await own.run(["render", "user-data"]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "mailstead:mail.images.app.digest: the value is missing → run `./mailstead pin`",
    );
    expect(stderr).toContain("a file of your own is read with --stack NAME, as Pulumi.NAME.yaml");
    addStacks("selected");
    expect((await own.run(["render", "user-data"])).code).toBe(0);
  });
});
