/**
 * Proves: `mailstead render` prints each document from the stack file alone, with placeholders for late values and
 * without any secret of the file; `--show-secrets` fills in what the stack holds; `--json` is JSON.
 * Cannot prove: that the documents work; the golden files and the sandbox do.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
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
